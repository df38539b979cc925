import { get, send } from '../api/client.js';
import { Element, html } from '../base/element.js';
import { exactly, when } from '../base/format.js';
import { t } from '../base/language.js';
import { say, sayError } from '../shell/toasts.js';

const kinds = ['recordings', 'speech', 'jobs'];
const mostShown = 8;

/** After how many days things are removed, and which are next. */
class Retention extends Element {
  static properties = { rules: { state: true }, error: { state: true } };

  async connectedCallback() {
    super.connectedCallback();
    try {
      this.rules = await get('/api/v1/me/retention');
    } catch (error) {
      this.error = error;
    }
  }
  async #store(event) {
    event.preventDefault();
    const days = {};
    for (const kind of kinds) if (event.target.elements[kind].value) days[`${kind}_days`] = Number(event.target.elements[kind].value);
    try {
      this.rules = await (await send('PUT', '/api/v1/me/retention', { json: days })).json();
      say(t('retention.stored'));
    } catch (error) {
      sayError(error);
    }
  }
  #field(kind) {
    const own = this.rules.own[`${kind}_days`];
    const longest = this.rules.installation[`${kind}_days`];
    return html`<div class="grid content-start gap-1"><label class="label">${t(`retention.${kind}`)}<input class="field" name=${kind} type="number" min="1" max="36500" step="1" inputmode="numeric" autocomplete="off" placeholder=${longest ?? t('retention.forEver')} .value=${own === null ? '' : String(own)}></label>
      ${longest === null ? '' : html`<p class="text-sm text-soft">${t('retention.longest', { n: longest })}</p>`}</div>`;
  }
  #next() {
    const { next } = this.rules;
    if (next.length === 0) return '';
    return html`<h3 class="mt-5 mb-2">${t('retention.next')}</h3><ul class="card divide-y divide-line">${next.slice(0, mostShown).map(({ job_id: id, title, what, at }) => html`<li class="flex flex-wrap items-center gap-x-4 px-4 py-2">
      <a class="min-w-0 flex-1 truncate hover:underline" dir="auto" href="/jobs/${id}">${title}</a><span class="text-sm text-soft">${t(`retention.what.${what}`)}</span><time class="text-sm text-soft" datetime=${at} title=${exactly(new Date(at))}>${when(new Date(at))}</time></li>`)}</ul>`;
  }
  render() {
    if (this.error) return html`<p class="text-bad">${this.error.message}</p>`;
    if (!this.rules) return html`<div class="h-16" aria-busy="true"></div>`;
    return html`<form class="grid gap-4 sm:grid-cols-3" @submit=${this.#store}>${kinds.map((kind) => this.#field(kind))}<div class="sm:col-span-3"><button class="button">${t('retention.store')}</button></div></form>${this.#next()}`;
  }
}
customElements.define('vat-retention', Retention);

import { get, post, remove } from '../api/client.js';
import { Element, html } from '../base/element.js';
import { bytes, percent } from '../base/format.js';
import { t } from '../base/language.js';
import { sayError } from '../shell/toasts.js';

const interval = 1000;
const isComing = ({ state }) => !['missing', 'installed'].includes(state);

/** The models of the service: which are there, and fetching others. */
class Models extends Element {
  static properties = { items: { state: true }, error: { state: true }, all: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    this.#fetch();
  }
  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }
  async #fetch() {
    clearTimeout(this.timer);
    try {
      this.items = (await get('/api/v1/models')).items.filter(({ kind }) => kind === 'recognition');
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    if (this.isConnected && this.items?.some(isComing)) this.timer = setTimeout(() => this.#fetch(), interval);
  }
  async #do(action) {
    try {
      await action();
    } catch (error) {
      sayError(error);
    }
    await this.#fetch();
  }
  #state(model) {
    if (model.installed) return t('models.installed');
    if (!isComing(model)) return model.error ?? '';
    return [t(`models.${model.state}`), model.total_bytes && percent((model.done_bytes / model.total_bytes) * 100)].filter(Boolean).join(' · ');
  }
  #button(model) {
    const path = `/api/v1/models/${encodeURIComponent(model.name)}`;
    if (model.installed) return html`<button class="quiet text-bad" aria-label=${t('keys.removeOne', { name: model.name })} @click=${() => this.#do(() => remove(path))}>${t('keys.remove')}</button>`;
    if (isComing(model)) return html`<button class="quiet" @click=${() => this.#do(() => remove(path))}>${t('ask.cancel')}</button>`;
    return html`<button class="quiet" aria-label=${t('models.fetchOne', { name: model.name })} @click=${() => this.#do(() => post(`${path}/pull`))}>${t('models.fetch')}</button>`;
  }
  render() {
    if (this.error) return html`<p class="text-bad">${this.error.message}</p>`;
    const shown = (this.items ?? []).filter((model) => this.all || model.installed || isComing(model));
    return html`${shown.length ? html`<ul class="card divide-y divide-line">${shown.map((model) => html`<li class="flex flex-wrap items-center gap-x-4 px-4 py-2">
      <span class="min-w-32 flex-1 font-medium" dir="ltr">${model.name}</span><span class="text-sm ${model.error ? 'text-bad' : 'text-soft'}">${this.#state(model)}</span><span class="figures w-20 text-end text-sm text-soft">${bytes(model.bytes)}</span>${this.#button(model)}</li>`)}</ul>` : html`<p class="text-soft">${this.items ? t('models.none') : ''}</p>`}
      ${this.all ? '' : html`<button class="button mt-3" @click=${() => (this.all = true)}>${t('models.all')}</button>`}`;
  }
}
customElements.define('vat-models', Models);

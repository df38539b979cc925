import { get, remove } from '../api/client.js';
import { deviceName } from '../base/device.js';
import { Element, html } from '../base/element.js';
import { exactly, when } from '../base/format.js';
import { t } from '../base/language.js';
import { say, sayError } from '../shell/toasts.js';

/** The browsers that are signed in, and signing them out. */
class Sessions extends Element {
  static properties = { items: { state: true }, error: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    this.#fetch();
  }
  async #fetch() {
    try {
      this.items = (await get('/api/v1/sessions')).items;
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }
  async #end(path, sentence) {
    try {
      await remove(path);
      say(sentence);
    } catch (error) {
      sayError(error);
    }
    await this.#fetch();
  }
  #session(session) {
    const name = deviceName(session.device);
    return html`<li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2">
      <span class="min-w-0 flex-1"><span class="block font-medium" dir="auto" title=${session.device}>${name}</span>
        <span class="text-sm text-soft"><bdi>${session.address}</bdi> · <time datetime=${session.last_seen_at} title=${exactly(new Date(session.last_seen_at))}>${t('sessions.seen', { time: when(new Date(session.last_seen_at)) })}</time></span></span>
      ${session.current ? html`<span class="text-sm text-good">${t('sessions.current')}</span>` : html`<button class="quiet text-bad" aria-label=${t('sessions.endOne', { name })} @click=${() => this.#end(`/api/v1/sessions/${session.id}`, t('sessions.ended', { name }))}>${t('settings.signOut')}</button>`}
    </li>`;
  }
  render() {
    if (this.error) return html`<p class="text-bad">${this.error.message}</p>`;
    const items = this.items ?? [];
    return html`<ul class="card divide-y divide-line">${items.map((session) => this.#session(session))}</ul>
      <button class="button mt-3" @click=${() => this.#end('/api/v1/sessions', t('sessions.othersEnded'))}>${t('settings.signOutOthers')}</button>`;
  }
}
customElements.define('vat-sessions', Sessions);

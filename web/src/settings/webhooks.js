import { get, post, remove } from '../api/client.js';
import { Element, html } from '../base/element.js';
import { when } from '../base/format.js';
import { t } from '../base/language.js';
import { offerUndo, say, sayError } from '../shell/toasts.js';
import { secret } from './secret.js';

const colours = { delivered: 'text-good', failed: 'text-bad', pending: 'text-warn' };

/** Addresses that are called when jobs end, with what was sent to each. */
class Webhooks extends Element {
  static properties = { items: { state: true }, made: { state: true }, error: { state: true }, deliveries: { state: true } };

  constructor() {
    super();
    this.deliveries = {};
  }
  connectedCallback() {
    super.connectedCallback();
    this.#fetch();
  }
  async #fetch() {
    try {
      this.items = (await get('/api/v1/webhooks')).items;
    } catch (error) {
      this.error = error;
    }
  }
  async #create(event) {
    event.preventDefault();
    const form = event.target;
    try {
      this.made = await post('/api/v1/webhooks', { url: form.elements.url.value.trim() });
      form.reset();
      await this.#fetch();
    } catch (error) {
      sayError(error);
    }
  }
  #remove(hook) {
    this.items = this.items.filter((other) => other !== hook);
    const back = () => this.#fetch();
    offerUndo(t('webhooks.removed', { url: hook.url }), { undo: back, finish: () => remove(`/api/v1/webhooks/${hook.id}`, { keepalive: true }).catch((error) => (sayError(error), back())) });
  }
  async #log(hook) {
    try {
      const { items } = await get(`/api/v1/webhooks/${hook.id}/deliveries?limit=20`);
      this.deliveries = { ...this.deliveries, [hook.id]: items };
    } catch (error) {
      sayError(error);
    }
  }
  async #replay(delivery, hook) {
    try {
      await post(`/api/v1/deliveries/${delivery.id}/replay`);
      say(t('webhooks.replayed'));
      await this.#log(hook);
    } catch (error) {
      sayError(error);
    }
  }
  #deliveries(hook) {
    const list = this.deliveries[hook.id];
    if (!list) return '';
    if (list.length === 0) return html`<p class="px-4 pb-3 text-sm text-soft">${t('webhooks.noDeliveries')}</p>`;
    return html`<ul class="divide-y divide-line border-t border-line">${list.map((delivery) => html`<li class="flex flex-wrap items-center gap-3 px-4 py-2 text-sm">
      <span class="${colours[delivery.state]}">${t(`delivery.${delivery.state}`)}</span><code>${delivery.event}</code><span class="text-soft">${delivery.status ?? delivery.error ?? ''}</span>
      <time class="ms-auto text-soft" datetime=${delivery.created_at}>${when(new Date(delivery.created_at))}</time><button class="quiet" @click=${() => this.#replay(delivery, hook)}>${t('webhooks.replay')}</button></li>`)}</ul>`;
  }
  render() {
    if (this.error) return html`<p class="text-bad">${this.error.message}</p>`;
    return html`${this.made ? secret(this.made.secret) : ''}
      <form class="mb-4 flex flex-wrap items-end gap-3" @submit=${this.#create}>
        <label class="label min-w-48 flex-1">${t('webhooks.url')}<input class="field" name="url" type="url" required maxlength="2048" autocomplete="off" placeholder="https://"></label><button class="button">${t('webhooks.create')}</button></form>
      ${this.items?.length ? html`<ul class="card divide-y divide-line">${this.items.map((hook) => html`<li>
        <div class="flex flex-wrap items-center gap-3 px-4 py-2"><span class="wrap-anywhere min-w-0 flex-1 font-medium" dir="ltr">${hook.url}</span>
          <button class="quiet" aria-label=${t('webhooks.logOf', { url: hook.url })} @click=${() => this.#log(hook)}>${t('webhooks.log')}</button>
          <button class="quiet text-bad" aria-label=${t('keys.removeOne', { name: hook.url })} @click=${() => this.#remove(hook)}>${t('keys.remove')}</button></div>
        ${this.#deliveries(hook)}</li>`)}</ul>` : ''}`;
  }
}
customElements.define('vat-webhooks', Webhooks);

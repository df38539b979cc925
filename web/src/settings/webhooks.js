import { get, post } from '../api/client.js';
import { html } from '../base/element.js';
import { when } from '../base/format.js';
import { t } from '../base/language.js';
import { say, sayError } from '../shell/toasts.js';
import { Collection } from './collection.js';
import { secret } from './secret.js';

const colours = { delivered: 'text-good', failed: 'text-bad', pending: 'text-warn' };

/** Addresses that are called when jobs end, with what was sent to each. */
class Webhooks extends Collection {
  static properties = { deliveries: { state: true } };
  path = '/api/v1/webhooks';

  constructor() {
    super();
    this.deliveries = {};
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
      <form class="mb-4 flex flex-wrap items-end gap-3" @submit=${(event) => this.create(event, ({ url }) => ({ url: url.value.trim() }))}>
        <label class="label min-w-48 flex-1">${t('webhooks.url')}<input class="field" name="url" type="url" required maxlength="2048" autocomplete="off" placeholder="https://"></label><button class="button">${t('webhooks.create')}</button></form>
      ${this.items?.length ? html`<ul class="card divide-y divide-line">${this.items.map((hook) => html`<li>
        <div class="flex flex-wrap items-center gap-3 px-4 py-2"><span class="wrap-anywhere min-w-0 flex-1 font-medium" dir="ltr">${hook.url}</span>
          <button class="quiet" aria-label=${t('webhooks.logOf', { url: hook.url })} @click=${() => this.#log(hook)}>${t('webhooks.log')}</button>
          <button class="quiet text-bad" aria-label=${t('keys.removeOne', { name: hook.url })} @click=${() => this.removeItem(hook, t('webhooks.removed', { url: hook.url }))}>${t('keys.remove')}</button></div>
        ${this.#deliveries(hook)}</li>`)}</ul>` : ''}`;
  }
}
customElements.define('vat-webhooks', Webhooks);

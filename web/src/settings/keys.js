import { html } from '../base/element.js';
import { exactly, when } from '../base/format.js';
import { t } from '../base/language.js';
import { Collection } from './collection.js';
import { secret } from './secret.js';

/** The keys with which programs use the API. */
class Keys extends Collection {
  path = '/api/v1/keys';

  render() {
    if (this.error) return html`<p class="text-bad">${this.error.message}</p>`;
    return html`${this.made ? secret(this.made.secret) : ''}
      <form class="mb-4 flex flex-wrap items-end gap-3" @submit=${(event) => this.create(event, ({ name }) => ({ name: name.value.trim() }))}>
        <label class="label min-w-48 flex-1">${t('keys.name')}<input class="field" name="name" required maxlength="100" autocomplete="off"></label><button class="button">${t('keys.create')}</button></form>
      ${this.items?.length ? html`<ul class="card divide-y divide-line">${this.items.map((key) => html`<li class="flex flex-wrap items-center gap-3 px-4 py-2">
        <span class="min-w-0 flex-1"><span class="block font-medium">${key.name}</span><span class="text-sm text-soft"><code>${key.prefix}…</code> · ${key.last_used_at ? t('keys.used', { time: when(new Date(key.last_used_at)) }) : t('keys.unused')}</span></span>
        <time class="text-sm text-soft" datetime=${key.created_at}>${exactly(new Date(key.created_at))}</time>
        <button class="quiet text-bad" aria-label=${t('keys.removeOne', { name: key.name })} @click=${() => this.removeItem(key, t('keys.removed', { name: key.name }))}>${t('keys.remove')}</button></li>`)}</ul>` : ''}`;
  }
}
customElements.define('vat-keys', Keys);

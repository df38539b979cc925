import { get, patch } from '../api/client.js';
import { html, live } from '../base/element.js';
import { exactly } from '../base/format.js';
import { t } from '../base/language.js';
import { quotaMeters } from '../settings/quotas.js';
import { say, sayError } from '../shell/toasts.js';
import { Pages } from './pages.js';

const gigabyte = 1e9;
const numberOrNull = (field) => (field.value === '' ? null : Number(field.value));

/** Everybody who ever signed in: role, quotas, and whether they may still come in. */
class Users extends Pages {
  static properties = { open: { state: true } };
  path = '/api/v1/admin/users';

  async #change(user, change, sentence) {
    try {
      const now = await patch(`${this.path}/${user.id}`, change);
      this.items = this.items.map((other) => (other.id === user.id ? { ...other, role: now.role, disabled: now.disabled } : other));
      if (this.open?.id === user.id) this.open = now;
      say(sentence);
    } catch (error) {
      sayError(error);
      this.items = [...this.items];
    }
  }
  async #toggle(user) {
    if (this.open?.id === user.id) return (this.open = null);
    try {
      this.open = await get(`${this.path}/${user.id}`);
    } catch (error) {
      sayError(error);
    }
    return undefined;
  }
  #quotas(event, user) {
    event.preventDefault();
    const { stored, sound, waiting } = event.target.elements;
    const gigabytes = numberOrNull(stored);
    const quotas = { stored_bytes: gigabytes === null ? null : Math.round(gigabytes * gigabyte), sound_minutes: numberOrNull(sound), waiting_jobs: numberOrNull(waiting) };
    this.#change(user, { quotas }, t('admin.quotasStored', { name: user.name || user.email }));
  }
  #details(user) {
    const { own_quotas: own } = user;
    const field = (name, label, value, step) => html`<label class="label">${label}<input class="field" type="number" name=${name} min="0" step=${step} autocomplete="off" placeholder=${t('admin.asForAll')} .value=${value === null ? '' : String(value)}></label>`;
    return html`<div class="grid gap-6 border-t border-line bg-sunken p-4 md:grid-cols-2">
      ${quotaMeters(user.quotas)}
      <form class="grid content-start gap-3" @submit=${(event) => this.#quotas(event, user)}>
        <div class="grid gap-3 sm:grid-cols-3">${field('stored', t('admin.storedLimit'), own.stored_bytes === null ? null : own.stored_bytes / gigabyte, 'any')}${field('sound', t('admin.soundLimit'), own.sound_minutes, 1)}${field('waiting', t('admin.waitingLimit'), own.waiting_jobs, 1)}</div>
        <p class="text-sm text-soft">${t('admin.quotaHow')}</p>
        <div class="flex flex-wrap gap-2"><button class="button main">${t('retention.store')}</button>
          <button class="button ${user.disabled ? '' : 'danger'}" type="button" @click=${() => this.#change(user, { disabled: !user.disabled }, t(user.disabled ? 'admin.enabled' : 'admin.disabled', { name: user.name || user.email }))}>${t(user.disabled ? 'admin.enable' : 'admin.disable')}</button></div>
      </form></div>`;
  }
  row(user) {
    const name = user.name || user.email || user.id;
    const isOpen = this.open?.id === user.id;
    return html`<li><div class="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2">
      <span class="min-w-40 flex-1"><span class="block font-medium" dir="auto">${name}${user.disabled ? html` <span class="text-sm text-bad">· ${t('admin.isDisabled')}</span>` : ''}</span>
        <span class="text-sm text-soft">${user.email && user.email !== name ? html`<bdi>${user.email}</bdi> · ` : ''}${Date.parse(user.created_at) > 0 ? html`<time datetime=${user.created_at}>${exactly(new Date(user.created_at))}</time>` : ''}</span></span>
      <select class="field w-auto" aria-label=${t('admin.roleOf', { name })} @change=${(event) => this.#change(user, { role: event.target.value }, t('admin.roleChanged', { name }))}>
        ${['member', 'admin'].map((role) => html`<option value=${role} .selected=${live(role === user.role)}>${t(`role.${role}`)}</option>`)}</select>
      <button class="button" aria-expanded=${isOpen} aria-label=${t('admin.detailsOf', { name })} @click=${() => this.#toggle(user)}>${t('admin.details')}</button></div>
      ${isOpen ? this.#details(this.open) : ''}</li>`;
  }
}
customElements.define('vat-users', Users);

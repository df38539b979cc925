import { account } from '../api/session.js';
import { Element, html } from '../base/element.js';
import { chooseLanguage, language, languages, t } from '../base/language.js';
import { section } from '../base/section.js';
import { signOut } from '../shell/account.js';
import { chooseTheme, theme, themes } from '../shell/theme.js';
import { sayError } from '../shell/toasts.js';
import '../library/options.js';
import { ownData } from './own_data.js';
import './keys.js';
import './lexicon.js';
import './models.js';
import './quotas.js';
import './retention.js';
import './sessions.js';
import './webhooks.js';

const part = (name, content) => section(name, t(`settings.${name}`), t(`settings.${name}What`), content);

class Settings extends Element {
  static properties = { account: { state: true } };

  async connectedCallback() {
    super.connectedCallback();
    this.account = await account();
  }
  #account() {
    const picture = this.account.picture_url ? html`<img data-picture class="mr-2 inline size-8 rounded-full object-cover align-middle" src=${this.account.picture_url} alt="">` : '';
    return html`<p class="flex flex-wrap items-center justify-between gap-3"><span>${picture}${this.account.name}${this.account.email ? html` <span class="text-soft">${this.account.email}</span>` : ''}</span>
      <button class="button" @click=${() => signOut().catch(sayError)}>${t('settings.signOut')}</button></p>`;
  }
  #look() {
    return html`<div class="grid max-w-[480px] gap-4 sm:grid-cols-2">
      <label class="label">${t('settings.language')}<select class="field" @change=${(event) => chooseLanguage(event.target.value).catch(sayError)}>
        ${Object.entries(languages).map(([code, name]) => html`<option value=${code} lang=${code} ?selected=${code === language()}>${name}</option>`)}</select></label>
      <label class="label">${t('settings.theme')}<select class="field" @change=${(event) => chooseTheme(event.target.value)}>
        ${themes.map((name) => html`<option value=${name} ?selected=${name === theme()}>${t(`theme.${name}`)}</option>`)}</select></label></div>`;
  }
  render() {
    const signedIn = Boolean(this.account?.csrf_token);
    return html`<h1 class="mb-5">${t('nav.settings')}</h1>
      ${signedIn ? part('account', this.#account()) : ''}
      ${part('look', this.#look())}
      ${part('defaults', html`<vat-options></vat-options>`)}
      ${part('lexicon', html`<vat-lexicon></vat-lexicon>`)}
      ${part('storage', html`<vat-quotas></vat-quotas>`)}
      ${part('retention', html`<vat-retention></vat-retention>`)}
      ${part('models', html`<vat-models></vat-models>`)}
      ${signedIn ? part('sessions', html`<vat-sessions></vat-sessions>`) : ''}
      ${part('keys', html`<vat-keys></vat-keys>`)}
      ${part('webhooks', html`<vat-webhooks></vat-webhooks>`)}
      ${part('keyboard', html`<button class="button" @click=${() => window.dispatchEvent(new Event('vat-help'))}>${t('help.title')}</button>`)}
      ${part('data', ownData(signedIn))}
      ${part('about', html`<p class="flex flex-wrap gap-x-6 gap-y-2"><a class="link" href="/docs">${t('settings.docs')}</a><a class="link" href="/redoc">${t('settings.reference')}</a><a class="link" href="/openapi.json">OpenAPI</a>${this.account?.role === 'admin' ? html`<a class="link" href="/admin">${t('nav.admin')}</a>` : ''}<a class="link" href=${document.querySelector('link[rel=license]').href}>${t('settings.licences')}</a></p>`)}`;
  }
}
customElements.define('vat-settings', Settings);

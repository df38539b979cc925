import { post, remove } from '../api/client.js';
import { account } from '../api/session.js';
import { Element, html } from '../base/element.js';
import { chooseLanguage, language, languages, t } from '../base/language.js';
import { chooseTheme, theme, themes } from '../shell/theme.js';
import { sayError } from '../shell/toasts.js';
import '../library/options.js';
import './keys.js';
import './models.js';
import './webhooks.js';

/** A heading, what it is about, and its content. */
export const section = (name, content) => html`<section class="grid grid-cols-[minmax(0,1fr)] gap-3 border-t border-line py-6 lg:grid-cols-[240px_minmax(0,1fr)] lg:gap-8" aria-labelledby="section-${name}">
  <div><h2 id="section-${name}">${t(`settings.${name}`)}</h2><p class="mt-1 text-sm text-soft">${t(`settings.${name}What`)}</p></div><div class="min-w-0">${content}</div></section>`;

async function signOut() {
  const { location: next } = await post('/auth/logout', {}, { headers: { Accept: 'application/json' } });
  location.assign(next);
}

class Settings extends Element {
  static properties = { account: { state: true } };

  async connectedCallback() {
    super.connectedCallback();
    this.account = await account();
  }
  #account() {
    const picture = this.account.picture_url ? html`<img data-picture class="mr-2 inline size-8 rounded-full object-cover align-middle" src=${this.account.picture_url} alt="">` : '';
    return html`<p class="mb-3">${picture}${this.account.name}${this.account.email ? html` <span class="text-soft">${this.account.email}</span>` : ''}</p>
      <p class="flex flex-wrap gap-2"><button class="button" @click=${() => signOut().catch(sayError)}>${t('settings.signOut')}</button>
        <button class="button" @click=${() => remove('/api/v1/sessions').catch(sayError)}>${t('settings.signOutOthers')}</button></p>`;
  }
  #look() {
    return html`<div class="grid max-w-[480px] gap-4 sm:grid-cols-2">
      <label class="label">${t('settings.language')}<select class="field" @change=${(event) => chooseLanguage(event.target.value).catch(sayError)}>
        ${Object.entries(languages).map(([code, name]) => html`<option value=${code} lang=${code} ?selected=${code === language()}>${name}</option>`)}</select></label>
      <label class="label">${t('settings.theme')}<select class="field" @change=${(event) => chooseTheme(event.target.value)}>
        ${themes.map((name) => html`<option value=${name} ?selected=${name === theme()}>${t(`theme.${name}`)}</option>`)}</select></label></div>`;
  }
  render() {
    return html`<h1 class="mb-5">${t('nav.settings')}</h1>
      ${this.account?.csrf_token ? section('account', this.#account()) : ''}
      ${section('look', this.#look())}
      ${section('keyboard', html`<button class="button" @click=${() => window.dispatchEvent(new Event('vat-help'))}>${t('help.title')}</button>`)}
      ${section('defaults', html`<vat-options></vat-options>`)}
      ${section('models', html`<vat-models></vat-models>`)}
      ${section('keys', html`<vat-keys></vat-keys>`)}
      ${section('webhooks', html`<vat-webhooks></vat-webhooks>`)}
      ${section('about', html`<p class="flex flex-wrap gap-x-6 gap-y-2"><a class="link" href="/docs">${t('settings.docs')}</a><a class="link" href="/redoc">${t('settings.reference')}</a><a class="link" href="/openapi.json">OpenAPI</a><a class="link" href=${document.querySelector('link[rel=license]').href}>${t('settings.licences')}</a></p>`)}`;
  }
}
customElements.define('vat-settings', Settings);

import { Element, html } from '../base/element.js';
import { t } from '../base/language.js';

class Missing extends Element {
  render() {
    return html`<div class="grid justify-items-start gap-4 py-12">
      <h1>${t('nav.missing')}</h1>
      <p class="max-w-[60ch] text-soft">${t('missing.what', { path: location.pathname })}</p>
      <a class="button main" href="/dashboard">${t('missing.library')}</a>
    </div>`;
  }
}
customElements.define('vat-missing', Missing);

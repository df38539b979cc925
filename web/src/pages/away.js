import { Element, html } from '../base/element.js';
import { t } from '../base/language.js';

/** In the place of a page, while the service cannot be reached. Tells `vat-again`. */
class Away extends Element {
  connectedCallback() {
    super.connectedCallback();
    for (const type of ['online', 'offline']) this.listen(window, type, () => this.requestUpdate());
  }
  render() {
    return html`<div class="grid justify-items-start gap-4 py-12" role="status">
      <h1>${t(navigator.onLine ? 'away.service' : 'away.network')}</h1>
      <p class="max-w-[60ch] text-soft">${t('away.what')}</p>
      <button class="button main" @click=${() => this.dispatchEvent(new Event('vat-again', { bubbles: true }))}>${t('error.again')}</button>
    </div>`;
  }
}
customElements.define('vat-away', Away);

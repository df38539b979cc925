import glass from 'icon:magnifying-glass';
import { Element, html, live } from '../base/element.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import { navigate, router } from './router.js';

const pause = 200;

/** The one search field. What is sought stands in the library's address. */
class Search extends Element {
  connectedCallback() {
    super.connectedCallback();
    // What was typed into the field of index.html, which goes now.
    const field = document.querySelector('#shell input');
    this.early = field && { value: field.value, focused: document.activeElement === field };
    this.listen(router, 'navigate', () => this.requestUpdate());
    this.listen(document, 'keydown', (event) => {
      const typing = event.target.closest?.('input, textarea, select, [contenteditable]');
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.querySelector('input').select();
    });
  }
  firstUpdated() {
    const { early } = this;
    const input = this.querySelector('input');
    if (early?.focused) input.focus({ preventScroll: true });
    if (!early?.value) return;
    input.value = early.value;
    this.#typed({ target: input });
  }
  get #words() {
    return location.pathname === '/dashboard' ? (new URLSearchParams(location.search).get('q') ?? '') : '';
  }
  #seek(words, replace) {
    clearTimeout(this.timer);
    const parameters = new URLSearchParams(location.pathname === '/dashboard' ? location.search : '');
    if (words.trim()) parameters.set('q', words.trim());
    else parameters.delete('q');
    navigate(`/dashboard${parameters.size ? `?${parameters}` : ''}`, { replace });
  }
  #typed(event) {
    const words = event.target.value;
    clearTimeout(this.timer);
    // On another page, the library is only opened by Enter.
    if (location.pathname === '/dashboard') this.timer = setTimeout(() => this.#seek(words, true), pause);
  }
  render() {
    return html`<form role="search" class="relative max-w-[480px]" @submit=${(event) => { event.preventDefault(); this.#seek(event.target.q.value, false); }}>
      <span class="pointer-events-none absolute inset-y-0 start-3 flex items-center text-faint">${icon(glass)}</span>
      <input class="field ps-9" type="search" name="q" autocomplete="off" maxlength="255" aria-label=${t('search.label')} placeholder=${t('search.placeholder')} aria-keyshortcuts="/" .value=${live(this.#words)} @input=${this.#typed}>
    </form>`;
  }
}
customElements.define('vat-search', Search);

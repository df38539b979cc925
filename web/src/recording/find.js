import up from 'icon:chevron-up';
import down from 'icon:chevron-down';
import xmark from 'icon:xmark';
import { Element, html } from '../base/element.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import { findAll, pattern } from './matches.js';

/** Find and replace in a transcript. Tells `vat-found` (detail: `{ key, from, to }`, or null) and `vat-close`. */
class Find extends Element {
  static properties = { document: { attribute: false }, words: { state: true }, at: { state: true } };

  constructor() {
    super();
    Object.assign(this, { words: '', at: 0 });
  }
  firstUpdated() {
    this.querySelector('input').focus();
  }
  disconnectedCallback() {
    super.disconnectedCallback();
    this.dispatchEvent(new CustomEvent('vat-found', { detail: null }));
  }
  get #places() {
    return findAll(this.document.segments, this.words);
  }
  #tell(value) {
    this.dispatchEvent(new CustomEvent('vat-found', { detail: value ?? null, bubbles: true }));
  }
  #go(step) {
    const places = this.#places;
    if (!places.length) return this.#tell(null);
    this.at = (this.at + step + places.length) % places.length;
    return this.#tell(places[this.at]);
  }
  #replace() {
    const place = this.#places[this.at];
    if (!place) return;
    const index = this.document.indexOf(place.key);
    const { text } = this.document.segments[index];
    const { value } = this.querySelector('[name=replacement]');
    this.document.setText(place.key, text.slice(0, place.from) + value + text.slice(place.to));
    // The next one, and not one within what was put there.
    const next = this.#places.findIndex(({ key, from }) => {
      const at = this.document.indexOf(key);
      return at > index || (at === index && from >= place.from + value.length);
    });
    this.at = Math.max(0, next);
    this.#go(0);
  }
  #replaceAll() {
    this.document.replaceAll(pattern(this.words), this.querySelector('[name=replacement]').value);
    this.at = 0;
    this.#tell(null);
  }
  #keys(event) {
    if (event.key === 'Escape') this.dispatchEvent(new CustomEvent('vat-close', { bubbles: true }));
    else if (event.key === 'Enter' && event.target.name === 'words') this.#go(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  }
  render() {
    const count = this.#places.length;
    return html`<search class="card flex flex-wrap items-center gap-2 p-2" @keydown=${this.#keys}>
      <input class="field w-auto min-w-36 flex-1" name="words" autocomplete="off" aria-label=${t('find.words')} placeholder=${t('find.words')} @input=${(event) => { this.words = event.target.value; this.at = 0; this.#go(0); }}>
      <span class="figures min-w-12 text-center text-sm text-soft" role="status">${this.words ? t('find.count', { at: count ? this.at + 1 : 0, n: count }) : ''}</span>
      <button class="quiet" aria-label=${t('find.previous')} ?disabled=${!count} @click=${() => this.#go(-1)}>${icon(up)}</button>
      <button class="quiet" aria-label=${t('find.next')} ?disabled=${!count} @click=${() => this.#go(1)}>${icon(down)}</button>
      <input class="field w-auto min-w-36 flex-1" name="replacement" autocomplete="off" aria-label=${t('find.replacement')} placeholder=${t('find.replacement')}>
      <button class="button" ?disabled=${!count} @click=${this.#replace}>${t('find.replace')}</button>
      <button class="button" ?disabled=${!count} @click=${this.#replaceAll}>${t('find.replaceAll')}</button>
      <button class="quiet" aria-label=${t('find.close')} @click=${() => this.dispatchEvent(new CustomEvent('vat-close', { bubbles: true }))}>${icon(xmark)}</button>
    </search>`;
  }
}
customElements.define('vat-find', Find);

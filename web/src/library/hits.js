import { get, query } from '../api/client.js';
import { Element, html } from '../base/element.js';
import { clock } from '../base/format.js';
import { t } from '../base/language.js';

/** Where the words are said: places in transcripts, by recording. Tells `vat-settled` (detail: the words) when it has found
 * them, so that what stands below can wait for it. */
class Hits extends Element {
  static properties = { words: {}, hits: { state: true }, cursor: { state: true }, error: { state: true } };

  willUpdate(changed) {
    if (changed.has('words')) this.#seek();
  }
  async #seek(cursor = null) {
    this.abort?.abort();
    this.abort = new AbortController();
    const { words } = this;
    try {
      const page = await get(`/api/v1/search${query({ q: this.words, limit: 20, cursor })}`, { signal: this.abort.signal });
      this.hits = cursor ? [...this.hits, ...page.items] : page.items;
      this.cursor = page.next_cursor;
      this.error = null;
    } catch (error) {
      if (error.name === 'AbortError') return;
      this.error = error;
    }
    await this.updateComplete;
    if (words === this.words) this.dispatchEvent(new CustomEvent('vat-settled', { detail: words }));
  }
  #recording([id, hits]) {
    return html`<li class="px-4 py-3">
      <a class="font-medium hover:underline" dir="auto" href="/jobs/${id}">${hits[0].title}</a>
      <ul class="mt-1 grid gap-1">${hits.map((hit) => html`<li><a class="-mx-2 flex gap-3 rounded-sm px-2 py-1 hover:bg-sunken" href="/jobs/${id}?t=${hit.start}">
        <time class="w-14 flex-none pt-1 text-end text-sm text-soft">${clock(hit.start)}</time>
        <span class="font-serif text-lg" dir="auto">${hit.snippet.map(({ text, match }) => (match ? html`<mark>${text}</mark>` : text))}</span></a></li>`)}</ul>
    </li>`;
  }
  render() {
    if (this.error) return html`<p class="card p-4 text-bad">${this.error.message}</p>`;
    if (!this.hits) return html`<div class="card h-24" aria-busy="true"></div>`;
    if (this.hits.length === 0) return html`<p class="card p-4 text-soft">${t('search.nothing')}</p>`;
    return html`<h2 class="mb-3">${t('search.said')}</h2>
      <ul class="card divide-y divide-line">${[...Map.groupBy(this.hits, (hit) => hit.job_id)].map((entry) => this.#recording(entry))}</ul>
      ${this.cursor ? html`<button class="button mt-3" @click=${() => this.#seek(this.cursor)}>${t('search.more')}</button>` : ''}`;
  }
}
customElements.define('vat-hits', Hits);

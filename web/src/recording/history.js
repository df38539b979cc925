import { get } from '../api/client.js';
import { Element, html } from '../base/element.js';
import { clock, exactly, when } from '../base/format.js';
import { t } from '../base/language.js';
import { sayError } from '../shell/toasts.js';
import { plain } from './document.js';
import { changes, diffWords } from './merge.js';
import { fetchDocument } from './saving.js';

const mostShown = 200;

/** The revisions of the transcript, newest first. Tells `vat-restore` (detail: number) and `vat-import`
 * (detail: a file of subtitles). */
class History extends Element {
  static properties = { jobId: {}, revision: {}, items: { state: true }, compared: { state: true }, error: { state: true } };

  willUpdate(changed) {
    if (changed.has('jobId') || changed.has('revision')) this.#fetch();
  }
  async #fetch() {
    try {
      this.items = (await get(`/api/v1/jobs/${this.jobId}/transcript/revisions`)).items.reverse();
      this.error = null;
      this.compared = null;
    } catch (error) {
      this.error = error;
    }
  }
  /** What changed from this revision to the newest. */
  async #compare(number) {
    if (this.compared?.number === number) return (this.compared = null);
    try {
      const [then, now] = await Promise.all([fetchDocument(this.jobId, number), fetchDocument(this.jobId)]);
      const places = changes(plain(then.document.segments), plain(now.document.segments));
      this.compared = { number, places };
    } catch (error) {
      sayError(error);
    }
    return undefined;
  }
  #place({ before, after }) {
    const parts = diffWords(before.map(({ text }) => text).join(' '), after.map(({ text }) => text).join(' '));
    const draw = { same: (text) => text, del: (text) => html`<del>${text}</del>`, ins: (text) => html`<ins>${text}</ins>` };
    const onlyTimes = parts.every(({ kind }) => kind === 'same');
    return html`<li class="grid gap-1 py-2"><time class="text-sm text-soft">${clock((before[0] ?? after[0]).start)}</time>
      <p class="font-serif text-lg" dir="auto">${parts.map(({ text, kind }) => html`${draw[kind](text)} `)}</p>${onlyTimes ? html`<p class="text-sm text-soft">${t('history.onlyTimes')}</p>` : ''}</li>`;
  }
  #changes() {
    const { places } = this.compared;
    if (places.length === 0) return html`<p class="px-3 pb-3 text-sm text-soft">${t('history.same')}</p>`;
    return html`<ul class="divide-y divide-line px-3 pb-3">${places.slice(0, mostShown).map((place) => this.#place(place))}</ul>${places.length > mostShown ? html`<p class="px-3 pb-3 text-sm text-soft">${t('history.more', { n: places.length - mostShown })}</p>` : ''}`;
  }
  render() {
    if (this.error) return html`<p class="px-3 text-bad">${this.error.message}</p>`;
    const newest = this.items?.[0]?.number;
    return html`<p class="mb-3 px-3"><label class="button focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent">${t('history.import')}<input class="sr-only" type="file" accept=".srt,.vtt" @change=${(event) => event.target.files[0] && this.dispatchEvent(new CustomEvent('vat-import', { detail: event.target.files[0], bubbles: true }))}></label></p>
      <ol class="divide-y divide-line">${(this.items ?? []).map(({ number, edited, created_at: created }) => html`<li><div class="flex flex-wrap items-center gap-x-3 gap-y-2 px-3 py-3">
      <div class="min-w-24 flex-1"><p class="font-medium">${number === 1 && !edited ? t('history.recognised') : t('history.edited', { number })}</p>
        <p class="text-sm text-soft"><time datetime=${created} title=${exactly(new Date(created))}>${when(new Date(created))}</time></p></div>
      ${number === newest ? html`<span class="text-sm text-soft">${t('history.current')}</span>` : html`<button class="quiet" aria-expanded=${this.compared?.number === number} @click=${() => this.#compare(number)}>${t('history.compare')}</button><button class="button" @click=${() => this.dispatchEvent(new CustomEvent('vat-restore', { detail: number, bubbles: true }))}>${t('history.restore')}</button>`}</div>
      ${this.compared?.number === number ? this.#changes() : ''}</li>`)}</ol>`;
  }
}
customElements.define('vat-history', History);

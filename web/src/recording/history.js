import { get } from '../api/client.js';
import { Element, html } from '../base/element.js';
import { exactly, when } from '../base/format.js';
import { t } from '../base/language.js';

/** The revisions of the transcript, newest first. Tells `vat-restore` (detail: number) and `vat-import`
 * (detail: a file of subtitles). */
class History extends Element {
  static properties = { jobId: {}, revision: {}, items: { state: true }, error: { state: true } };

  willUpdate(changed) {
    if (changed.has('jobId') || changed.has('revision')) this.#fetch();
  }
  async #fetch() {
    try {
      this.items = (await get(`/api/v1/jobs/${this.jobId}/transcript/revisions`)).items.reverse();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }
  render() {
    if (this.error) return html`<p class="px-3 text-bad">${this.error.message}</p>`;
    const newest = this.items?.[0]?.number;
    return html`<p class="mb-3 px-3"><label class="button focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent">${t('history.import')}<input class="sr-only" type="file" accept=".srt,.vtt" @change=${(event) => event.target.files[0] && this.dispatchEvent(new CustomEvent('vat-import', { detail: event.target.files[0], bubbles: true }))}></label></p>
      <ol class="divide-y divide-line">${(this.items ?? []).map(({ number, edited, created_at: created }) => html`<li class="flex items-center gap-3 px-3 py-3">
      <div class="min-w-0 flex-1"><p class="font-medium">${number === 1 && !edited ? t('history.recognised') : t('history.edited', { number })}</p>
        <p class="text-sm text-soft"><time datetime=${created} title=${exactly(new Date(created))}>${when(new Date(created))}</time></p></div>
      ${number === newest ? html`<span class="text-sm text-soft">${t('history.current')}</span>` : html`<button class="button" @click=${() => this.dispatchEvent(new CustomEvent('vat-restore', { detail: number, bubbles: true }))}>${t('history.restore')}</button>`}
    </li>`)}</ol>`;
  }
}
customElements.define('vat-history', History);

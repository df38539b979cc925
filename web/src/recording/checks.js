import warning from 'icon:triangle-exclamation';
import { get, post, query } from '../api/client.js';
import { Element, html, repeat } from '../base/element.js';
import { clock } from '../base/format.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import { offerUndo, sayError } from '../shell/toasts.js';

const number = (value) => Math.round(value * 10) / 10;

/**
 * Where the subtitles breach their style, why, and what mends it. Tells `vat-seek` (detail: seconds), `vat-fixed` (detail: the
 * new revision), and `vat-restore` (detail: the revision before), if that is undone.
 */
class Checks extends Element {
  static properties = { jobId: {}, revision: {}, preset: {}, found: { state: true }, busy: { state: true } };

  willUpdate(changed) {
    if (changed.has('jobId') || changed.has('revision') || changed.has('preset')) this.#fetch();
  }
  async #fetch() {
    const wanted = `${this.revision} ${this.preset}`;
    const found = await get(`/api/v1/jobs/${this.jobId}/subtitles/checks${query({ preset: this.preset })}`).catch(() => null);
    if (wanted === `${this.revision} ${this.preset}`) this.found = found;
  }
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
  /** Of one cue, or of all. */
  async #accept(cue) {
    this.busy = true;
    const before = this.found.revision;
    try {
      const saved = await post(`/api/v1/jobs/${this.jobId}/subtitles/fixes`, { preset: this.found.preset, ...(cue && { cue }) }, { headers: { 'If-Match': `"${before}"` } });
      this.#tell('vat-fixed', saved.number);
      offerUndo(t('checks.done'), { undo: () => this.#tell('vat-restore', before), finish: () => {} });
    } catch (error) {
      sayError(error);
    }
    await this.#fetch();
    this.busy = false;
  }
  #fix({ cue, fix }) {
    if (!fix) return html`<p class="text-sm text-faint">${t('checks.none')}</p>`;
    const what = fix.kind === 'shorten' ? html`${t('fix.shorten')} <q class="text-ink" dir="auto">${fix.text}</q>` : t(`fix.${fix.kind}`, { seconds: Math.max(0.1, number(fix.seconds)) });
    return html`<div class="flex items-center gap-2"><p class="min-w-0 flex-1 text-sm text-soft">${what}</p><button class="button" ?disabled=${this.busy} aria-label=${t('checks.acceptOne', { n: cue })} @click=${() => this.#accept(cue)}>${t('checks.accept')}</button></div>`;
  }
  #breach(item) {
    return html`<li class="row-lazy grid gap-1 px-3 py-2"><button class="grid grid-cols-[auto_minmax(0,1fr)] gap-3 rounded-sm text-start hover:bg-sunken" @click=${() => this.#tell('vat-seek', item.start)}><time class="text-sm text-faint">${clock(item.start)}</time><span class="whitespace-pre-line" dir="auto">${item.lines.join('\n')}</span></button>
      <p class="text-sm text-warn">${t(`fault.${item.fault}`, { measured: number(item.measured), limit: number(item.limit) })}</p>${this.#fix(item)}</li>`;
  }
  render() {
    if (!this.found) return html``;
    const { items } = this.found;
    if (!items.length) return html`<p class="mb-3 px-3 text-sm text-good">${t('checks.fine')}</p>`;
    const fixes = items.filter(({ fix }) => fix).length;
    return html`<section class="mb-4 rounded-sm border border-line py-2" aria-labelledby="checks-title">
      <div class="flex flex-wrap items-center gap-2 px-3"><h2 id="checks-title" class="flex min-w-0 flex-1 items-center gap-2 text-base">${icon(warning, 'text-warn')}${t('checks.title', { n: items.length })}</h2>
        ${fixes > 1 ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.#accept()}>${t('checks.acceptAll', { n: fixes })}</button>` : ''}</div>
      <ol class="max-h-80 overflow-y-auto" tabindex="0" aria-labelledby="checks-title">${repeat(items, ({ cue, fault }) => `${cue} ${fault}`, (item) => this.#breach(item))}</ol></section>`;
  }
}
customElements.define('vat-checks', Checks);

import chevron from 'icon:chevron-down';
import download from 'icon:download';
import { send } from '../api/client.js';
import { Element, html } from '../base/element.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import { presets } from '../library/profile.js';
import { docxParagraphs } from './docx_text.js';
import { offered, rememberSettings, settingsOf, transcriptUrl } from './format_settings.js';

/** Of which the preview is made. */
const previewSegments = 40;
const previewLetters = 4_000;

/** One format of the transcript: how it is made, what its beginning looks like then, and the file. `known`: as offered(). */
class Format extends Element {
  static properties = { jobId: {}, name: {}, revision: {}, known: { attribute: false }, open: { state: true }, values: { state: true }, preview: { state: true }, error: { state: true } };

  willUpdate(changed) {
    if (changed.has('name')) this.values = settingsOf(this.name);
    if (this.open && ['open', 'values', 'revision', 'jobId'].some((name) => changed.has(name))) this.#fetch();
  }
  disconnectedCallback() {
    super.disconnectedCallback();
    this.abort?.abort();
  }
  /** The beginning, as the service has it; of several in a row the last counts. */
  async #fetch() {
    this.abort?.abort();
    this.abort = new AbortController();
    try {
      const answer = await send('GET', transcriptUrl(this.jobId, this.name, this.values, { max_segments: previewSegments }), { signal: this.abort.signal });
      this.preview = this.name === 'docx' ? { paragraphs: await docxParagraphs(await answer.arrayBuffer()) } : { text: await answer.text() };
      this.error = null;
    } catch (error) {
      if (error.name !== 'AbortError') this.error = error;
    }
  }
  #set(changes) {
    this.values = rememberSettings(this.name, { ...this.values, ...changes });
  }
  #flag(name, on) {
    return html`<label class="flex min-h-9 items-center gap-2"><input class="size-4 accent-accent" type="checkbox" .checked=${on} @change=${({ target }) => this.#set({ [name]: target.checked })}>${t(`look.${name}`)}</label>`;
  }
  #number(name, min, max, placeholder) {
    return html`<label class="label">${t(`look.${name}`)}<input class="field figures" type="number" inputmode="numeric" min=${min} max=${max} placeholder=${placeholder} .value=${String(this.values[name] ?? '')} @change=${({ target }) => target.reportValidity() && this.#set({ [name]: target.valueAsNumber })}></label>`;
  }
  #setting(name) {
    switch (name) {
      case 'preset': return html`<label class="label">${t('options.preset')}<select class="field" @change=${({ target }) => this.#set({ preset: target.value })}>
        ${['', ...presets].map((value) => html`<option value=${value} ?selected=${value === (this.values.preset ?? '')}>${value ? t(`preset.${value}`) : t('options.standardPreset')}</option>`)}</select></label>`;
      case 'line_length': return this.#number(name, 10, 120, t('look.byStyle'));
      case 'lines': return html`<label class="label">${t('look.lines')}<select class="field" @change=${({ target }) => this.#set({ lines: Number(target.value) })}>
        ${[0, 1, 2, 3, 4].map((value) => html`<option value=${value} ?selected=${value === (this.values.lines ?? 0)}>${value || t('look.byStyle')}</option>`)}</select></label>`;
      case 'paragraph_seconds': return this.#number(name, 1, 60, '2');
      case 'sounds': return this.#flag(name, this.values.sounds ?? this.known.withSounds);
      default: return this.#flag(name, this.values[name] ?? true);
    }
  }
  #settings() {
    const names = offered(this.name, this.values, this.known);
    if (names.length === 0) return '';
    const isFlag = (name) => ['times', 'speakers', 'sounds'].includes(name);
    return html`<div class="grid grid-cols-[minmax(0,1fr)] items-end gap-3 sm:grid-cols-2 lg:grid-cols-[minmax(0,1fr)]">${names.filter((name) => !isFlag(name)).map((name) => this.#setting(name))}
      ${names.some(isFlag) ? html`<div class="flex flex-wrap gap-x-4 gap-y-2">${names.filter(isFlag).map((name) => this.#setting(name))}</div>` : ''}
      ${Object.keys(this.values).length ? html`<button class="quiet justify-self-start text-sm" @click=${() => (this.values = rememberSettings(this.name, {}))}>${t('look.standard')}</button>` : ''}</div>`;
  }
  #word({ style, text }) {
    const looks = { Title: 'text-lg font-semibold', Subtitle: 'text-sm text-soft', Heading2: 'pt-2 font-semibold' };
    return html`<p class=${looks[style] ?? ''} dir="auto">${text}</p>`;
  }
  #preview() {
    if (this.error) return html`<p class="text-bad">${this.error.message}</p>`;
    if (!this.preview) return html`<div class="h-24" aria-busy="true"></div>`;
    const { text, paragraphs } = this.preview;
    const label = t('look.preview', { format: this.name.toUpperCase() });
    if (paragraphs) return html`<div class="grid max-h-72 gap-2 overflow-auto rounded-sm bg-sunken p-3 font-serif wrap-anywhere" role="region" tabindex="0" aria-label=${label}>${paragraphs.map((paragraph) => this.#word(paragraph))}</div>`;
    if (!text) return html`<p class="text-soft">${t('look.empty')}</p>`;
    return html`<pre class="max-h-72 overflow-auto rounded-sm bg-sunken p-3 font-mono text-xs whitespace-pre-wrap wrap-anywhere" role="region" tabindex="0" dir="auto" aria-label=${label}>${text.length > previewLetters ? `${text.slice(0, previewLetters)}…` : text}</pre>`;
  }
  render() {
    const { name } = this;
    const format = name.toUpperCase();
    return html`<div class="flex items-center gap-1">
        <button class="flex min-w-0 flex-1 items-center gap-3 rounded-sm px-3 py-2 text-start hover:bg-sunken" aria-expanded=${Boolean(this.open)} aria-controls="format-${name}" @click=${() => (this.open = !this.open)}>
          <span class="w-12 flex-none font-semibold">${format}</span><span class="min-w-0 flex-1 text-soft">${t(`format.${name}`)}</span>${icon(chevron, `text-faint ${this.open ? 'rotate-180' : ''}`)}</button>
        <a class="quiet" download href=${transcriptUrl(this.jobId, name, this.values)} aria-label=${t('look.download', { format })}>${icon(download)}</a>
      </div>
      <div id="format-${name}" class="grid grid-cols-[minmax(0,1fr)] gap-3 px-3 pt-1 pb-4" ?hidden=${!this.open}>${this.open ? html`${this.#settings()}${this.#preview()}` : ''}</div>`;
  }
}
customElements.define('vat-format', Format);

import download from 'icon:download';
import { Element, html } from '../base/element.js';
import { bytes } from '../base/format.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import { load, save } from '../base/storage.js';
import { formats, presets } from '../library/profile.js';

const shaped = new Set(['srt', 'vtt']);

/** Everything of the job that can be kept: its transcript in any format that has something to say, its files, the recording. */
class Downloads extends Element {
  static properties = { job: { attribute: false }, hasTranscript: { type: Boolean }, hasSpeakers: { type: Boolean }, preset: { state: true } };

  constructor() {
    super();
    this.preset = load('downloadPreset', '');
  }
  #format(name) {
    const preset = this.preset && shaped.has(name) ? `&preset=${this.preset}` : '';
    return html`<li><a class="flex items-center gap-3 rounded-sm px-3 py-2 hover:bg-sunken" download href="/api/v1/jobs/${this.job.id}/transcript?format=${name}${preset}">
      <span class="w-12 flex-none font-semibold">${name.toUpperCase()}</span><span class="flex-1 text-soft">${t(`format.${name}`)}</span>${icon(download, 'text-faint')}</a></li>`;
  }
  #file({ name, url, size, kind, content_type: type }) {
    return html`<li class="grid grid-cols-[minmax(0,1fr)] gap-2 px-3 py-2">
      <a class="flex items-center gap-3 hover:underline" download href="${url}?download=true"><span class="min-w-0 flex-1 truncate" dir="auto">${name}</span><span class="figures flex-none text-sm text-soft">${bytes(size)}</span>${icon(download, 'text-faint')}</a>
      ${kind === 'speech' && type.startsWith('audio/') ? html`<audio class="w-full" controls preload="none" src=${url} aria-label=${name}></audio>` : ''}
    </li>`;
  }
  render() {
    const files = this.job.files.filter(({ kind }) => kind !== 'transcript');
    return html`<div class="grid grid-cols-[minmax(0,1fr)] gap-5">
      ${this.hasTranscript ? html`<section><h2 class="mb-1 px-3 text-base font-semibold">${t('files.transcript')}</h2><ul>${formats.filter((name) => name !== 'rttm' || this.hasSpeakers).map((name) => this.#format(name))}</ul>
        <label class="label mt-2 px-3">${t('options.preset')}<select class="field" @change=${(event) => { this.preset = event.target.value; save('downloadPreset', this.preset); }}>
          ${['', ...presets].map((value) => html`<option value=${value} ?selected=${value === this.preset}>${value ? t(`preset.${value}`) : t('options.standardPreset')}</option>`)}</select></label></section>` : ''}
      ${files.length ? html`<section><h2 class="mb-1 px-3 text-base font-semibold">${t('files.made')}</h2><ul>${files.map((file) => this.#file(file))}</ul></section>` : ''}
      ${this.job.upload_id && this.job.error?.stage !== 'fetch' ? html`<section><h2 class="mb-1 px-3 text-base font-semibold">${t('files.recording')}</h2><ul><li><a class="flex items-center gap-3 rounded-sm px-3 py-2 hover:bg-sunken" download href="/api/v1/jobs/${this.job.id}/media?download=true"><span class="min-w-0 flex-1 truncate">${t('files.original')}</span>${icon(download, 'text-faint')}</a></li></ul></section>` : ''}
    </div>`;
  }
}
customElements.define('vat-downloads', Downloads);

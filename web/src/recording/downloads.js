import download from 'icon:download';
import printer from 'icon:print';
import { Element, html } from '../base/element.js';
import { bytes } from '../base/format.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import { formats } from '../library/profile.js';
import { versionedUrl } from './files.js';
import './format.js';

/** Everything of the job that can be kept: its transcript in any format that has something to say, its files, the recording. `known`: what is in
 * the transcript, `{ speakers, sounds }`; null where there is none. */
class Downloads extends Element {
  static properties = { job: { attribute: false }, revision: {}, known: { attribute: false } };

  #formats() {
    const known = { ...this.known, withSounds: Boolean(this.job.options.sounds) };
    return formats.filter((name) => name !== 'rttm' || known.speakers).map((name) => html`<li><vat-format jobId=${this.job.id} name=${name} revision=${this.revision} .known=${known}></vat-format></li>`);
  }
  #print() {
    return html`<li class="max-sm:hidden"><button class="flex w-full items-center gap-3 rounded-sm px-3 py-2 text-start hover:bg-sunken" @click=${() => print()}><span class="w-12 flex-none">${icon(printer, 'text-soft')}</span><span class="min-w-0 flex-1 text-soft">${t('files.print')}</span></button></li>`;
  }
  #file(file) {
    const { name, url, size, kind, content_type: type } = file;
    return html`<li class="grid grid-cols-[minmax(0,1fr)] gap-2 px-3 py-2">
      <a class="flex items-center gap-3 hover:underline" download href="${url}?download=true"><span class="min-w-0 flex-1 truncate" dir="auto">${name}</span><span class="figures flex-none text-sm text-soft">${bytes(size)}</span>${icon(download, 'text-faint')}</a>
      ${kind === 'dub' ? html`<video class="w-full rounded-sm" controls preload="none" src=${versionedUrl(file)} aria-label=${name}></video>` : ''}
      ${kind === 'speech' && type.startsWith('audio/') ? html`<audio class="w-full" controls preload="none" src=${versionedUrl(file)} aria-label=${name}></audio>` : ''}
    </li>`;
  }
  render() {
    const files = this.job.files.filter(({ kind }) => kind !== 'transcript');
    return html`<div class="grid grid-cols-[minmax(0,1fr)] gap-5">
      ${this.known ? html`<section><h2 class="mb-1 px-3 text-base font-semibold">${t('files.transcript')}</h2><ul>${this.#formats()}${this.#print()}</ul></section>` : ''}
      ${files.length ? html`<section><h2 class="mb-1 px-3 text-base font-semibold">${t('files.made')}</h2><ul>${files.map((file) => this.#file(file))}</ul></section>` : ''}
      ${this.job.upload_id && this.job.error?.stage !== 'fetch' ? html`<section><h2 class="mb-1 px-3 text-base font-semibold">${t('files.recording')}</h2><ul><li><a class="flex items-center gap-3 rounded-sm px-3 py-2 hover:bg-sunken" download href="/api/v1/jobs/${this.job.id}/media?download=true"><span class="min-w-0 flex-1 truncate">${t('files.original')}</span>${icon(download, 'text-faint')}</a></li></ul></section>` : ''}
    </div>`;
  }
}
customElements.define('vat-downloads', Downloads);

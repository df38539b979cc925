import download from 'icon:download';
import { get } from '../api/client.js';
import { Element, html } from '../base/element.js';
import { exactly, languageName, length } from '../base/format.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import { formats } from '../library/profile.js';
import { TranscriptDocument } from '../recording/document.js';
import '../recording/player.js';
import '../recording/text.js';
import { visitorHeader } from './visitor_header.js';

/** What whoever has a link sees: a transcript that follows its recording, if that is shared, to read and to keep. */
class Shared extends Element {
  /** `token`: the secret, as the address has it. */
  static properties = { token: {}, view: { state: true }, transcript: { state: true }, error: { state: true } };

  get #path() {
    return `/api/v1/shared/${this.token}`;
  }
  async connectedCallback() {
    super.connectedCallback();
    this.listen(window, 'vat-theme', () => this.requestUpdate());
    this.listen(window, 'vat-language', () => this.#title());
    try {
      const [view, transcript] = await Promise.all([get(this.#path), get(`${this.#path}/transcript?format=json`)]);
      this.document = new TranscriptDocument(transcript, '');
      this.transcript = transcript;
      this.view = view;
    } catch (error) {
      this.error = error;
    }
    this.#title();
  }
  #title() {
    document.title = `${this.view?.title ?? t('shared.page')} · vat`;
  }
  #seek(seconds) {
    const player = this.querySelector('vat-player');
    player?.seek(seconds);
    if (player?.media.paused) player.toggle();
  }
  #facts({ duration_seconds: seconds, language, expires_at: end }) {
    const facts = [seconds && html`<span class="figures">${length(seconds)}</span>`, language && languageName(language), end && t('share.until', { time: exactly(new Date(end)) })];
    return facts.filter(Boolean).map((fact, index) => html`${index ? ' · ' : ''}${fact}`);
  }
  #downloads({ recording }) {
    const link = (href, name, what) => html`<li><a class="chip" download href=${href} title=${what} aria-label="${name}: ${what}">${icon(download)}${name}</a></li>`;
    return html`<section class="no-print" aria-labelledby="downloads"><h2 id="downloads" class="mb-2">${t('shared.keep')}</h2>
      <ul class="flex flex-wrap gap-2">${formats.map((name) => link(`${this.#path}/transcript?format=${name}`, name.toUpperCase(), t(`format.${name}`)))}
        ${recording ? link(`${recording.url}?download=true`, t('files.recording'), t('files.original')) : ''}</ul></section>`;
  }
  #body() {
    if (this.error) {
      const gone = this.error.status === 404;
      return html`<div class="grid justify-items-start gap-4 py-12"><h1>${gone ? t('shared.gone') : t('recording.failed')}</h1><p class="max-w-[60ch] text-soft">${gone ? t('shared.goneWhat') : this.error.message}</p></div>`;
    }
    if (!this.view) return html`<div class="min-h-screen" aria-busy="true"></div>`;
    const { recording } = this.view;
    return html`<div><h1 class="wrap-anywhere" dir="auto">${this.view.title}</h1><p class="mt-1 text-soft">${this.#facts(this.view)}</p></div>
      ${recording ? html`<vat-player class="sticky top-0 z-10 bg-paper py-3" src=${recording.url} waveform=${recording.waveform_url ?? ''} poster=${recording.thumbnail_url ?? ''} filmstrip=${recording.filmstrip_url ?? ''} ?video=${recording.video} .length=${this.view.duration_seconds ?? 0} .spans=${this.document.segments} captions="${this.#path}/transcript?format=vtt" @vat-time=${(event) => this.querySelector('vat-text').show(event.detail)}></vat-player>` : ''}
      <vat-text ?silent=${!recording} .document=${this.document} language=${this.transcript.language_code ?? ''} @vat-seek=${(event) => this.#seek(event.detail)}></vat-text>
      ${this.#downloads(this.view)}`;
  }
  render() {
    return html`<div class="mx-auto grid min-h-screen max-w-[820px] grid-cols-[minmax(0,1fr)] content-start px-4 md:px-6">
      ${visitorHeader()}<main class="grid grid-cols-[minmax(0,1fr)] gap-5 py-6">${this.#body()}</main></div>`;
  }
}
customElements.define('vat-shared', Shared);

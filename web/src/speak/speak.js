import { getOnce, post, send } from '../api/client.js';
import { jobs } from '../api/jobs.js';
import { warningsOf } from '../api/warnings.js';
import { Element, html } from '../base/element.js';
import { bytes, languageName } from '../base/format.js';
import { language, t } from '../base/language.js';
import { prefer, preference, preferences } from '../base/preferences.js';
import { load, save } from '../base/storage.js';
import { sayError } from '../shell/toasts.js';
import { navigate } from '../shell/router.js';
import { readCues } from '../recording/cues.js';
import { playAnswer, playOn } from './sounding.js';

const speeds = [0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2];
const formats = ['mp3', 'opus', 'm4a', 'flac', 'wav'];

/** Text in, speech out: heard at once, or as a file in the library. */
class Speak extends Element {
  static properties = { text: { state: true }, values: { state: true }, voices: { state: true }, limits: { state: true }, busy: { state: true }, sounding: { state: true }, file: { state: true }, warnings: { state: true } };

  constructor() {
    super();
    this.text = load('speakText', '');
    this.#remember();
  }
  #remember() {
    this.values = { language: language(), voice: '', speed: 1, audio_format: 'mp3', ...preference('speech', {}) };
  }
  async connectedCallback() {
    super.connectedCallback();
    this.listen(preferences, 'change', ({ detail }) => detail === 'speech' && this.#remember());
    this.listen(window, 'pagehide', () => save('speakText', this.text));
    [this.voices, this.limits] = await Promise.all([getOnce('/api/v1/voices').then((list) => list.items, () => []), getOnce('/api/v1/limits').catch(() => null)]);
  }
  disconnectedCallback() {
    super.disconnectedCallback();
    save('speakText', this.text);
    this.abort?.abort();
    this.#forget();
  }
  #forget() {
    if (this.file) URL.revokeObjectURL(this.file.url);
    this.file = null;
  }
  #set(changes) {
    this.values = { ...this.values, ...changes };
    prefer('speech', this.values);
  }
  get #size() {
    return new TextEncoder().encode(this.text).length;
  }
  get #fitsAtOnce() {
    return this.#size <= (this.limits?.direct_speech_bytes ?? Infinity);
  }
  get #request() {
    const { voice, ...rest } = this.values;
    return { text: this.text, ...rest, ...(voice && { voice }) };
  }
  async #work(action) {
    this.busy = true;
    this.abort = new AbortController();
    try {
      await action(this.abort.signal);
    } catch (error) {
      if (error.name !== 'AbortError') sayError(error);
    } finally {
      this.busy = false;
    }
  }
  /** The speech is heard while it is made. */
  #listen = () => this.#work(async (signal) => {
    const name = `speech.${this.values.audio_format}`;
    const answer = await send('POST', '/api/v1/speech', { json: this.#request, signal });
    this.#forget();
    this.warnings = warningsOf(answer);
    this.sounding = true;
    await this.updateComplete;
    const { sound, heard } = await playAnswer(answer, this.#audio);
    this.file = { url: URL.createObjectURL(sound), name };
    if (!heard) playOn(this.#audio, this.file.url);
  });
  /** Heard again, it is the file: what was played in pieces may be gone. */
  #ended = () => {
    if (this.file && this.#audio.src !== this.file.url) this.#audio.src = this.file.url;
  };
  get #audio() {
    return this.querySelector('audio');
  }
  #keep = () => this.#work(async () => {
    const job = await post('/api/v1/speech', { ...this.#request, as_job: true });
    jobs.put(job);
    navigate(`/jobs/${job.id}`);
  });
  async #open(file) {
    if (!file) return;
    const content = await file.text();
    const isVtt = /\.vtt$/i.test(file.name);
    const cues = /\.(srt|vtt)$/i.test(file.name) ? readCues(isVtt ? content : content.replace(/(\d\d:\d\d),(\d{3})/g, '$1.$2')) : [];
    this.text = cues.length ? cues.map((cue) => cue.text.replace(/\n/g, ' ')).join('\n') : content;
  }
  #choice(name, label, list, change = (value) => ({ [name]: value })) {
    return html`<label class="label">${label}<select class="field" @change=${(event) => this.#set(change(event.target.value))}>${list.map(({ value, text }) => html`<option value=${value} ?selected=${String(this.values[name]) === String(value)}>${text}</option>`)}</select></label>`;
  }
  #options() {
    const voices = this.voices ?? [];
    const languages = [...new Set([this.values.language, ...voices.map((voice) => voice.language.split('-')[0])])].map((value) => ({ value, text: languageName(value) })).sort((one, other) => one.text.localeCompare(other.text));
    const fitting = voices.filter((voice) => voice.language.split('-')[0] === this.values.language).map(({ name, language: tag, description }) => ({ value: name, text: [name, languageName(tag), description].filter(Boolean).join(' · ') }));
    return html`<div class="grid gap-4 sm:grid-cols-2 lg:grid-cols-1">
      ${this.#choice('language', t('speak.language'), languages, (value) => ({ language: value, voice: '' }))}
      ${this.#choice('voice', t('options.voice'), [{ value: '', text: t('options.standardVoice') }, ...fitting])}
      ${this.#choice('speed', t('speech.speed'), speeds.map((value) => ({ value, text: `${value}×` })), (value) => ({ speed: Number(value) }))}
      ${this.#choice('audio_format', t('speak.format'), formats.map((value) => ({ value, text: value.toUpperCase() })))}
    </div>`;
  }
  render() {
    const empty = !this.text.trim();
    return html`<div class="grid grid-cols-[minmax(0,1fr)] gap-5">
      <div><h1>${t('nav.speak')}</h1><p class="mt-1 text-soft">${t('speak.what')}</p></div>
      <div class="grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_300px]">
        <div class="grid gap-3">
          <label class="sr-only" for="speak-text">${t('speak.text')}</label>
          <textarea id="speak-text" class="field min-h-[280px] resize-y p-4 font-serif text-read" dir="auto" placeholder=${t('speak.placeholder')} .value=${this.text} @input=${(event) => (this.text = event.target.value)}></textarea>
          <div class="flex flex-wrap items-center gap-3">
            ${this.busy ? html`<button class="button" @click=${() => this.abort.abort()}>${t('speak.stop')}</button>` : html`<button class="button main" ?disabled=${empty || !this.#fitsAtOnce} @click=${this.#listen}>${t('speak.listen')}</button>`}
            <button class="button" ?disabled=${empty || this.busy} @click=${this.#keep}>${t('speak.keep')}</button>
            <label class="quiet cursor-pointer focus-within:outline-2 focus-within:outline-accent">${t('speak.open')}<input class="sr-only" type="file" accept=".txt,.srt,.vtt,.md,text/plain" @change=${(event) => this.#open(event.target.files[0])}></label>
            <span class="figures ms-auto text-sm text-faint">${bytes(this.#size)}</span>
          </div>
          ${this.#fitsAtOnce ? '' : html`<p class="text-sm text-warn">${t('speak.long')}</p>`}
          ${this.sounding ? (this.warnings ?? []).map((warning) => html`<p class="text-sm text-warn">${warning}</p>`) : ''}
          ${this.sounding ? html`<div class="card flex flex-wrap items-center gap-3 p-3"><audio class="min-w-0 flex-1" controls aria-label=${t('speak.result')} @ended=${this.#ended}></audio>
            ${this.file ? html`<a class="button" download=${this.file.name} href=${this.file.url}>${t('speak.download')}</a>` : html`<span class="text-sm text-soft" role="status">${this.busy ? t('speak.busy') : ''}</span>`}</div>` : ''}
        </div>
        <section class="card p-4" aria-label=${t('speak.options')}>${this.#options()}</section>
      </div>
    </div>`;
  }
}
customElements.define('vat-speak', Speak);

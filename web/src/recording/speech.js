import { get, getOnce, post } from '../api/client.js';
import { jobs } from '../api/jobs.js';
import { Element, html } from '../base/element.js';
import { languageName } from '../base/format.js';
import { t } from '../base/language.js';
import { say, sayError } from '../shell/toasts.js';
import { speakerName } from './speaker_name.js';
import './sentences.js';

/** Those of a job whose sentences can be made again. */
export const spokenFiles = (job) => job.files.filter(({ kind }) => kind === 'speech' || kind === 'dub');

/**
 * Speaks the transcript, as it stands, with a voice: the speech becomes an entry of its own in the library. Below it are
 * the sentences of what was spoken already.
 */
class Speech extends Element {
  static properties = { job: { attribute: false }, revision: {}, segments: { attribute: false }, voices: { state: true }, speakers: { state: true }, made: { state: true }, busy: { state: true } };

  async connectedCallback() {
    super.connectedCallback();
    if (this.job.kind === 'process') this.speakers = await get(`/api/v1/jobs/${this.job.id}/transcript/speakers`).then((list) => list.items, () => []);
    this.voices = await getOnce('/api/v1/voices').then((list) => list.items, () => []);
  }
  get #fitting() {
    const spoken = this.job.options.translate ? 'en' : (this.job.language ?? 'en');
    return (this.voices ?? []).filter(({ language }) => language.split('-')[0] === spoken.split('-')[0]);
  }
  async #speak(event) {
    event.preventDefault();
    const { voice, speed, ...chosen } = Object.fromEntries(new FormData(event.target));
    const voices = Object.fromEntries(Object.entries(chosen).filter(([, name]) => name));
    this.busy = true;
    try {
      this.made = await post(`/api/v1/jobs/${this.job.id}/speech`, { options: { ...(voice && { voice }), ...(Object.keys(voices).length && { voices }), speed: Number(speed) } });
      jobs.put(this.made);
      say(t('speech.started'));
    } catch (error) {
      sayError(error);
    } finally {
      this.busy = false;
    }
  }
  #options() {
    return this.#fitting.map(({ name, language, description }) => html`<option value=${name}>${[name, languageName(language), description].filter(Boolean).join(' · ')}</option>`);
  }
  /** A voice of their own for each of several speakers. */
  #ofSpeakers() {
    if (!(this.speakers?.length > 1)) return '';
    return this.speakers.map((speaker) => html`<label class="label">${t('speech.voiceOf', { name: speakerName(speaker) })}<select class="field" name=${speaker.id}><option value="">${t('speech.fitting')}</option>${this.#options()}</select></label>`);
  }
  #form() {
    return html`<form class="grid gap-4 px-3" @submit=${this.#speak}>
      <p class="text-soft">${t('speech.what')}</p>
      <label class="label">${t('options.voice')}<select class="field" name="voice"><option value="">${t('options.standardVoice')}</option>
        ${this.#options()}</select></label>
      ${this.#ofSpeakers()}
      <label class="label">${t('speech.speed')}<select class="field" name="speed">${[0.75, 0.9, 1, 1.1, 1.25, 1.5].map((speed) => html`<option value=${speed} ?selected=${speed === 1}>${speed}×</option>`)}</select></label>
      <button class="button main" ?disabled=${this.busy}>${t('speech.make')}</button>
      ${this.made ? html`<a class="link" href="/jobs/${this.made.id}">${t('speech.open')}</a>` : ''}
    </form>`;
  }
  /** The transcript, if somebody edited it. */
  get #editedText() {
    return Number(/\d+/.exec(this.revision ?? '')) > 1 ? this.segments.map(({ text }) => text).join(' ') : '';
  }
  render() {
    const files = spokenFiles(this.job);
    return html`<div class="grid grid-cols-[minmax(0,1fr)] gap-6">${this.job.kind === 'process' ? this.#form() : ''}
      ${files.map((file) => html`<vat-sentences .file=${file} .voices=${this.voices ?? []} .text=${this.#editedText} ?named=${files.length > 1 || this.job.kind === 'process'}></vat-sentences>`)}</div>`;
  }
}
customElements.define('vat-speech', Speech);

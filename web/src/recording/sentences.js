import pause from 'icon:pause';
import play from 'icon:play';
import again from 'icon:repeat';
import undo from 'icon:arrow-rotate-left';
import { send } from '../api/client.js';
import { warningsOf } from '../api/warnings.js';
import { Element, html, nothing, repeat } from '../base/element.js';
import { clock, languageName } from '../base/format.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import { say, sayError } from '../shell/toasts.js';
import { editedSince } from './edited_sentences.js';

const speeds = [0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2];
const shownAtOnce = 100;

/**
 * The sentences of a speech or a dub, `file`: each can be heard, made again in another way, and taken back. `named`: by its file.
 * `text`: of the transcript, if that was edited since.
 */
class Sentences extends Element {
  static properties = { file: { attribute: false }, voices: { attribute: false }, named: { type: Boolean }, text: {}, speech: { state: true }, error: { state: true }, shown: { state: true }, editing: { state: true }, busy: { state: true }, playing: { state: true } };

  constructor() {
    super();
    Object.assign(this, { shown: shownAtOnce, editing: null, busy: null, playing: null, voices: [], text: '', edited: [] });
  }
  willUpdate(changed) {
    if (changed.has('text') || changed.has('speech')) this.edited = this.text && this.speech ? editedSince(this.speech.items.map(({ text }) => text), this.text) : [];
    if (changed.has('file') && this.file.sha256 !== changed.get('file')?.sha256) this.#fetch();
  }
  get #url() {
    return `${this.file.url}/sentences`;
  }
  async #fetch() {
    try {
      this.speech = await (await send('GET', this.#url)).json();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }
  get #audio() {
    return this.querySelector('audio');
  }
  async #play(index) {
    if (this.playing === index) return this.#audio.pause();
    this.#audio.src = `${this.#url}/${index}/sound?revision=${this.speech.revision}`;
    this.playing = index;
    return this.#audio.play().catch(() => this.playing === index && (this.playing = null));
  }
  /** Changes one sentence at the service; what others did in the meantime is shown instead of lost. */
  async #change(index, path, body) {
    this.busy = index;
    try {
      const answer = await send('POST', `${this.#url}/${index}${path}`, { json: body, headers: { 'If-Match': `"${this.speech.revision}"` } });
      warningsOf(answer).forEach((sentence) => say(sentence));
      this.speech = await answer.json();
      return true;
    } catch (error) {
      if (error.status !== 412) sayError(error);
      else {
        await this.#fetch();
        say(t('sentences.changed'));
      }
      return false;
    } finally {
      this.busy = null;
    }
  }
  #make = async (event) => {
    event.preventDefault();
    const index = this.editing;
    const { text, voice, speed } = Object.fromEntries(new FormData(event.target));
    const before = this.speech.items[index];
    const body = { ...(text.trim() !== before.text && { text: text.trim() }), ...(voice && { voice }), ...(Number(speed) !== before.speed && { speed: Number(speed) }) };
    if (!(await this.#change(index, '', body))) return;
    await this.#close(index);
    say(t('sentences.made'));
    this.#play(index);
  };
  async #undo(index) {
    if (!(await this.#change(index, '/undo'))) return;
    say(t('sentences.undone'));
    await this.updateComplete;
    this.#rowButton(index)?.focus();
  }
  #rowButton(index) {
    return this.querySelector(`[data-sentence="${index}"] [data-again]`);
  }
  async #open(index) {
    this.editing = index;
    await this.updateComplete;
    this.querySelector('textarea').focus();
  }
  async #close(index) {
    this.editing = null;
    await this.updateComplete;
    this.#rowButton(index)?.focus();
  }
  #voiceOptions(sentence) {
    const fitting = this.voices.filter(({ language }) => language.split('-')[0] === this.speech.language.split('-')[0]);
    return html`<option value="">${t('sentences.sameVoice', { voice: sentence.voice })}</option>${fitting.map(({ engine, name, language, description }) => html`<option value="${engine}:${name}">${[name, languageName(language), description].filter(Boolean).join(' · ')}</option>`)}`;
  }
  #form(sentence) {
    const busy = this.busy !== null;
    return html`<form class="grid gap-3" @submit=${this.#make} @keydown=${(event) => event.key === 'Escape' && !busy && this.#close(sentence.index)}>
      <label class="label">${t('sentences.text')}<textarea class="field block field-sizing-content resize-none font-serif text-lg" name="text" dir="auto" required maxlength="4000" aria-describedby="sentence-help" ?readonly=${busy} .value=${this.edited[sentence.index] ?? sentence.text}></textarea></label>
      <p id="sentence-help" class="text-sm text-soft">${this.speech.timed ? t('sentences.timedHelp') : t('sentences.help')}</p>
      <label class="label">${t('options.voice')}<select class="field" name="voice" ?disabled=${busy}>${this.#voiceOptions(sentence)}</select></label>
      <label class="label">${t('speech.speed')}<select class="field" name="speed" ?disabled=${busy}>${[...new Set([...speeds, sentence.speed])].sort((one, other) => one - other).map((speed) => html`<option value=${speed} ?selected=${speed === sentence.speed}>${speed}×</option>`)}</select></label>
      <div class="flex flex-wrap gap-2"><button class="button main" ?disabled=${busy}>${busy ? t('speak.busy') : t('sentences.make')}</button><button class="button" type="button" ?disabled=${busy} @click=${() => this.#close(sentence.index)}>${t('ask.cancel')}</button></div>
    </form>`;
  }
  #actions(sentence) {
    const { index, takes } = sentence;
    const n = index + 1;
    const isPlaying = this.playing === index;
    return html`<div class="flex flex-wrap items-center gap-x-1">
      <button class="quiet" aria-label=${isPlaying ? t('speak.stop') : t('sentences.play', { n })} @click=${() => this.#play(index)}>${icon(isPlaying ? pause : play)}</button>
      <button class="quiet text-sm" data-again aria-label=${t('sentences.againOne', { n })} ?disabled=${this.busy !== null} @click=${() => this.#open(index)}>${icon(again)}${t('sentences.again')}</button>
      ${takes > 1 ? html`<button class="quiet text-sm" aria-label=${t('sentences.undoOne', { n })} ?disabled=${this.busy !== null} @click=${() => this.#undo(index)}>${icon(undo)}${t('sentences.undo')}</button>` : ''}
    </div>`;
  }
  #sentence(sentence) {
    const { index, start, text, voice, takes } = sentence;
    const facts = [clock(start), voice.split(':').pop(), takes > 1 && t('sentences.takes', { n: takes }), this.edited[index] && t('sentences.edited')].filter(Boolean).join(' · ');
    return html`<li class="row-lazy px-3 py-2" data-sentence=${index} aria-busy=${this.busy === index ? 'true' : nothing}>
      ${this.editing === index ? this.#form(sentence) : html`<p class="font-serif text-lg wrap-anywhere" dir="auto" lang=${this.speech.language}>${text}</p>
      <p class="text-sm text-soft"><bdi>${facts}</bdi></p>${this.#actions(sentence)}`}</li>`;
  }
  #list() {
    if (this.error) return html`<p class="px-3 text-soft">${this.error.status === 404 ? t('sentences.none') : this.error.message}</p>`;
    if (!this.speech) return html`<div class="h-24" aria-busy="true"></div>`;
    const { items } = this.speech;
    return html`<ol class="divide-y divide-line">${repeat(items.slice(0, this.shown), ({ index }) => index, (sentence) => this.#sentence(sentence))}</ol>
      ${items.length > this.shown ? html`<p class="px-3"><button class="button" @click=${() => (this.shown += shownAtOnce)}>${t('sentences.more', { n: items.length - this.shown })}</button></p>` : ''}`;
  }
  render() {
    return html`<section class="grid grid-cols-[minmax(0,1fr)] gap-2">
      <h2 class="px-3 text-base font-semibold wrap-anywhere">${t('sentences.title')}${this.named ? html` <span class="block text-sm font-normal text-soft" dir="auto">${this.file.name}</span>` : ''}</h2>
      <p class="px-3 text-soft">${t('sentences.what')}</p>
      ${this.#list()}
      <audio hidden @ended=${() => (this.playing = null)} @pause=${() => (this.playing = null)}></audio>
    </section>`;
  }
}
customElements.define('vat-sentences', Sentences);

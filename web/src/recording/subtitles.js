import { query, send } from '../api/client.js';
import { Element, html, repeat } from '../base/element.js';
import { clock } from '../base/format.js';
import { t } from '../base/language.js';
import { presets } from '../library/profile.js';
import './checks.js';
import { readCues, readingSpeed } from './cues.js';

/** The subtitles as the service shapes them, with how fast each has to be read. */
class Subtitles extends Element {
  static properties = { jobId: {}, revision: {}, preset: { state: true }, cues: { state: true }, error: { state: true } };

  constructor() {
    super();
    this.preset = '';
  }
  willUpdate(changed) {
    if (changed.has('jobId') || changed.has('revision') || changed.has('preset')) this.#fetch();
  }
  async #fetch() {
    try {
      const answer = await send('GET', `/api/v1/jobs/${this.jobId}/transcript${query({ format: 'vtt', preset: this.preset })}`);
      this.cues = readCues(await answer.text());
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }
  #cue(cue) {
    return html`<li class="row-lazy"><button class="grid w-full grid-cols-[auto_1fr_auto] gap-3 rounded-sm px-3 py-2 text-start hover:bg-sunken" @click=${() => this.dispatchEvent(new CustomEvent('vat-seek', { detail: cue.start, bubbles: true }))}>
      <time class="text-sm text-faint">${clock(cue.start)}</time>
      <span class="whitespace-pre-line" dir="auto">${cue.text}</span>
      <span class="figures text-sm text-soft" title=${t('subtitles.speed')}>${t('subtitles.perSecond', { n: Math.round(readingSpeed(cue)) })}</span></button></li>`;
  }
  render() {
    return html`<label class="label mb-3 px-3">${t('options.preset')}<select class="field" @change=${(event) => (this.preset = event.target.value)}>
        ${['', ...presets].map((value) => html`<option value=${value} ?selected=${value === this.preset}>${value ? t(`preset.${value}`) : t('options.standardPreset')}</option>`)}</select></label>
      <vat-checks jobId=${this.jobId} revision=${this.revision} preset=${this.preset}></vat-checks>
      ${this.error ? html`<p class="px-3 text-bad">${this.error.message}</p>` : html`<ol>${repeat(this.cues ?? [], (cue, index) => index, (cue) => this.#cue(cue))}</ol>`}`;
  }
}
customElements.define('vat-subtitles', Subtitles);

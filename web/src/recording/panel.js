import { Element, html } from '../base/element.js';
import { t } from '../base/language.js';
import './downloads.js';
import './history.js';
import './speakers.js';
import { spokenFiles } from './speech.js';
import './subtitles.js';

const names = ['files', 'speakers', 'subtitles', 'speech', 'history'];

/** What stands beside the transcript. `speakers`, `sounds`: whether any are known; `segments`: of the stored transcript; `clip`: of which the player plays, if any. */
class Panel extends Element {
  static properties = { job: { attribute: false }, revision: {}, speakers: { type: Boolean }, sounds: { type: Boolean }, segments: { attribute: false }, clip: { attribute: false }, shown: { state: true } };

  constructor() {
    super();
    this.shown = 'files';
  }
  #keys(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const forward = getComputedStyle(this).direction === 'rtl' ? -step : step;
    const tabs = this.#tabs;
    this.shown = tabs[(tabs.indexOf(this.shown) + forward + tabs.length) % tabs.length];
    this.updateComplete.then(() => this.querySelector('[aria-selected=true]').focus());
  }
  get #tabs() {
    if (!this.revision) return spokenFiles(this.job).length ? ['files', 'speech'] : ['files'];
    return this.speakers ? names : names.filter((name) => name !== 'speakers');
  }
  #content() {
    switch (this.shown) {
      case 'speakers': return html`<vat-speakers jobId=${this.job.id} revision=${this.revision} ?playable=${Boolean(this.job.upload_id)} .clip=${this.clip}></vat-speakers>`;
      case 'subtitles': return html`<vat-subtitles jobId=${this.job.id} revision=${this.revision}></vat-subtitles>`;
      case 'speech': return html`<vat-speech .job=${this.job} revision=${this.revision} .segments=${this.segments}></vat-speech>`;
      case 'history': return html`<vat-history jobId=${this.job.id} revision=${this.revision}></vat-history>`;
      default: return html`<vat-downloads .job=${this.job} revision=${this.revision} .known=${this.revision ? { speakers: this.speakers, sounds: this.sounds } : null}></vat-downloads>`;
    }
  }
  render() {
    return html`<section class="card" aria-label=${t('panel.name')}>
      <div class="flex overflow-x-auto border-b border-line px-2" role="tablist" @keydown=${this.#keys}>
        ${this.#tabs.map((name) => html`<button class="tab" role="tab" id="tab-${name}" aria-controls="panel" aria-selected=${this.shown === name} tabindex=${this.shown === name ? 0 : -1} @click=${() => (this.shown = name)}>${t(`panel.${name}`)}</button>`)}
      </div>
      <div id="panel" role="tabpanel" aria-labelledby="tab-${this.shown}" tabindex="0" class="max-h-[calc(100vh-260px)] overflow-y-auto p-2 py-4 max-lg:max-h-none">${this.#content()}</div>
    </section>`;
  }
}
customElements.define('vat-panel', Panel);

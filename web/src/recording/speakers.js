import pauseShape from 'icon:pause';
import play from 'icon:play';
import { get, send } from '../api/client.js';
import { Element, html, live, repeat } from '../base/element.js';
import { length } from '../base/format.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import { say, sayError } from '../shell/toasts.js';
import { speakerName } from './speaker_name.js';

/** Who speaks: names, how long each talks, a clip of each voice, and two made one. Tells `vat-revised` (detail: the
 * number of the revision) after a change, and `vat-clip` (detail: `{ start, end }`, or null to stop). */
class Speakers extends Element {
  static properties = { jobId: {}, revision: {}, playable: { type: Boolean }, clip: { attribute: false }, items: { state: true }, byTime: { state: true }, busy: { state: true }, error: { state: true } };

  constructor() {
    super();
    Object.assign(this, { items: [], byTime: false, busy: false });
  }
  willUpdate(changed) {
    if (changed.has('jobId') || changed.has('revision')) this.#fetch();
  }
  async #fetch() {
    try {
      this.items = (await get(`/api/v1/jobs/${this.jobId}/transcript/speakers`)).items;
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }
  async #change(changes) {
    this.busy = true;
    try {
      const { items, revision } = await (await send('PATCH', `/api/v1/jobs/${this.jobId}/transcript/speakers`, { json: changes })).json();
      this.items = items;
      this.dispatchEvent(new CustomEvent('vat-revised', { detail: revision, bubbles: true }));
      return true;
    } catch (error) {
      sayError(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
  async #rename(speaker, field) {
    const name = field.value.trim();
    if (name !== speaker.name && !(await this.#change({ rename: [{ id: speaker.id, name }] }))) field.value = speaker.name;
  }
  async #merge(speaker, select) {
    const into = this.items.find(({ id }) => id === select.value);
    select.value = '';
    if (!into || !(await this.#change({ merge: [{ from: speaker.id, into: into.id }] }))) return;
    say(t('speakers.merged', { name: speakerName(speaker), other: speakerName(into) }));
    await this.updateComplete;
    this.querySelector(`[data-id="${into.id}"] input`)?.focus();
  }
  #hear({ sample }) {
    const playing = this.clip?.start === sample.start;
    this.dispatchEvent(new CustomEvent('vat-clip', { detail: playing ? null : sample, bubbles: true }));
  }
  #speaker(speaker, most) {
    const name = speakerName(speaker);
    const playing = this.clip?.start === speaker.sample.start;
    const others = this.items.filter(({ id }) => id !== speaker.id);
    return html`<li class="grid gap-2 px-3 py-3" data-id=${speaker.id}>
      <div class="flex items-center gap-2">
        ${this.playable && speaker.segments ? html`<button class="quiet flex-none" aria-label=${t(playing ? 'speakers.stop' : 'speakers.hear', { name })} @click=${() => this.#hear(speaker)}>${icon(playing ? pauseShape : play)}</button>` : ''}
        <input class="field min-w-0 flex-1" dir="auto" maxlength="50" autocomplete="off" aria-label=${t('speakers.name', { name })} placeholder=${speakerName({ ...speaker, name: '' })} .value=${live(speaker.name)} ?readonly=${this.busy} @change=${(event) => this.#rename(speaker, event.target)}>
        <span class="figures flex-none text-sm text-soft">${length(speaker.talking)}</span>
      </div>
      <svg class="h-1 w-full rounded-sm bg-sunken rtl:-scale-x-100" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect class="fill-accent" width=${most ? (speaker.talking / most) * 100 : 0} height="1"></rect></svg>
      ${others.length ? html`<select class="field text-sm" aria-label=${t('speakers.mergeOf', { name })} ?disabled=${this.busy} @change=${(event) => this.#merge(speaker, event.target)}>
        <option value="">${t('speakers.merge')}</option>${others.map((other) => html`<option value=${other.id}>${speakerName(other)}</option>`)}</select>` : ''}
    </li>`;
  }
  render() {
    if (this.error) return html`<p class="px-3 text-bad">${this.error.message}</p>`;
    const most = Math.max(0, ...this.items.map(({ talking }) => talking));
    const shown = this.byTime ? [...this.items].sort((one, other) => other.talking - one.talking) : this.items;
    return html`<p class="flex justify-end px-3"><label class="flex items-center gap-2 text-sm text-soft"><input type="checkbox" .checked=${this.byTime} @change=${(event) => (this.byTime = event.target.checked)}>${t('speakers.byTime')}</label></p>
      <ul class="divide-y divide-line">${repeat(shown, ({ id }) => id, (speaker) => this.#speaker(speaker, most))}</ul>`;
  }
}
customElements.define('vat-speakers', Speakers);

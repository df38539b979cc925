import { guard } from 'lit/directives/guard.js';
import target from 'icon:crosshairs';
import { Element, html, repeat } from '../base/element.js';
import { clock } from '../base/format.js';
import { icon } from '../base/icon.js';
import { language, t } from '../base/language.js';
import { SpokenWord, markFound, markUnsure, placeAt } from './spoken.js';
import { speakerName } from './speaker_name.js';
import { timeFields } from './times.js';
import { lastStarted, timeAt } from './words.js';

/** Groups of sentences that are drawn at first, and then in each frame, until all are. */
const firstGroups = 2;
const groupsInFrame = 6;

/**
 * The transcript: follows the player, and is edited in place. Rows far from the window cost nothing, because the browser
 * skips them (content-visibility), and are still found by its own search. `editable`: whether it may be edited.
 * `silent`: there is nothing to hear. Tells `vat-seek` (detail: seconds) and `vat-edit` (detail: the key of the sentence), when editing begins.
 */
class Text extends Element {
  static properties = { document: { attribute: false }, editable: { type: Boolean }, editing: { state: true }, following: { state: true }, language: {}, unsure: { type: Boolean }, silent: { type: Boolean } };

  #spoken = new SpokenWord();
  #active = -1;
  #time = 0;
  #found = null;
  /** How many groups are drawn. */
  #drawn = firstGroups;

  constructor() {
    super();
    Object.assign(this, { editing: null, following: true, editable: false });
  }
  connectedCallback() {
    super.connectedCallback();
    for (const type of ['wheel', 'touchmove']) this.listen(window, type, () => (this.following = false));
    this.listen(window, 'keydown', (event) => ['PageUp', 'PageDown', 'Home', 'End'].includes(event.key) && (this.following = false));
  }
  willUpdate(changed) {
    if (!changed.has('document') || !this.document) return;
    this.#active = -1;
    if (!changed.get('document')) this.#drawn = firstGroups;
    this.listen(this.document, 'change', () => this.requestUpdate());
  }
  updated() {
    if (this.document && this.#drawn < this.document.groups.length) requestAnimationFrame(() => this.#draw(this.#drawn + groupsInFrame));
    if (!this.unsure && !this.marked) return;
    this.marked = this.unsure;
    const paragraphs = new Map(this.unsure ? [...this.querySelectorAll('[data-key]')].map((row) => [row.dataset.key, row.querySelector('p')]) : []);
    markUnsure(this.unsure ? this.document.segments.map((segment) => ({ segment, paragraph: paragraphs.get(String(segment.key)) })) : []);
  }
  disconnectedCallback() {
    super.disconnectedCallback();
    markUnsure([]);
    markFound(null);
  }
  #draw(groups) {
    if (groups <= this.#drawn) return;
    this.#drawn = groups;
    this.requestUpdate();
  }
  #row(index) {
    const key = String(this.document.segments[index]?.key);
    if (this.#found?.dataset.key !== key || !this.#found.isConnected) this.#found = index < 0 ? null : this.#rowOf(key);
    return this.#found;
  }
  /** Also of those that are not drawn yet. */
  #rowOf(key) {
    const find = () => this.querySelector(`[data-key="${key}"]`);
    if (this.hasUpdated && !find() && this.#drawn < this.document.groups.length) {
      this.#draw(Infinity);
      this.performUpdate();
    }
    return find();
  }
  /** Where the player is. */
  show(time) {
    if (!this.document) return;
    this.#time = time;
    const { segments } = this.document;
    const index = lastStarted(segments, time + 0.02);
    if (index !== this.#active) {
      this.querySelector('[data-active]')?.removeAttribute('data-active');
      this.#active = index;
      const row = this.#row(index);
      row?.setAttribute('data-active', '');
      if (row && this.following && !this.editing) this.#reveal(row);
    }
    this.#spoken.show(segments[index], index < 0 ? null : this.#row(index)?.querySelector('p'), time);
  }
  #reveal(row, behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth') {
    row.scrollIntoView({ block: 'center', behavior });
  }
  followAgain() {
    this.following = true;
    const row = this.#row(this.#active);
    if (row) this.#reveal(row, 'auto');
  }
  /** Shows what was looked for; null ends that. */
  async reveal(place) {
    if (!place) return markFound(null);
    this.following = false;
    await this.updateComplete;
    const row = this.#rowOf(place.key);
    this.#reveal(row, 'auto');
    return markFound(row.querySelector('p'), place.from, place.to);
  }
  /** The sentence before or after the one at the player, as a time. */
  neighbour(step) {
    return this.document.segments[Math.max(0, Math.min(this.document.segments.length - 1, this.#active + step))]?.start;
  }
  editActive() {
    const segment = this.document?.segments[Math.max(0, this.#active)];
    if (segment) this.edit(segment.key);
  }
  async edit(key, place = null) {
    if (!this.editable || this.document.indexOf(key) < 0) return;
    this.editing = key;
    this.dispatchEvent(new CustomEvent('vat-edit', { detail: key, bubbles: true }));
    await this.updateComplete;
    const area = this.querySelector('textarea');
    area.focus();
    if (place !== null) area.setSelectionRange(place, place);
  }
  #seek(seconds) {
    this.following = true;
    this.dispatchEvent(new CustomEvent('vat-seek', { detail: seconds, bubbles: true }));
  }
  #clicked(event, segment) {
    if (this.silent || !getSelection().isCollapsed) return;
    const place = placeAt(event.currentTarget, event.clientX, event.clientY);
    this.#seek(place === null ? segment.start : timeAt(segment, this.#spoken.words(segment), place));
  }
  #keep(area) {
    if (this.editing === null) return;
    this.document.setText(this.editing, area.value.replace(/\s+/g, ' ').trim());
  }
  #done(area) {
    const key = this.editing;
    this.#keep(area);
    this.editing = null;
    // Who went on to something else stays there.
    const { activeElement: focused } = document;
    const isElsewhere = focused !== document.body && !area.parentElement.contains(focused);
    if (!isElsewhere) this.updateComplete.then(() => this.querySelector(`[data-key="${key}"] button`)?.focus());
  }
  #keys(event) {
    const area = event.target;
    const { selectionStart: place, selectionEnd: end } = area;
    const at = this.document.indexOf(this.editing);
    if (event.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      area.value = this.document.segments[at].text;
      this.#done(area);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const split = event.ctrlKey || event.metaKey || event.shiftKey;
      this.#keep(area);
      if (split) {
        const second = this.document.split(this.editing, place);
        if (second) this.edit(second, 0);
      } else if (this.document.segments[at + 1]) this.edit(this.document.segments[at + 1].key, 0);
      else this.#done(area);
    } else if (event.key === 'Backspace' && place === 0 && end === 0) {
      this.#keep(area);
      const seam = this.document.mergeWithPrevious(this.editing);
      if (!seam) return;
      event.preventDefault();
      this.edit(seam.key, seam.place);
    }
  }
  #content(segment, editing) {
    if (!editing) {
      return html`<p class="${this.silent ? '' : 'cursor-text'} font-serif text-read" dir="auto" lang=${segment.language ?? this.language ?? ''} @click=${(event) => this.#clicked(event, segment)} @dblclick=${(event) => this.edit(segment.key, placeAt(event.currentTarget, event.clientX, event.clientY))}>${segment.text}</p>`;
    }
    const left = ({ currentTarget: editor }) => setTimeout(() => {
      if (this.editing === segment.key && editor.isConnected && !editor.contains(document.activeElement)) this.#done(editor.querySelector('textarea'));
    });
    return html`<div @focusout=${left}>
      <textarea class="field block field-sizing-content resize-none font-serif text-read" dir="auto" lang=${segment.language ?? this.language ?? ''} aria-label=${t('text.edit', { time: clock(segment.start) })} aria-describedby="edit-keys" .value=${segment.text} @keydown=${this.#keys} @blur=${(event) => this.editing === segment.key && this.#keep(event.target)}></textarea>
      ${timeFields(segment, { change: (start, end) => this.document.setTimes(segment.key, start, end), now: () => this.#time })}
      ${this.document.speakers.length ? html`<label class="mt-2 flex items-center gap-2 text-sm text-soft">${t('speakers.one')}<select class="field w-auto" @change=${(event) => this.document.setSpeaker(segment.key, event.target.value)}>
        ${[{ id: '' }, ...this.document.speakers].map((speaker) => html`<option value=${speaker.id} ?selected=${speaker.id === (segment.speaker ?? '')}>${speaker.id ? speakerName(speaker) : t('speakers.unknown')}</option>`)}</select></label>` : ''}
      <p id="edit-keys" class="mt-1 text-xs text-soft max-sm:hidden">${t('text.keys')}</p>
    </div>`;
  }
  /** Above the first sentence of a speaker. */
  #speaker(segment) {
    const speaker = this.document.speakers.find(({ id }) => id === segment.speaker);
    return html`<p class="col-start-2 pt-3 text-sm font-semibold text-soft" dir="auto">${speaker ? speakerName(speaker) : t('speakers.unknown')}</p>`;
  }
  #segment(segment, before) {
    const editing = segment.key === this.editing;
    return html`<li data-key=${segment.key} ?data-active=${segment.key === this.document.segments[this.#active]?.key} class="segment grid grid-cols-[52px_minmax(0,1fr)] gap-x-3 rounded-sm py-1 pe-1 md:grid-cols-[64px_minmax(0,1fr)]">
      ${segment.speaker === before ? '' : this.#speaker(segment)}
      ${this.silent ? html`<time class="pt-1 text-end text-sm text-faint">${clock(segment.start)}</time>` : html`<button class="figures h-8 rounded-sm text-end text-sm text-faint hover:text-accent" aria-label=${t('text.playFrom', { time: clock(segment.start) })} @click=${() => this.#seek(segment.start)}>${clock(segment.start)}</button>`}
      ${this.#content(segment, editing)}
    </li>`;
  }
  /** Some neighbours, which the browser draws, or skips, together; their height is guessed until it has. */
  #group(group, before, isDrawn) {
    const editing = group.some(({ key }) => key === this.editing) ? this.editing : null;
    const perLine = Math.max(20, ((this.clientWidth || 700) - 80) / 8.6);
    const height = group.reduce((sum, { text }) => sum + Math.max(1, Math.ceil(text.length / perLine)) * 30 + 8, 0) + group.filter(({ speaker }, index) => speaker !== (index ? group[index - 1].speaker : before)).length * 32;
    if (!isDrawn && editing === null) return html`<ol class="segment-group" .style=${`contain-intrinsic-block-size: auto ${height}px; min-block-size: ${height}px`}></ol>`;
    return html`<ol class="segment-group" .style=${`contain-intrinsic-block-size: auto ${height}px`}>${guard([editing, this.language, language(), this.document.speakers, before, ...group], () => repeat(group, ({ key }) => key, (segment, index) => this.#segment(segment, index ? group[index - 1].speaker : before)))}</ol>`;
  }
  render() {
    if (!this.document) return html``;
    const { segments } = this.document;
    if (segments.length === 0) return html`<p class="py-6 text-soft">${t('text.empty')}</p>`;
    const { groups } = this.document;
    return html`${repeat(groups, (group) => group[0].group, (group, index) => this.#group(group, groups[index - 1]?.at(-1).speaker, index < this.#drawn))}
    ${this.following ? '' : html`<div class="pointer-events-none sticky bottom-24 z-10 flex justify-center lg:bottom-6"><button class="button pointer-events-auto shadow-float" @click=${this.followAgain}>${icon(target)}${t('text.back')}</button></div>`}`;
  }
}
customElements.define('vat-text', Text);

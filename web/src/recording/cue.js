import { Element, html } from '../base/element.js';
import { preciseClock } from '../base/format.js';
import { t } from '../base/language.js';
import { retimed } from './cue_times.js';

const steps = { ArrowLeft: -0.1, ArrowDown: -0.1, ArrowRight: 0.1, ArrowUp: 0.1, PageDown: -1, PageUp: 1, Home: -Infinity, End: Infinity };
// The handles stand outside of the cue, so that a short one has room for them.
const places = {
  start: { look: 'w-6 cursor-ew-resize justify-end', at: ({ left }) => `left: max(0px, calc(${left}% - 24px))` },
  end: { look: 'w-6 cursor-ew-resize justify-start', at: ({ right }) => `left: min(calc(100% - 24px), ${right}%)` },
  whole: { look: 'cursor-grab', at: ({ left, right }) => `left: ${left}%; width: ${right - left}%` },
};

/**
 * A sentence on the waveform, whose start, end and place are dragged, or moved by keys. `cue`: `{ key, start, end, least, most }`;
 * `from`, `to`: what is seen. Tells `vat-retime` (detail: `{ start, end }`) when it was let go, and `vat-leave` for Escape.
 */
class Cue extends Element {
  static properties = { cue: { attribute: false }, from: { type: Number }, to: { type: Number }, draft: { state: true } };

  get #times() {
    return { ...this.cue, ...this.draft };
  }
  #tell() {
    const { draft } = this;
    this.draft = null;
    this.drag = null;
    if (draft && (draft.start !== this.cue.start || draft.end !== this.cue.end)) this.dispatchEvent(new CustomEvent('vat-retime', { detail: draft, bubbles: true }));
  }
  #press(event, part) {
    event.stopPropagation();
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    this.drag = { part, x: event.clientX, scale: (this.to - this.from) / this.clientWidth };
  }
  #move(event) {
    event.stopPropagation();
    if (this.drag) this.draft = retimed(this.cue, this.drag.part, (event.clientX - this.drag.x) * this.drag.scale);
  }
  #release(event) {
    event.stopPropagation();
    if (event.type === 'pointercancel') this.draft = null;
    if (this.drag) this.#tell();
  }
  /** Held keys are one change, when they are let go. */
  #keys(event, part) {
    if (event.key === 'Escape') return void this.dispatchEvent(new Event('vat-leave', { bubbles: true }));
    if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.draft = retimed(this.#times, part, steps[event.key]);
  }
  #handle(part, seen) {
    const { start, end, least, most } = this.#times;
    const value = part === 'end' ? end : start;
    const told = part === 'whole' ? `${preciseClock(start)} – ${preciseClock(end)}` : preciseClock(value);
    return html`<span class="absolute inset-y-0 flex touch-none ${places[part].look} outline-offset-0 focus-visible:outline-2 focus-visible:outline-accent" data-part=${part} .style=${places[part].at(seen)} role="slider" tabindex="0" aria-label=${t(`cue.${part}`)} title=${`${t(`cue.${part}`)}: ${told}`} aria-valuemin=${least} aria-valuemax=${most} aria-valuenow=${value} aria-valuetext=${told}
      @pointerdown=${(event) => this.#press(event, part)} @pointermove=${this.#move} @pointerup=${this.#release} @pointercancel=${this.#release} @keydown=${(event) => this.#keys(event, part)} @keyup=${this.#tell} @blur=${() => this.drag || this.#tell()}>${part === 'whole' ? html`<span class="size-full border-x border-accent bg-accent/20"></span>` : html`<span class="h-full w-1.5 rounded-sm bg-accent"></span>`}</span>`;
  }
  render() {
    const { start, end } = this.#times;
    const part = (seconds) => Math.max(0, Math.min(100, (100 * (seconds - this.from)) / (this.to - this.from || 1)));
    if (end < this.from || start > this.to) return '';
    const seen = { left: part(start), right: part(end) };
    return html`${this.#handle('whole', seen)}${this.#handle('start', seen)}${this.#handle('end', seen)}`;
  }
}
customElements.define('vat-cue', Cue);

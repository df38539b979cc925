import { Element, html } from '../base/element.js';
import { clock } from '../base/format.js';
import { t } from '../base/language.js';
import { Filmstrip } from './filmstrip.js';
import { viewOf } from './cue_times.js';
import './cue.js';
import { Peaks, following, moved, zoomed } from './peaks.js';
import { Touches } from './touches.js';

/** So short a cue is shown in this much of the recording, in seconds. */
const shortestCueView = 4;
const keySteps = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -60, PageUp: 60 };

/**
 * The line of time: how loud the recording is, from `src`, and below it where somebody speaks; without `src` only that.
 * Shows the picture of `filmstrip` for the moment that is pointed at. Tells `vat-seek` (detail: seconds), and of
 * `cue` what cue.js tells.
 */
class Waveform extends Element {
  static properties = { src: {}, duration: { type: Number }, time: { type: Number }, spans: { attribute: false }, cue: { attribute: false }, filmstrip: {}, view: { state: true }, pointed: { state: true } };

  #touches = new Touches();

  constructor() {
    super();
    Object.assign(this, { src: '', duration: 0, time: 0, spans: [], filmstrip: '', view: null, peaks: null, pointed: null, strip: null });
  }
  connectedCallback() {
    super.connectedCallback();
    this.listen(window, 'vat-theme', () => this.requestUpdate());
    this.listen(matchMedia('(prefers-color-scheme: dark)'), 'change', () => this.requestUpdate());
    this.sizes = new ResizeObserver(() => this.#draw());
    this.updateComplete.then(() => this.isConnected && this.sizes.observe(this.firstElementChild));
  }
  disconnectedCallback() {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }
  willUpdate(changed) {
    if (changed.has('src')) {
      this.peaks = this.src ? new Peaks(this.src) : null;
      this.peaks?.addEventListener('change', () => this.#draw());
    }
    if (changed.has('filmstrip')) this.strip = this.filmstrip ? new Filmstrip(this.filmstrip) : null;
    if (changed.has('duration')) this.view = null;
    const isAnother = changed.has('cue') && this.cue && this.cue.key !== changed.get('cue')?.key;
    if (isAnother && this.src) this.view = viewOf(this.cue, this.duration, shortestCueView);
    else if (changed.has('time') && this.view) this.#follow(changed.get('time'));
  }
  /** Who looks at another place while it plays stays there; a jump shows where it leads. */
  #follow(before) {
    const { from, to } = this.view;
    const looksElsewhere = (before < from || before > to) && Math.abs(this.time - before) < 1;
    if (!looksElsewhere) this.view = following(this.view, this.time, this.duration);
  }
  updated(changed) {
    if (changed.size > 1 || !changed.has('pointed')) this.#draw();
  }
  get #seen() {
    return this.view ?? { from: 0, to: this.duration };
  }
  zoom(factor, centre = this.time) {
    if (!this.src || !this.duration) return;
    const view = zoomed(following(this.#seen, centre, this.duration), factor, centre, this.duration);
    this.view = view.to - view.from < this.duration ? view : null;
  }
  #seek(seconds) {
    this.dispatchEvent(new CustomEvent('vat-seek', { detail: Math.max(0, Math.min(seconds, this.duration)), bubbles: true }));
  }
  /** In parts of the width. */
  #placeOf(event) {
    const { left, width } = this.firstElementChild.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - left) / width));
  }
  #secondsAt(event) {
    const { from, to } = this.#seen;
    return from + this.#placeOf(event) * (to - from);
  }
  #pressed(event) {
    if (event.button !== 0 || !this.duration) return;
    this.dispatchEvent(new Event('vat-leave', { bubbles: true }));
    event.currentTarget.setPointerCapture(event.pointerId);
    this.querySelector('input').focus({ preventScroll: true, focusVisible: false });
    event.preventDefault();
    if (event.pointerType === 'touch') this.#touches.press(event.pointerId, this.#placeOf(event), this.#seen);
    if (!this.#isMoving) this.#seek(this.#secondsAt(event));
  }
  /** Fingers move what is seen where there is more than that, instead of the time. */
  get #isMoving() {
    return this.#touches.count > 1 || (this.#touches.count === 1 && (this.view !== null || this.#touches.moved));
  }
  #dragged(event) {
    if (this.#isMoving) {
      const view = this.#touches.move(event.pointerId, this.#placeOf(event), this.duration);
      if (view && this.src) this.view = view.to - view.from < this.duration ? view : null;
      return;
    }
    if (event.currentTarget.hasPointerCapture(event.pointerId)) this.#seek(this.#secondsAt(event));
    this.#point(event);
  }
  #released(event) {
    const isZoomed = this.view !== null;
    if (this.#touches.release(event.pointerId, this.#seen) && isZoomed && event.type === 'pointerup') this.#seek(this.#secondsAt(event));
    if (event.pointerType === 'touch') this.pointed = null;
  }
  async #point(event) {
    if (!this.strip || !this.duration) return;
    const pointed = { seconds: this.#secondsAt(event), place: this.#placeOf(event) };
    const { strip } = this;
    this.pointed = pointed;
    await strip.load();
    if (this.pointed === pointed && this.strip === strip) this.requestUpdate('pointed', null);
  }
  /** The picture of the moment that is pointed at. */
  #preview() {
    const place = this.pointed && this.strip?.at(this.pointed.seconds);
    if (!place) return '';
    const { x, y, width, height } = place;
    const { sheet } = this.strip;
    const left = Math.max(0, Math.min(this.clientWidth - width, this.pointed.place * this.clientWidth - width / 2));
    return html`<svg class="pointer-events-none absolute bottom-full left-0 mb-2 w-full overflow-visible" height=${height + 20} aria-hidden="true">
      <rect class="fill-surface stroke-line" x=${left - 3} y="-3" width=${width + 6} height=${height + 24} rx="6"></rect>
      <svg x=${left} width=${width} height=${height} viewBox="${x} ${y} ${width} ${height}"><image href=${sheet.href} width=${sheet.width} height=${sheet.height}></image></svg>
      <text class="figures fill-ink text-xs" x=${left + width / 2} y=${height + 15} text-anchor="middle">${clock(this.pointed.seconds)}</text></svg>`;
  }
  #wheel(event) {
    if (!this.src || !this.duration) return;
    if (event.ctrlKey) this.zoom(Math.exp(-event.deltaY / 100), this.#secondsAt(event));
    else if (this.view && Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.view = moved(this.view, (event.deltaX / this.clientWidth) * (this.view.to - this.view.from), this.duration);
    else return;
    event.preventDefault();
  }
  #keys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in keySteps) this.#seek(this.time + keySteps[event.key]);
    else if (event.key === '+' || event.key === '-') this.zoom(event.key === '+' ? 2 : 0.5);
    else return;
    event.preventDefault();
  }
  /** The columns of the waveform, or bars of speech where there is none, and the speech below: outlines for a view of this size. */
  #outlines(width, height) {
    const { from, to } = this.#seen;
    const key = [from, to, width, height, this.peaks?.version].join();
    if (this.drawn?.key === key && this.drawn.spans === this.spans) return this.drawn;
    const columns = this.peaks?.columns(from, to, width);
    const shape = new Path2D();
    const speech = new Path2D();
    const middle = this.src ? height * 0.46 : height / 2;
    for (let column = 0; columns && column < width; ++column) {
      const top = middle * (1 - columns[2 * column + 1]);
      shape.rect(column, top, 1, Math.max(1, middle * (1 - columns[2 * column]) - top));
    }
    const scale = width / (to - from || 1);
    const [top, thick] = this.src ? [height * 0.94, height * 0.06] : [height / 6, height * (2 / 3)];
    let end = -1;
    for (const span of this.duration ? this.spans : []) {
      if (span.end < from || span.start > to) continue;
      const left = Math.max(end + 1, (span.start - from) * scale);
      const right = (span.end - from) * scale;
      if (right - end < 1) continue;
      speech.rect(left, top, Math.max(1, right - left), thick);
      end = Math.max(left + 1, right);
    }
    if (!this.src || !columns) shape.rect(0, middle - 1, width, 2);
    shape.addPath(speech);
    this.drawn = { key, spans: this.spans, shape };
    return this.drawn;
  }
  #draw() {
    const canvas = this.querySelector('canvas');
    const scale = globalThis.devicePixelRatio || 1;
    const [width, height] = [Math.round((canvas?.clientWidth ?? 0) * scale), Math.round((canvas?.clientHeight ?? 0) * scale)];
    if (!width || !height) return;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    // A canvas cannot read the page's variables, but it can have colours of its own.
    const { color: rest, caretColor: played, textDecorationColor: ink } = getComputedStyle(canvas);
    const context = canvas.getContext('2d');
    context.clearRect(0, 0, width, height);
    const { from, to } = this.#seen;
    const at = Math.max(0, Math.min(1, (this.time - from) / (to - from || 1))) * width;
    const { shape } = this.#outlines(width, height);
    this.#fill(context, shape, rest, at, width - at, height);
    this.#fill(context, shape, played, 0, at, height);
    context.fillStyle = ink;
    context.fillRect(Math.min(width - 2 * scale, Math.max(0, at - scale)), 0, 2 * scale, height);
    if (!this.view) return;
    context.fillStyle = rest;
    context.fillRect((from / this.duration) * width, 0, Math.max(4 * scale, ((to - from) / this.duration) * width), 2 * scale);
  }
  #fill(context, shape, colour, left, width, height) {
    context.save();
    context.beginPath();
    context.rect(left, 0, width, height);
    context.clip();
    context.fillStyle = colour;
    context.fill(shape);
    context.restore();
  }
  render() {
    const { duration, time } = this;
    return html`<div class="${this.src ? 'h-14' : 'h-6'} relative cursor-pointer touch-pan-y rounded-sm has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-offset-4 has-[:focus-visible]:outline-accent" dir="ltr" @pointerdown=${this.#pressed} @pointermove=${this.#dragged} @pointerup=${this.#released} @pointercancel=${this.#released} @pointerleave=${() => (this.pointed = null)} @wheel=${this.#wheel}>
      ${this.#preview()}<canvas class="absolute inset-0 size-full text-edge caret-accent decoration-ink" aria-hidden="true"></canvas>
      <input class="pointer-events-none absolute inset-0 w-full opacity-0" dir="ltr" type="range" min="0" max=${duration || 1} step="0.1" .value=${String(time)} aria-label=${t('player.position')} aria-valuetext=${t('player.at', { time: clock(time), length: clock(duration) })} @keydown=${this.#keys} @input=${(event) => this.#seek(Number(event.target.value))}>
      ${this.src && this.cue && this.duration ? html`<vat-cue class="absolute inset-0 block" .cue=${this.cue} .from=${this.#seen.from} .to=${this.#seen.to}></vat-cue>` : ''}
    </div>`;
  }
}
customElements.define('vat-waveform', Waveform);

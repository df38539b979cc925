import { Element, html } from '../base/element.js';
import { clock } from '../base/format.js';
import { t } from '../base/language.js';
import { Peaks, following, moved, zoomed } from './peaks.js';

const keySteps = { ArrowLeft: -5, ArrowDown: -5, ArrowRight: 5, ArrowUp: 5, PageDown: -60, PageUp: 60 };

/**
 * The line of time: how loud the recording is, from `src`, and below it where somebody speaks; without `src` only that.
 * Tells `vat-seek` (detail: seconds).
 */
class Waveform extends Element {
  static properties = { src: {}, duration: { type: Number }, time: { type: Number }, spans: { attribute: false }, view: { state: true } };

  constructor() {
    super();
    Object.assign(this, { src: '', duration: 0, time: 0, spans: [], view: null, peaks: null });
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
    if (changed.has('duration')) this.view = null;
    if (changed.has('time') && this.view) this.view = following(this.view, this.time, this.duration);
  }
  updated() {
    this.#draw();
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
  #secondsAt(event) {
    const { left, width } = this.firstElementChild.getBoundingClientRect();
    const { from, to } = this.#seen;
    return from + Math.max(0, Math.min(1, (event.clientX - left) / width)) * (to - from);
  }
  #pressed(event) {
    if (event.button !== 0 || !this.duration) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    this.querySelector('input').focus({ preventScroll: true, focusVisible: false });
    event.preventDefault();
    this.#seek(this.#secondsAt(event));
  }
  #dragged(event) {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) this.#seek(this.#secondsAt(event));
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
    return html`<div class="${this.src ? 'h-14' : 'h-6'} relative cursor-pointer touch-pan-y rounded-sm has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-offset-4 has-[:focus-visible]:outline-accent" dir="ltr" @pointerdown=${this.#pressed} @pointermove=${this.#dragged} @wheel=${this.#wheel}>
      <canvas class="absolute inset-0 size-full text-edge caret-accent decoration-ink" aria-hidden="true"></canvas>
      <input class="pointer-events-none absolute inset-0 w-full opacity-0" dir="ltr" type="range" min="0" max=${duration || 1} step="0.1" .value=${String(time)} aria-label=${t('player.position')} aria-valuetext=${t('player.at', { time: clock(time), length: clock(duration) })} @keydown=${this.#keys} @input=${(event) => this.#seek(Number(event.target.value))}>
    </div>`;
  }
}
customElements.define('vat-waveform', Waveform);

import captionsShape from 'icon:closed-captioning';
import pauseShape from 'icon:pause';
import play from 'icon:play';
import back from 'icon:rotate-left';
import forward from 'icon:rotate-right';
import { Element, html } from '../base/element.js';
import { clock, length } from '../base/format.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';

const speeds = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/**
 * Plays a recording. Tells `vat-time` (detail: seconds) at every frame while it plays and after every jump.
 * `spans`: where somebody speaks, `{ start, end }`, drawn into the line of time.
 */
class Player extends Element {
  static properties = { src: {}, video: { type: Boolean }, captions: {}, length: { type: Number }, spans: { attribute: false }, playing: { state: true }, time: { state: true }, speed: { state: true }, showsCaptions: { state: true }, broken: { state: true } };

  constructor() {
    super();
    Object.assign(this, { spans: [], playing: false, time: 0, speed: 1, showsCaptions: false, broken: false, length: 0 });
  }
  get media() {
    return this.querySelector('video, audio');
  }
  get duration() {
    return Number.isFinite(this.media?.duration) ? this.media.duration : this.length;
  }
  seek(seconds) {
    if (!this.media) return;
    this.media.currentTime = Math.max(0, Math.min(seconds, this.duration || seconds));
    this.#tell();
  }
  toggle() {
    if (this.media.paused) this.media.play().catch(() => {});
    else this.media.pause();
  }
  pause() {
    this.media?.pause();
  }
  changeSpeed(step) {
    const at = speeds.indexOf(this.speed);
    this.#setSpeed(speeds[Math.max(0, Math.min(speeds.length - 1, at + step))]);
  }
  #setSpeed(speed) {
    this.speed = speed;
    this.media.playbackRate = speed;
  }
  #tell() {
    this.time = this.media.currentTime;
    this.dispatchEvent(new CustomEvent('vat-time', { detail: this.time, bubbles: true }));
  }
  #run() {
    if (!this.isConnected || !this.media || this.media.paused) return;
    this.#tell();
    requestAnimationFrame(() => this.#run());
  }
  #started() {
    this.playing = true;
    this.#run();
  }
  #toggleCaptions() {
    this.showsCaptions = !this.showsCaptions;
    for (const track of this.media.textTracks) track.mode = this.showsCaptions ? 'showing' : 'hidden';
  }
  #media() {
    const events = { play: () => this.#started(), pause: () => (this.playing = false), seeked: () => this.#tell(), meta: () => this.requestUpdate(), error: () => (this.broken = true) };
    if (!this.video) return html`<audio preload="metadata" src=${this.src} @play=${events.play} @pause=${events.pause} @seeked=${events.seeked} @loadedmetadata=${events.meta} @error=${events.error}></audio>`;
    return html`<video class="max-h-[42vh] w-full rounded-sm bg-sunken" playsinline preload="metadata" src=${this.src} @click=${() => this.toggle()} @play=${events.play} @pause=${events.pause} @seeked=${events.seeked} @loadedmetadata=${events.meta} @error=${events.error}>
      ${this.captions ? html`<track kind="captions" src=${this.captions} label=${t('player.captions')}>` : ''}</video>`;
  }
  /** The outline of the bars, computed once. Spans that are narrower than can be seen become one. */
  #speech(duration) {
    if (this.drawn?.spans === this.spans && this.drawn.duration === duration) return this.drawn.path;
    const place = (seconds) => (seconds / duration) * 1000;
    const bars = [];
    for (const { start, end } of duration ? this.spans : []) {
      const last = bars.at(-1);
      if (last && place(start - last.end) < 1.5 && place(end - last.start) < 8) last.end = Math.max(last.end, end);
      else bars.push({ start, end });
    }
    const path = bars.map(({ start, end }) => `M${place(start).toFixed(1)} 4h${Math.max(1, place(end - start) - 1.2).toFixed(1)}v16H${place(start).toFixed(1)}z`).join('');
    this.drawn = { spans: this.spans, duration, path };
    return path;
  }
  /** Bars where somebody speaks; what was played is drawn in the accent. */
  #line() {
    const { duration, time } = this;
    const at = duration ? (time / duration) * 1000 : 0;
    const path = this.#speech(duration);
    return html`<div class="relative h-6 min-w-16 flex-1 rounded-sm has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-offset-4 has-[:focus-visible]:outline-accent">
      <svg class="absolute inset-0 size-full" viewBox="0 0 1000 24" preserveAspectRatio="none" aria-hidden="true">
        <rect class="fill-line" y="11" width="1000" height="2"></rect><path class="fill-edge" d=${path}></path>
        <clipPath id="played"><rect width=${at} height="24"></rect></clipPath>
        <g clip-path="url(#played)"><rect class="fill-accent" y="11" width="1000" height="2"></rect><path class="fill-accent" d=${path}></path></g>
        <rect class="fill-ink" x=${Math.min(998, at)} width="2" height="24"></rect>
      </svg>
      <input class="absolute inset-0 w-full cursor-pointer opacity-0" dir="ltr" type="range" min="0" max=${duration || 1} step="0.1" .value=${String(time)} aria-label=${t('player.position')} aria-valuetext=${t('player.at', { time: clock(time), length: clock(duration) })} @input=${(event) => this.seek(Number(event.target.value))}>
    </div>`;
  }
  render() {
    if (this.broken) return html`<p class="card p-4 text-soft">${t('player.broken')}</p><div hidden>${this.#media()}</div>`;
    return html`<div class="card grid gap-2 p-3" role="group" aria-label=${t('player.name')}>
      ${this.#media()}
      <div class="flex items-center gap-2" dir="ltr">
        <button class="button main size-10 p-0" aria-label=${this.playing ? t('player.pause') : t('player.play')} @click=${() => this.toggle()}>${icon(this.playing ? pauseShape : play)}</button>
        <button class="quiet max-sm:hidden" aria-label=${t('player.back')} @click=${() => this.seek(this.time - 5)}>${icon(back)}</button>
        <button class="quiet max-sm:hidden" aria-label=${t('player.forward')} @click=${() => this.seek(this.time + 5)}>${icon(forward)}</button>
        ${this.#line()}
        <span class="figures flex-none text-sm text-soft">${clock(this.time)}<span class="max-sm:hidden"> / ${length(this.duration)}</span></span>
        ${this.video && this.captions ? html`<button class="quiet" aria-pressed=${this.showsCaptions} aria-label=${t('player.captions')} @click=${this.#toggleCaptions}>${icon(captionsShape, this.showsCaptions ? 'text-accent' : '')}</button>` : ''}
        <select class="rounded-sm border border-transparent bg-transparent py-2 text-sm text-soft hover:bg-sunken" aria-label=${t('player.speed')} @change=${(event) => this.#setSpeed(Number(event.target.value))}>
          ${speeds.map((speed) => html`<option class="bg-surface text-ink" value=${speed} ?selected=${speed === this.speed}>${speed}×</option>`)}</select>
      </div>
    </div>`;
  }
}
customElements.define('vat-player', Player);

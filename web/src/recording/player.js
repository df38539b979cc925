import captionsShape from 'icon:closed-captioning';
import pauseShape from 'icon:pause';
import play from 'icon:play';
import larger from 'icon:magnifying-glass-plus';
import smaller from 'icon:magnifying-glass-minus';
import back from 'icon:rotate-left';
import forward from 'icon:rotate-right';
import { Element, html, nothing } from '../base/element.js';
import { clock, length } from '../base/format.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import './waveform.js';

const speeds = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];

/**
 * Plays a recording. Tells `vat-time` (detail: seconds) at every frame while it plays and after every jump.
 * `spans`: where somebody speaks, `{ start, end }`, drawn into the line of time; `waveform`: where it has its waveform from;
 * `cue`: the sentence whose times may be dragged (cue.js), or null;
 * `poster` and `filmstrip`: a picture of a video, and where it has small pictures of its moments from.
 */
class Player extends Element {
  static properties = { src: {}, video: { type: Boolean }, captions: {}, waveform: {}, poster: {}, filmstrip: {}, length: { type: Number }, spans: { attribute: false }, cue: { attribute: false }, playing: { state: true }, time: { state: true }, speed: { state: true }, showsCaptions: { state: true }, broken: { state: true } };

  constructor() {
    super();
    Object.assign(this, { spans: [], playing: false, time: 0, speed: 1, showsCaptions: false, broken: false, length: 0, waveform: '', poster: '', filmstrip: '' });
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
    return html`<video class="video-place w-full rounded-sm bg-sunken" playsinline preload="metadata" poster=${this.poster || nothing} src=${this.src} @click=${() => this.toggle()} @play=${events.play} @pause=${events.pause} @seeked=${events.seeked} @loadedmetadata=${events.meta} @error=${events.error}>
      ${this.captions ? html`<track kind="captions" src=${this.captions} label=${t('player.captions')}>` : ''}</video>`;
  }
  zoom(factor) {
    this.querySelector('vat-waveform')?.zoom(factor);
  }
  #line(place) {
    return html`<vat-waveform class="block ${place}" src=${this.waveform} .duration=${this.duration} .time=${this.time} .spans=${this.spans} .cue=${this.cue ?? null} filmstrip=${this.video ? this.filmstrip : ''} @vat-seek=${(event) => (event.stopPropagation(), this.seek(event.detail))}></vat-waveform>`;
  }
  render() {
    if (this.broken) return html`<p class="card p-4 text-soft">${t('player.broken')}</p><div hidden>${this.#media()}</div>`;
    return html`<div class="card grid gap-2 p-3" role="group" aria-label=${t('player.name')}>
      ${this.#media()}
      ${this.waveform ? this.#line('') : ''}
      <div class="flex items-center gap-2" dir="ltr">
        <button class="button main size-10 p-0" aria-label=${this.playing ? t('player.pause') : t('player.play')} @click=${() => this.toggle()}>${icon(this.playing ? pauseShape : play)}</button>
        <button class="quiet max-sm:hidden" aria-label=${t('player.back')} @click=${() => this.seek(this.time - 5)}>${icon(back)}</button>
        <button class="quiet max-sm:hidden" aria-label=${t('player.forward')} @click=${() => this.seek(this.time + 5)}>${icon(forward)}</button>
        ${this.waveform ? html`<span class="flex-1"></span>
        <button class="quiet" aria-label=${t('player.zoomOut')} @click=${() => this.zoom(0.5)}>${icon(smaller)}</button>
        <button class="quiet" aria-label=${t('player.zoomIn')} @click=${() => this.zoom(2)}>${icon(larger)}</button>` : this.#line('min-w-16 flex-1')}
        <span class="figures flex-none text-sm text-soft">${clock(this.time)}<span class="max-sm:hidden"> / ${length(this.duration)}</span></span>
        ${this.video && this.captions ? html`<button class="quiet" aria-pressed=${this.showsCaptions} aria-label=${t('player.captions')} @click=${this.#toggleCaptions}>${icon(captionsShape, this.showsCaptions ? 'text-accent' : '')}</button>` : ''}
        <select class="rounded-sm border border-transparent bg-transparent py-2 text-sm text-soft hover:bg-sunken" aria-label=${t('player.speed')} @change=${(event) => this.#setSpeed(Number(event.target.value))}>
          ${speeds.map((speed) => html`<option class="bg-surface text-ink" value=${speed} ?selected=${speed === this.speed}>${speed}×</option>`)}</select>
      </div>
    </div>`;
  }
}

/** The place of a player that is to come, so that nothing moves then. */
export const playerPlace = ({ video, waveform }) => html`<div class="-mt-3 py-3" aria-busy="true"><div class="card grid gap-2 p-3">
  ${video ? html`<div class="video-place"></div>` : ''}${waveform ? html`<div class="h-14"></div>` : ''}<div class="h-10"></div></div></div>`;
customElements.define('vat-player', Player);

import captions from 'icon:closed-captioning';
import pen from 'icon:pen';
import speaker from 'icon:volume-high';
import recording from '../../example/recording.mp3';
import speech from '../../example/speech.mp3';
import transcript from '../../example/transcript.json';
import { providers } from '../api/session.js';
import { Element, html } from '../base/element.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import { TranscriptDocument } from '../recording/document.js';
import '../recording/player.js';
import '../recording/text.js';
import { visitorHeader } from './visitor_header.js';

const points = [[pen, 'text'], [captions, 'subtitles'], [speaker, 'speech']];

/** For those who are not signed in: what this is, with an example to play, and the ways in. */
class Welcome extends Element {
  static properties = { ways: { state: true } };

  constructor() {
    super();
    this.example = new TranscriptDocument(transcript, '');
  }
  async connectedCallback() {
    super.connectedCallback();
    this.listen(window, 'vat-theme', () => this.requestUpdate());
    this.ways = await providers().catch(() => []);
  }
  #seek(seconds) {
    const player = this.querySelector('vat-player');
    player.seek(seconds);
    if (player.media.paused) player.toggle();
  }
  #signIn() {
    if (!this.ways) return html`<div class="h-11" aria-busy="true"></div>`;
    if (this.ways.length === 0) return html`<p class="text-soft">${t('welcome.noWay')} <a class="link" href="/docs">${t('settings.docs')}</a></p>`;
    const back = encodeURIComponent(new URLSearchParams(location.search).get('return') ?? '/dashboard');
    return html`<div class="flex flex-wrap gap-3">${this.ways.map(({ name, login_url: url }, index) => html`<a class="button min-h-11 px-5 text-lg ${index ? '' : 'main'}" href="${url}&return=${back}">${t('welcome.signIn', { name })}</a>`)}</div>`;
  }
  #example() {
    return html`<section class="grid grid-cols-[minmax(0,1fr)] gap-4" aria-labelledby="example"><h2 id="example">${t('welcome.example')}</h2>
      <vat-player src=${recording} .length=${14.44} .spans=${this.example.segments} @vat-time=${(event) => this.querySelector('vat-text').show(event.detail)}></vat-player>
      <vat-text .document=${this.example} language="en" @vat-seek=${(event) => this.#seek(event.detail)}></vat-text>
      <div class="card flex flex-wrap items-center gap-x-4 gap-y-2 p-3"><p class="min-w-40 flex-1 text-soft">${t('welcome.exampleSpeech')}</p><audio class="min-w-0 max-w-full flex-1 basis-64" controls preload="none" src=${speech} aria-label=${t('welcome.exampleSpeech')}></audio></div></section>`;
  }
  render() {
    return html`<div class="mx-auto grid min-h-screen max-w-[1120px] grid-cols-[minmax(0,1fr)] content-start px-4 md:px-6">
      ${visitorHeader()}
      <main class="grid grid-cols-[minmax(0,1fr)] gap-10 py-8 lg:grid-cols-2 lg:gap-16 lg:py-16">
        <div class="grid content-start gap-6">
          <h1 class="text-2xl md:text-3xl">${t('welcome.title')}</h1>
          <p class="max-w-[52ch] text-lg text-soft">${t('welcome.what')}</p>
          ${this.#signIn()}
          <ul class="mt-4 grid gap-4">${points.map(([shape, name]) => html`<li class="flex gap-4"><span class="pt-0.5 text-lg text-accent">${icon(shape)}</span><div><h2>${t(`welcome.${name}`)}</h2><p class="text-soft">${t(`welcome.${name}What`)}</p></div></li>`)}</ul>
        </div>
        ${this.#example()}
      </main>
    </div>`;
  }
}
customElements.define('vat-welcome', Welcome);

import ban from 'icon:ban';
import captions from 'icon:closed-captioning';
import clockShape from 'icon:regular/clock';
import download from 'icon:download';
import pen from 'icon:pen';
import retryShape from 'icon:rotate-right';
import rerunShape from 'icon:repeat';
import speaker from 'icon:volume-high';
import square from 'icon:regular/square-check';
import tags from 'icon:tags';
import spinner from 'icon:circle-notch';
import trash from 'icon:trash-can';
import warning from 'icon:triangle-exclamation';
import wave from 'icon:file-audio';
import { isRunning } from '../api/jobs.js';
import { Element, html, live } from '../base/element.js';
import { exactly, languageName, length, percent, roughly, when } from '../base/format.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import '../base/menu.js';
import { cancel, label, removeLater, rename, rerun, retry } from './job_actions.js';
import { selection } from './selection.js';

const shapes = { queued: clockShape, processing: spinner, failed: warning, cancelled: ban };
const colours = { queued: 'text-idle', processing: 'text-accent', failed: 'text-bad', cancelled: 'text-idle', completed: 'text-soft' };

function whyWaiting(waiting) {
  if (waiting?.reason === 'user_limit') return t('waiting.userLimit');
  const seconds = waiting?.reason === 'retry' ? (new Date(waiting.until) - Date.now()) / 1000 : 0;
  return seconds > 0 ? t('waiting.retry', { time: roughly(seconds) }) : t('state.queued');
}

/** How a job stands, in one line. */
export function progressText(job) {
  if (job.state === 'queued') return [whyWaiting(job.waiting), job.waiting?.place && t('waiting.place', { n: job.waiting.place }), job.eta_seconds && t('time.left', { time: roughly(job.eta_seconds) })].filter(Boolean).join(' · ');
  if (job.state === 'processing') {
    return [job.waiting?.reason === 'model' ? t('waiting.model', { model: job.waiting.model }) : t(`stage.${job.stage}`), percent(job.percent), job.speed && t('job.speed', { speed: Number(job.speed.toFixed(1)) }), job.eta_seconds && t('time.left', { time: roughly(job.eta_seconds) })].filter(Boolean).join(' · ');
  }
  return t(`state.${job.state}`);
}

export const progressBar = (job) => html`<svg class="h-1 w-full overflow-hidden rounded-full" preserveAspectRatio="none" viewBox="0 0 100 1" role="progressbar" aria-label=${job.title} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.floor(job.percent)}><rect class="fill-line" width="100" height="1"></rect><rect class="fill-accent" width=${job.percent} height="1"></rect></svg>`;

export const labelTags = (job) => (job.labels?.length ? html`<ul class="flex flex-wrap gap-1" aria-label=${t('labels.title')}>${job.labels.map(({ name }) => html`<li class="max-w-full truncate rounded-sm border border-line px-2 text-xs text-soft" dir="auto">${name}</li>`)}</ul>` : '');

/** One job of the library. */
class Row extends Element {
  static properties = { job: { attribute: false }, chosen: { type: Boolean } };

  #menu = () => {
    const { job } = this;
    const text = `/api/v1/jobs/${job.id}/transcript`;
    return [
      job.state === 'completed' && job.kind === 'process' && { text: t('job.downloadText'), shape: download, href: `${text}?format=txt`, download: true },
      job.state === 'completed' && job.kind === 'process' && { text: t('job.downloadSubtitles'), shape: captions, href: `${text}?format=srt`, download: true },
      selection.size === 0 && { text: t('job.select'), shape: square, action: () => this.#choose(false) },
      { text: t('job.rename'), shape: pen, action: () => rename(job) },
      { text: t('labels.title'), shape: tags, action: () => label([job]) },
      isRunning(job) && { text: t('job.cancel'), shape: ban, action: () => cancel(job) },
      (job.state === 'failed' || job.state === 'cancelled') && { text: t('job.retry'), shape: retryShape, action: () => retry(job) },
      !isRunning(job) && job.kind === 'process' && { text: t('job.rerun'), shape: rerunShape, action: () => rerun(job) },
      { text: t('job.delete'), shape: trash, danger: true, action: () => removeLater(job) },
    ];
  };
  #facts() {
    const { job } = this;
    const created = new Date(job.created_at);
    return html`${job.duration_seconds ? html`<span class="figures md:w-14 md:text-end">${length(job.duration_seconds)}</span>` : ''}
      ${job.language ? html`<span class="truncate md:w-24">${languageName(job.language)}</span>` : ''}
      <time class="md:w-28 md:text-end" datetime=${job.created_at} title=${exactly(created)}>${when(created)}</time>`;
  }
  #state() {
    const { job } = this;
    if (job.state === 'completed') return job.warnings.length ? html`<p class="flex items-center gap-2 text-sm text-warn">${icon(warning)}${t('job.warnings', { n: job.warnings.length })}</p>` : '';
    const error = job.state === 'failed' || job.waiting?.reason === 'retry' ? job.error?.message : '';
    const from = job.source_url ? html`<span class="text-soft"> · <bdi>${new URL(job.source_url).host}</bdi></span>` : '';
    return html`<p class="figures text-sm ${colours[job.state]}">${progressText(job)}${from}${error ? html`<span class="text-soft"> · ${error}</span>` : ''}</p>
      ${job.state === 'processing' && job.sentence ? html`<p class="truncate font-serif text-lg text-soft" dir="auto">${job.sentence}</p>` : ''}`;
  }
  /** Tells `vat-choose`, whose detail says whether a range is wanted. */
  #choose(range) {
    this.dispatchEvent(new CustomEvent('vat-choose', { detail: range }));
  }
  /** What it looks like, or how it stands, in a place of the same size. */
  #picture() {
    const { job } = this;
    if (job.state === 'completed' && job.thumbnail_url) return html`<img class="h-9 w-16 rounded-sm bg-sunken object-cover" width="64" height="36" loading="lazy" decoding="async" alt="" src="${job.thumbnail_url}?size=160">`;
    const shape = shapes[job.state] ?? (job.kind === 'speech' ? speaker : wave);
    return html`<span class="grid h-9 w-16 place-items-center rounded-sm bg-sunken text-lg ${colours[job.state]}">${icon(shape, job.state === 'processing' ? 'animate-spin [animation-duration:2s]' : '')}</span>`;
  }
  render() {
    const { job } = this;
    return html`<div class="relative grid grid-cols-[auto_1fr_auto] items-center gap-x-4 px-4 py-3 hover:bg-sunken ${this.chosen ? 'bg-accent-soft' : ''}">
      <span class="flex items-center gap-4"><input type="checkbox" class="relative z-10 size-4 accent-accent" aria-label=${t('job.choose', { title: job.title })} .checked=${live(Boolean(this.chosen))} @click=${(event) => this.#choose(event.shiftKey)}>
      ${this.#picture()}</span>
      <div class="grid min-w-0 gap-1 md:grid-cols-[minmax(0,1fr)_auto] md:items-center md:gap-x-6">
        <div class="grid min-w-0 gap-1">
          <a class="truncate font-medium after:absolute after:inset-0" dir="auto" href="/jobs/${job.id}">${job.title}</a>
          ${this.#state()}${labelTags(job)}
        </div>
        <p class="flex flex-wrap gap-x-4 text-sm text-soft md:justify-end">${this.#facts()}</p>
      </div>
      <vat-menu class="relative z-10" .items=${this.#menu} label=${t('job.actions', { title: job.title })}></vat-menu>
      ${job.state === 'processing' ? html`<div class="col-span-3 pt-2">${progressBar(job)}</div>` : ''}
    </div>`;
  }
}
customElements.define('vat-row', Row);

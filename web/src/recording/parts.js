import arrow from 'icon:arrow-left';
import ban from 'icon:ban';
import glass from 'icon:magnifying-glass';
import printer from 'icon:print';
import pen from 'icon:pen';
import tags from 'icon:tags';
import redo from 'icon:arrow-rotate-right';
import rerunShape from 'icon:repeat';
import shareShape from 'icon:share-nodes';
import retryShape from 'icon:rotate-right';
import trash from 'icon:trash-can';
import undo from 'icon:arrow-rotate-left';
import warning from 'icon:triangle-exclamation';
import { isRunning } from '../api/jobs.js';
import { html } from '../base/element.js';
import { clock, exactly, languageName, length, when } from '../base/format.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import '../base/menu.js';
import { cancel, label, removeLater, rename, rerun, retry } from '../library/job_actions.js';
import { labelTags, progressBar, progressText } from '../library/row.js';
import { navigate } from '../shell/router.js';

const remove = (job) => {
  removeLater(job);
  navigate('/dashboard');
};

const again = async (job) => {
  const made = await rerun(job);
  if (made) navigate(`/jobs/${made.id}`);
};

function facts(job) {
  const created = new Date(job.created_at);
  const list = [job.duration_seconds && html`<span class="figures">${length(job.duration_seconds)}</span>`, job.language && languageName(job.language), job.engine && [job.engine, job.model].filter(Boolean).join(' '), html`<time datetime=${job.created_at} title=${exactly(created)}>${when(created)}</time>`];
  return list.filter(Boolean).map((fact, index) => html`${index ? ' · ' : ''}${fact}`);
}

export function heading(job) {
  const menu = [
    { text: t('job.rename'), shape: pen, action: () => rename(job) },
    { text: t('labels.title'), shape: tags, action: () => label([job]) },
    isRunning(job) && { text: t('job.cancel'), shape: ban, action: () => cancel(job) },
    (job.state === 'failed' || job.state === 'cancelled') && { text: t('job.retry'), shape: retryShape, action: () => retry(job) },
    !isRunning(job) && job.kind === 'process' && { text: t('job.rerun'), shape: rerunShape, action: () => again(job) },
    { text: t('job.delete'), shape: trash, danger: true, action: () => remove(job) },
  ];
  return html`<div class="flex items-start gap-2">
    <a class="quiet -ms-2" href="/dashboard" aria-label=${t('missing.library')}>${icon(arrow, 'rtl:rotate-180')}</a>
    <div class="min-w-0 flex-1"><h1 class="wrap-anywhere pt-1" dir="auto">${job.title}</h1><p class="mt-1 text-soft">${facts(job)}</p><div class="mt-2">${labelTags(job)}</div></div>
    ${job.kind === 'process' && job.state === 'completed' ? html`<button class="button no-print" @click=${async () => (await import('./share.js')).openShares(job.id)}>${icon(shareShape)}<span class="max-sm:sr-only">${t('share.open')}</span></button>` : ''}
    <vat-menu .items=${menu} label=${t('job.actions', { title: job.title })}></vat-menu>
  </div>`;
}

/** Of a job that is not done: how it stands, and what can be done about it. */
export function progress(job) {
  const failed = job.state === 'failed';
  return html`<div class="card grid gap-3 p-4">
    <p class="figures flex items-center gap-3 ${failed ? 'text-bad' : 'text-soft'}">${failed ? icon(warning) : ''}<span>${failed ? (job.error?.message ?? progressText(job)) : progressText(job)}</span></p>
    ${job.state === 'processing' ? progressBar(job) : ''}
    ${failed || job.state === 'cancelled' ? html`<div><button class="button" @click=${() => retry(job)}>${t('job.retry')}</button></div>` : ''}
  </div>`;
}

/** Above the transcript: what was edited, and what the service wants to say. */
export function toolbar(page) {
  const { document: text, job } = page;
  const changed = text.changed || page.typing;
  return html`${job.warnings.length ? html`<ul class="card grid gap-1 p-4 text-warn">${job.warnings.map((sentence) => html`<li class="flex gap-3">${icon(warning, 'mt-1')}<span>${sentence}</span></li>`)}</ul>` : ''}
  <div class="no-print flex flex-wrap items-center gap-2">
    <p class="w-full text-sm text-soft sm:w-auto sm:min-w-0 sm:flex-1">${changed ? t('edit.draft') : t('edit.how')}</p>
    ${text.original.some(({ words }) => words.some(({ confidence }) => confidence !== undefined)) ? html`<button class="quiet text-sm" aria-pressed=${Boolean(page.unsure)} @click=${() => (page.unsure = !page.unsure)}><span class=${page.unsure ? 'underline decoration-warn decoration-wavy' : ''}>${t('text.unsure')}</span></button>` : ''}
    <button class="quiet max-sm:hidden" aria-label=${t('text.print')} title=${t('text.print')} @click=${() => print()}>${icon(printer)}</button>
    <button class="quiet" aria-label=${t('find.open')} aria-pressed=${Boolean(page.finding)} @click=${() => (page.finding = !page.finding)}>${icon(glass)}</button>
    <button class="quiet" ?disabled=${!text.canUndo} aria-label=${t('edit.undo')} @click=${() => text.undo()}>${icon(undo)}</button>
    <button class="quiet" ?disabled=${!text.canRedo} aria-label=${t('edit.redo')} @click=${() => text.redo()}>${icon(redo)}</button>
    <button class="button ms-auto ${changed ? 'main' : ''}" ?disabled=${!changed || page.saving} @click=${() => page.save()}>${t('edit.save')}</button>
  </div>`;
}

/** The text of a job that still runs. */
export const waitingText = (segments) => html`<ol class="grid" aria-live="off">${segments.map(({ start, text }) => html`<li class="row-lazy grid grid-cols-[52px_minmax(0,1fr)] gap-x-3 py-1 md:grid-cols-[64px_minmax(0,1fr)]"><time class="pt-1 text-end text-sm text-faint">${clock(start)}</time><p class="font-serif text-read" dir="auto">${text}</p></li>`)}</ol>`;

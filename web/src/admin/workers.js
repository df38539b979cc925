import { html } from '../base/element.js';
import { bytes, exactly, percent, when } from '../base/format.js';
import { t } from '../base/language.js';
import { meter } from '../base/meter.js';
import { nameOf } from './people.js';
import { Watching } from './watching.js';

/** Who works on what, in every process of the service. */
class Workers extends Watching {
  static properties = { names: { state: true } };

  constructor() {
    super();
    this.names = new Map();
  }
  #name(id) {
    if (!this.names.has(id)) {
      this.names.set(id, '');
      nameOf(id).then((name) => (this.names = new Map(this.names).set(id, name)));
    }
    return this.names.get(id);
  }
  #job(job) {
    const started = job.started_at && new Date(job.started_at);
    const facts = [t(`stage.${job.stage}`), percent(job.stage_percent), job.model, job.attempt > 1 && t('admin.attempt', { n: job.attempt })].filter(Boolean);
    return html`<li class="flex flex-wrap items-center gap-x-4 px-4 py-2"><span class="min-w-32 flex-1 truncate" dir="auto">${this.#name(job.user_id)}</span><span class="figures text-sm text-soft">${facts.join(' · ')}</span>
      ${started ? html`<time class="text-sm text-soft" datetime=${job.started_at} title=${exactly(started)}>${when(started)}</time>` : ''}</li>`;
  }
  #worker({ name, here, max_jobs: most, jobs }) {
    return html`<li class="card"><h3 class="flex flex-wrap gap-x-3 px-4 py-2 text-base font-semibold"><bdi>${name}</bdi><span class="figures font-normal text-soft">${most === null ? t('admin.runs', { n: jobs.length }) : t('admin.runsOf', { n: jobs.length, most })}${here ? html` · ${t('admin.here')}` : ''}</span></h3>
      ${jobs.length ? html`<ul class="divide-y divide-line border-t border-line">${jobs.map((job) => this.#job(job))}</ul>` : ''}</li>`;
  }
  content({ workers }) {
    return html`<ul class="grid gap-3">${workers.map((worker) => this.#worker(worker))}</ul>`;
  }
}
customElements.define('vat-workers', Workers);

/** What is in the memory of the process that answers. */
class LoadedModels extends Watching {
  content({ view: { models } }) {
    return html`${meter(t('admin.modelMemory'), t('quota.usedOf', { used: bytes(models.bytes), limit: bytes(models.max_bytes) }), models.max_bytes ? models.bytes / models.max_bytes : null)}
      ${models.waiting ? html`<p class="mt-3 text-sm text-soft">${t('admin.modelsWaiting', { n: models.waiting })}</p>` : ''}
      ${models.loaded.length ? html`<ul class="card mt-3 divide-y divide-line">${models.loaded.map(({ name, engine, bytes: size }) => html`<li class="flex flex-wrap gap-x-4 px-4 py-2"><bdi class="flex-1">${name}</bdi><span class="text-soft">${engine}</span><span class="figures text-sm text-soft">${bytes(size)}</span></li>`)}</ul>` : html`<p class="mt-3 text-soft">${t('admin.noModels')}</p>`}`;
  }
}
customElements.define('vat-loaded-models', LoadedModels);

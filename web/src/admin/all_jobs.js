import { html } from '../base/element.js';
import { exactly, length, when } from '../base/format.js';
import { t } from '../base/language.js';
import { Pages } from './pages.js';

const states = ['', 'processing', 'queued', 'completed', 'failed', 'cancelled'];
const colours = { queued: 'text-idle', processing: 'text-accent', failed: 'text-bad', cancelled: 'text-idle', completed: 'text-good' };

/** Everybody's jobs, without what they are about. */
class AllJobs extends Pages {
  static properties = { state: { state: true } };
  path = '/api/v1/admin/jobs';

  constructor() {
    super();
    this.state = 'processing';
    this.filter = { state: this.state };
  }
  peopleOf(job) {
    return [job.user_id];
  }
  #show(state) {
    this.state = state;
    this.filter = { state };
    this.load();
  }
  row(job) {
    const facts = [job.state === 'processing' && t(`stage.${job.stage}`), job.error_code, job.duration_seconds && length(job.duration_seconds), [job.engine, job.model].filter(Boolean).join(' '), job.attempt > 1 && t('admin.attempt', { n: job.attempt })].filter(Boolean);
    return html`<li class="flex flex-wrap items-center gap-x-4 px-4 py-2"><span class="w-24 flex-none ${colours[job.state]}">${t(`state.${job.state}`)}</span>
      <span class="min-w-32 flex-1 truncate" dir="auto">${this.names.get(job.user_id) ?? ''}</span><span class="figures text-sm text-soft">${facts.join(' · ')}</span>
      <time class="text-sm text-soft" datetime=${job.created_at} title=${exactly(new Date(job.created_at))}>${when(new Date(job.created_at))}</time></li>`;
  }
  render() {
    return html`<div class="mb-3 flex flex-wrap items-center gap-2" role="group" aria-label=${t('library.filter')}>${states.map((state) => html`<button class="chip" aria-pressed=${this.state === state} @click=${() => this.#show(state)}>${t(`state.${state || 'all'}`)}</button>`)}
      <button class="quiet ms-auto" @click=${() => this.load()}>${t('admin.refresh')}</button></div>${this.list()}`;
  }
}
customElements.define('vat-all-jobs', AllJobs);

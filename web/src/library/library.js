import upArrow from 'icon:arrow-up-from-bracket';
import { guard } from 'lit/directives/guard.js';
import download from 'icon:download';
import tag from 'icon:tag';
import { isRunning, jobs } from '../api/jobs.js';
import { Element, html, repeat } from '../base/element.js';
import { icon } from '../base/icon.js';
import { language, t } from '../base/language.js';
import { navigate, router } from '../shell/router.js';
import { chooseFiles } from '../uploads/uploads.js';
import { Groups } from './groups.js';
import { label, removeAllLater } from './job_actions.js';
import { labels } from './labels.js';
import { selection } from './selection.js';
import './hits.js';
import './link_form.js';
import './options.js';
import './row.js';

const states = ['', 'processing', 'queued', 'completed', 'failed', 'cancelled'];
const kinds = ['', 'process', 'speech'];

const mostArchived = 100;
const mostLabels = 12;

/** The transcript of one, or an archive of those of several; one after another, as browsers ask before several come at once. */
function downloadAll(list, format) {
  const addresses = list.length === 1 ? [`/api/v1/jobs/${list[0].id}/transcript?format=${format}`] : [];
  for (let at = 0; list.length > 1 && at < list.length; at += mostArchived) addresses.push(`/api/v1/jobs/archive?formats=${format}&ids=${list.slice(at, at + mostArchived).map(({ id }) => id)}`);
  addresses.forEach((href, index) => setTimeout(() => Object.assign(document.createElement('a'), { href, download: '' }).click(), index * 1000));
}

/** The list of recordings. What is shown stands in the address: ?state=, ?kind=, ?label=, ?q=. */
class Library extends Element {
  static properties = { settled: { state: true } };
  #groups = new Groups();

  connectedCallback() {
    super.connectedCallback();
    this.listen(jobs, 'change', () => this.requestUpdate());
    this.listen(selection, 'change', () => this.requestUpdate());
    this.listen(labels, 'change', () => this.requestUpdate());
    labels.fetch().catch(() => {});
    this.listen(router, 'navigate', () => location.pathname === '/dashboard' && this.#show());
    this.#show();
    this.lookAgain = setInterval(() => document.hidden || jobs.refreshQueue(), 15_000);
    // A busy page is told several things at once, of which the last is true.
    this.end = new IntersectionObserver((entries) => entries.at(-1).isIntersecting && jobs.loadMore(), { rootMargin: '600px' });
  }
  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.lookAgain);
    this.end.disconnect();
  }
  updated() {
    this.end.disconnect();
    const end = this.querySelector('#end');
    if (end) this.end.observe(end);
  }
  #show() {
    const wanted = new URLSearchParams(location.search);
    const filter = { state: wanted.get('state') ?? '', kind: wanted.get('kind') ?? '', label: wanted.get('label') ?? '', q: wanted.get('q') ?? '' };
    if (JSON.stringify(filter) === JSON.stringify(this.filter)) return;
    this.filter = filter;
    selection.clear();
    this.#groups = new Groups();
    jobs.show(filter);
    this.requestUpdate();
  }
  #choose(name, value) {
    const wanted = new URLSearchParams(location.search);
    if (value) wanted.set(name, value);
    else wanted.delete(name);
    navigate(`/dashboard${wanted.size ? `?${wanted}` : ''}`);
  }
  #chips() {
    const chip = (name, value, text) => html`<button class="chip" aria-pressed=${this.filter[name] === value} @click=${() => this.#choose(name, value)}>${text}</button>`;
    return html`<div class="-mx-4 flex gap-2 overflow-x-auto px-4 py-1 md:mx-0 md:flex-wrap md:px-0" role="group" aria-label=${t('library.filter')}>
      ${states.map((state) => chip('state', state, t(`state.${state || 'all'}`)))}
      <span class="mx-1 w-px flex-none bg-line" aria-hidden="true"></span>
      ${kinds.slice(1).map((kind) => html`<button class="chip" aria-pressed=${this.filter.kind === kind} @click=${() => this.#choose('kind', this.filter.kind === kind ? '' : kind)}>${t(`kind.${kind}`)}</button>`)}
      ${this.#labels()}
    </div>`;
  }
  /** Chips of some labels, that of the filter among them; the others are in the dialog. */
  #labels() {
    if (labels.items.length === 0) return '';
    const chosen = labels.items.find(({ id }) => id === this.filter.label);
    const shown = labels.items.slice(0, mostLabels);
    if (chosen && !shown.includes(chosen)) shown.push(chosen);
    return html`<span class="mx-1 w-px flex-none bg-line" aria-hidden="true"></span>
      ${shown.map(({ id, name, jobs: count }) => html`<button class="chip" aria-pressed=${this.filter.label === id} @click=${() => this.#choose('label', this.filter.label === id ? '' : id)}>${icon(tag)}<bdi class="max-w-40 truncate">${name}</bdi><span class="figures">${count}</span></button>`)}
      <button class="chip" @click=${() => label([])}>${t('labels.all')}</button>`;
  }
  #empty() {
    return html`<div class="grid place-items-center rounded-md border-2 border-dashed border-line px-6 py-16 text-center">
      <span class="text-3xl text-accent">${icon(upArrow)}</span>
      <h2 class="mt-4 text-xl">${t('library.empty')}</h2>
      <p class="mt-2 max-w-[52ch] text-soft">${t('library.emptyHow')}</p>
      <div class="mt-6 flex flex-wrap justify-center gap-3">
        <button class="button main" @click=${chooseFiles}>${t('upload.choose')}</button>
        <button class="button" @click=${async () => (await import('../uploads/record_dialog.js')).record()}>${t('record.start')}</button>
        <a class="button" href="/speak">${t('library.emptySpeak')}</a>
      </div>
    </div>`;
  }
  /** What can be done with all that is chosen. */
  #chosen(items) {
    const chosen = selection.among(items);
    if (chosen.length === 0) return '';
    const texts = chosen.filter((job) => job.kind === 'process' && job.state === 'completed');
    const remove = () => {
      selection.clear();
      removeAllLater(chosen);
    };
    return html`<div class="sticky top-[68px] z-10 card flex flex-wrap items-center gap-2 p-2 ps-4 shadow-float" role="group" aria-label=${t('library.chosen', { n: chosen.length })}>
      <div class="flex min-w-64 flex-1 items-center gap-2"><span class="flex-1 sm:flex-none sm:pe-2" role="status">${t('library.chosen', { n: chosen.length })}</span>
        <button class="quiet" @click=${() => selection.chooseAll(items.map(({ id }) => id))}>${t('library.chooseAll')}</button>
        <button class="quiet" @click=${() => selection.clear()}>${t('library.chooseNone')}</button></div>
      ${texts.length ? html`<button class="button" @click=${() => downloadAll(texts, 'txt')}>${icon(download)}TXT</button><button class="button" @click=${() => downloadAll(texts, 'srt')}>${icon(download)}SRT</button>` : ''}
      <button class="button" @click=${() => label(chosen)}>${t('labels.title')}</button>
      <button class="button danger" @click=${remove}>${t('job.delete')}</button>
    </div>`;
  }
  /** Rows that the browser draws, or skips, together; drawn again only if one of them changed. */
  #group({ items: group }) {
    const chosen = group.map(({ id }) => selection.has(id));
    const choose = (job) => (event) => selection.toggle(job.id, jobs.items.map(({ id }) => id), event.detail);
    const lazy = !group.some(isRunning);
    return html`<ul class="divide-y divide-line ${lazy ? 'row-group' : ''}" .style=${`contain-intrinsic-block-size: auto ${group.length * 61}px`}>
      ${guard([language(), ...group, ...chosen], () => repeat(group, (job) => job.id, (job, index) => html`<li><vat-row .job=${job} ?chosen=${chosen[index]} @vat-choose=${choose(job)}></vat-row></li>`))}</ul>`;
  }
  #list(items) {
    this.toggleAttribute('data-choosing', selection.size > 0);
    return html`${this.#chosen(items)}<div class="card divide-y divide-line overflow-hidden" role="group" aria-label=${t('nav.library')}>
      ${repeat(this.#groups.split(items), ({ number }) => number, (group) => this.#group(group))}
    </div>
    ${jobs.more ? html`<p id="end" class="py-6 text-center text-soft">${t('library.more')}</p>` : ''}`;
  }
  #content(items) {
    if (jobs.error && items.length === 0) return html`<div class="card p-6"><p class="text-bad">${jobs.error.message}</p><button class="button mt-4" @click=${() => jobs.reload()}>${t('error.again')}</button></div>`;
    if (items.length > 0) return this.#list(items);
    if (jobs.loading) return html`<div class="card h-68" aria-busy="true"></div>`;
    if (this.filter.state || this.filter.kind || this.filter.label) return html`<p class="card p-6 text-soft">${t('library.nothing')}</p>`;
    return this.filter.q ? html`<p class="card p-6 text-soft">${t('library.noTitle', { words: this.filter.q })}</p>` : this.#empty();
  }
  render() {
    const { items } = jobs;
    const bare = items.length === 0 && !this.filter.state && !this.filter.kind && !this.filter.label && !this.filter.q && !jobs.loading;
    // Titles are below what was said, which would move them when it comes.
    const settled = !this.filter.q || this.settled === this.filter.q;
    return html`<div class="grid grid-cols-[minmax(0,1fr)] gap-5">
      <div class="grid grid-cols-[minmax(0,1fr)] gap-3">${this.filter.q ? html`<h1>${t('search.title', { words: this.filter.q })}</h1>` : html`<div class="flex items-center justify-between gap-4"><h1>${t('nav.library')}</h1><vat-link-form class="min-w-0 flex-1 sm:max-w-[420px]"></vat-link-form></div>`}<vat-options></vat-options></div>
      ${bare ? '' : this.#chips()}
      ${this.filter.q ? html`<vat-hits .words=${this.filter.q} @vat-settled=${({ detail }) => (this.settled = detail)}></vat-hits>${settled ? html`<h2>${t('search.titles')}</h2>` : ''}` : ''}
      ${settled ? this.#content(items) : ''}
    </div>`;
  }
}
customElements.define('vat-library', Library);

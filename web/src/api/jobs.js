import { ApiError, get, patch, post, query, remove } from './client.js';
import { events } from './events.js';

const mostQueuePages = 10;

export const isRunning = (job) => job.state === 'queued' || job.state === 'processing';

/**
 * The jobs of a list, newest first, kept up to date by the service's events. `change` is told after every change.
 * `filter`: the parameters of GET /api/v1/jobs.
 */
export class JobList extends EventTarget {
  #jobs = new Map();
  #hidden = new Set();
  #filter = {};
  #cursor = null;
  #generation = 0;
  #stale = new Set();
  #sorted = null;
  #queueTimer = 0;
  loading = true;
  error = null;

  constructor(source = events, fetcher = get) {
    super();
    this.fetcher = fetcher;
    for (const type of ['state', 'artifact', 'transcript']) source.addEventListener(type, ({ detail }) => this.#refetch(detail.job_id));
    source.addEventListener('state', () => this.#refreshQueueSoon());
    source.addEventListener('progress', ({ detail }) => this.#merge(detail.job_id, detail));
    source.addEventListener('segment', ({ detail }) => this.#merge(detail.job_id, { sentence: detail.text.trim() }));
    source.addEventListener('labels', ({ detail }) => this.#relabel(detail));
    source.addEventListener('deleted', ({ detail }) => this.drop(detail.job_id));
    source.addEventListener('resync', () => this.reload());
  }
  get items() {
    this.#sorted ??= [...this.#jobs.values()].filter((job) => !this.#hidden.has(job.id)).sort((a, b) => (a.id < b.id ? 1 : -1)); // ids begin with their time
    return this.#sorted;
  }
  get more() {
    return this.#cursor !== null;
  }
  find(id) {
    return this.#jobs.get(id);
  }
  /** Starts over with another filter. */
  async show(filter) {
    this.#filter = filter;
    this.#jobs.clear();
    this.#cursor = null;
    this.loading = true;
    this.#changed();
    await this.reload();
  }
  /** Fetches the first page again; later pages keep what they had. */
  async reload() {
    const generation = ++this.#generation;
    try {
      const page = await this.fetcher(`/api/v1/jobs${query({ limit: 50, ...this.#filter })}`);
      if (generation !== this.#generation) return;
      const last = page.items.at(-1)?.id;
      const kept = new Set(page.items.map((job) => job.id));
      for (const job of [...this.#jobs.values()]) if (!kept.has(job.id) && (!page.next_cursor || job.id > last)) this.#jobs.delete(job.id);
      if (this.#jobs.size <= page.items.length) this.#cursor = page.next_cursor;
      this.#take(page.items);
      this.error = null;
    } catch (error) {
      if (generation !== this.#generation) return;
      this.error = error;
    }
    this.loading = false;
    this.#changed();
  }
  async loadMore() {
    if (!this.#cursor || this.loading) return;
    this.loading = true;
    const generation = this.#generation;
    try {
      const page = await this.fetcher(`/api/v1/jobs${query({ limit: 100, ...this.#filter, cursor: this.#cursor })}`);
      if (generation !== this.#generation) return;
      this.#cursor = page.next_cursor;
      this.#take(page.items);
    } catch (error) {
      this.error = error;
    } finally {
      this.loading = false;
      this.#changed();
    }
  }
  /** Out of sight, but not gone: undo() brings it back. */
  hide(id) {
    this.#hidden.add(id);
    this.#changed();
  }
  unhide(id) {
    this.#hidden.delete(id);
    this.#changed();
  }
  drop(id) {
    this.#stale.delete(id);
    if (this.#jobs.delete(id)) this.#changed();
    this.#hidden.delete(id);
  }
  /** A job as the service just returned it. */
  put(job) {
    if (this.#fits(job)) this.#take([job]);
    else this.#jobs.delete(job.id);
    this.#changed();
  }
  #fits(job) {
    const { state, kind, q, label } = this.#filter;
    return (!label || job.labels.some(({ id }) => id === label)) && (!state || job.state === state) && (!kind || job.kind === kind) && (!q || job.title.toLowerCase().includes(q.toLowerCase()));
  }
  #take(jobs) {
    for (const job of jobs) this.#jobs.set(job.id, { sentence: this.#jobs.get(job.id)?.sentence ?? '', ...job });
  }
  #merge(id, values) {
    const job = this.#jobs.get(id);
    if (!job) return;
    const { job_id: _, ...rest } = values;
    this.#jobs.set(id, { ...job, ...rest, state: job.state === 'queued' ? 'processing' : job.state });
    this.#changed();
  }
  /** A job may come into the list with its labels, or leave it. */
  #relabel({ job_id: id, labels }) {
    const job = this.#jobs.get(id);
    if (job) this.put({ ...job, labels });
    else if (this.#filter.label) this.#refetch(id);
  }
  /** Several events of one job in a row cost one request. */
  #refetch(id) {
    if (this.#stale.has(id)) return;
    this.#stale.add(id);
    setTimeout(async () => {
      if (!this.#stale.delete(id)) return;
      try {
        this.put(await this.fetcher(`/api/v1/jobs/${id}`));
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) this.drop(id);
      }
    }, 60);
  }
  get #waits() {
    return [...this.#jobs.values()].some((job) => job.state === 'queued');
  }
  #refreshQueueSoon() {
    clearTimeout(this.#queueTimer);
    if (this.#waits) this.#queueTimer = setTimeout(() => this.refreshQueue(), 1000);
  }
  /** Why jobs wait, and at which place: that changes with other people's jobs, of which no event tells. */
  async refreshQueue() {
    if (!this.#waits) return;
    let cursor = null;
    for (let page = 0; page < mostQueuePages && this.#waits; page++) {
      const list = await this.fetcher(`/api/v1/jobs${query({ state: 'queued', limit: 100, cursor })}`).catch(() => null);
      for (const { id, waiting } of list?.items ?? []) {
        const job = this.#jobs.get(id);
        if (job?.state === 'queued') this.#jobs.set(id, { ...job, waiting });
      }
      cursor = list?.next_cursor;
      if (!cursor) break;
    }
    this.#changed();
  }
  #changed() {
    this.#sorted = null;
    this.dispatchEvent(new Event('change'));
  }
}

export const jobs = new JobList();
export const cancelJob = (id) => post(`/api/v1/jobs/${id}/cancel`);
export const retryJob = (id) => post(`/api/v1/jobs/${id}/retry`);
export const rerunJob = (id, options) => post(`/api/v1/jobs/${id}/rerun`, { options });
export const renameJob = (id, title) => patch(`/api/v1/jobs/${id}`, { title });
export const deleteJob = (id, options) => remove(`/api/v1/jobs/${id}`, options);

import { get, patch, post, remove, send } from '../api/client.js';
import { events } from '../api/events.js';
import { jobs } from '../api/jobs.js';

/** Events of many jobs in a row cost one request. */
const pause = 100;

/**
 * The user's labels, `{ id, name, jobs }`, by name, kept up to date by the service's events once they were fetched.
 * `change` is told when they are others, `job` when those of a job are.
 */
export class Labels extends EventTarget {
  items = [];
  #wanted = false;
  #timer = 0;
  #generation = 0;

  constructor(source = events, list = jobs, fetcher = get) {
    super();
    Object.assign(this, { list, fetcher });
    source.addEventListener('labels', ({ detail }) => {
      this.dispatchEvent(new CustomEvent('job', { detail: { id: detail.job_id, labels: detail.labels } }));
      this.#fetchSoon();
    });
    source.addEventListener('label_list', () => this.#fetchSoon());
    source.addEventListener('resync', () => this.#fetchSoon());
  }
  async fetch() {
    this.#wanted = true;
    const generation = ++this.#generation;
    const { items } = await this.fetcher('/api/v1/labels');
    if (generation !== this.#generation) return;
    const gone = new Set(this.items.map(({ id }) => id));
    this.items = items;
    for (const { id } of items) gone.delete(id);
    this.#rename(gone);
    this.dispatchEvent(new Event('change'));
  }
  async create(name) {
    const made = await post('/api/v1/labels', { name });
    await this.fetch();
    return made;
  }
  async rename(id, name) {
    await patch(`/api/v1/labels/${id}`, { name });
    await this.fetch();
  }
  async remove(id) {
    await remove(`/api/v1/labels/${id}`);
    await this.fetch();
  }
  /** Gives the jobs of the list the label, or takes it from them. Resolves to these jobs as they are then. */
  async set(list, { id, name }, given) {
    await send('POST', '/api/v1/jobs/labels', { json: { job_ids: list.map((job) => job.id), [given ? 'add' : 'remove']: [id] } });
    const changed = this.#relabel(list, (labels) => {
      const others = labels.filter((label) => label.id !== id);
      return given ? [...others, { id, name }].sort((a, b) => a.name.localeCompare(b.name)) : others;
    });
    await this.fetch();
    return changed;
  }
  #fetchSoon() {
    if (!this.#wanted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.fetch().catch(() => {}), pause);
  }
  /** Jobs bear the names that labels have now, and none of the labels that are gone. */
  #rename(gone) {
    const names = new Map(this.items.map(({ id, name }) => [id, name]));
    const isStale = ({ id, name }) => gone.has(id) || (names.get(id) ?? name) !== name;
    const stale = this.list.items.filter((job) => job.labels.some(isStale));
    this.#relabel(stale, (labels) => labels.filter(({ id }) => !gone.has(id)).map(({ id, name }) => ({ id, name: names.get(id) ?? name })));
  }
  #relabel(list, change) {
    return list.map((job) => {
      const changed = { ...job, labels: change(job.labels) };
      if (this.list.find(job.id)) this.list.put(changed);
      this.dispatchEvent(new CustomEvent('job', { detail: changed }));
      return changed;
    });
  }
}

export const labels = new Labels();

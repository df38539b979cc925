import { get, patch, post, remove, send } from '../api/client.js';
import { jobs } from '../api/jobs.js';

/** The user's labels, `{ id, name, jobs }`, by name. `change` is told when they are others, `job` when those of a job are. */
class Labels extends EventTarget {
  items = [];

  async fetch() {
    this.items = (await get('/api/v1/labels')).items;
    this.dispatchEvent(new Event('change'));
  }
  async create(name) {
    const made = await post('/api/v1/labels', { name });
    await this.fetch();
    return made;
  }
  async rename(id, name) {
    const renamed = await patch(`/api/v1/labels/${id}`, { name });
    await this.fetch();
    this.#relabel(jobs.items, (labels) => labels.map((label) => (label.id === id ? renamed : label)));
  }
  async remove(id) {
    await remove(`/api/v1/labels/${id}`);
    await this.fetch();
    this.#relabel(jobs.items, (labels) => labels.filter((label) => label.id !== id));
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
  #relabel(list, change) {
    return list.map((job) => {
      const changed = { ...job, labels: change(job.labels) };
      if (jobs.find(job.id)) jobs.put(changed);
      this.dispatchEvent(new CustomEvent('job', { detail: changed }));
      return changed;
    });
  }
}

export const labels = new Labels();

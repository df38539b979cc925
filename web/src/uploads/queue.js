import { Rate } from './rate.js';

/** States in which an upload waits for nobody. */
const ended = new Set(['finished', 'failed']);

/**
 * Files on their way to the service, at most `limit` of them at once. `change` is told after every change. An item is
 * `{ id, name, size, sent, state, error, jobId, file, ... }`; its state is
 *   waiting    for its turn
 *   sending
 *   paused     by the user
 *   offline    for the network; goes on by itself
 *   lost       begun before the page was loaded, so the browser needs the file again
 *   failed     `error` says why
 *   finished   `jobId` is the job that it became
 *
 * `begin(item, told)` starts or resumes a transfer and returns `{ stop(), discard() }`; it calls told.progress(bytes),
 * told.finished(jobId), told.failed(error) and told.offline().
 */
export class UploadQueue extends EventTarget {
  #items = [];
  #next = 1;

  constructor({ begin, limit = 2, now = () => performance.now() }) {
    super();
    Object.assign(this, { begin, limit, now });
  }
  get items() {
    return this.#items;
  }
  get unfinished() {
    return this.#items.filter((item) => !ended.has(item.state) && item.state !== 'lost');
  }
  /** Of all that is under way, in bytes; and what is left of it in seconds, or null. */
  get total() {
    const items = this.#items.filter((item) => item.state !== 'lost' && item.state !== 'failed');
    const size = items.reduce((sum, item) => sum + item.size, 0);
    const sent = items.reduce((sum, item) => sum + item.sent, 0);
    const speed = items.reduce((sum, item) => sum + (item.state === 'sending' ? (item.rate.perSecond ?? 0) : 0), 0);
    return { size, sent, seconds: speed > 0 ? (size - sent) / speed : null };
  }
  add(values) {
    const item = { id: this.#next++, sent: 0, state: 'waiting', error: null, jobId: null, rate: new Rate(), transfer: null, ...values };
    this.#items.push(item);
    this.#go();
    return item;
  }
  pause(item) {
    if (item.state !== 'sending' && item.state !== 'waiting' && item.state !== 'offline') return;
    this.#halt(item, 'paused');
  }
  resume(item) {
    if (item.state === 'lost' && !item.file) return;
    if (!['paused', 'failed', 'lost', 'offline'].includes(item.state)) return;
    item.error = null;
    this.#set(item, 'waiting');
  }
  /** Forgets the item, and what the service has of it. */
  cancel(item) {
    item.transfer?.stop();
    if (!ended.has(item.state) || item.state === 'failed') this.discard?.(item);
    this.dismiss(item);
  }
  /** Forgets everything here, and nothing at the service. */
  stop() {
    for (const item of this.#items) item.transfer?.stop();
    this.#items = [];
    this.#go();
  }
  dismiss(item) {
    this.#items = this.#items.filter((other) => other !== item);
    this.#go();
  }
  dismissFinished() {
    this.#items = this.#items.filter((item) => item.state !== 'finished');
    this.#go();
  }
  /** The network is back. */
  online() {
    for (const item of this.#items) if (item.state === 'offline') this.resume(item);
  }
  #halt(item, state) {
    const { transfer } = item;
    item.transfer = null;
    item.rate.reset();
    this.#set(item, state);
    transfer?.stop();
  }
  #set(item, state) {
    item.state = state;
    this.#go();
  }
  #go() {
    let busy = this.#items.filter((item) => item.state === 'sending').length;
    for (const item of this.#items) {
      if (busy >= this.limit) break;
      if (item.state !== 'waiting') continue;
      this.#start(item);
      busy++;
    }
    this.dispatchEvent(new Event('change'));
  }
  #start(item) {
    item.state = 'sending';
    let own = {};
    item.transfer = own;
    /** A transfer that was stopped has nothing more to say. */
    const current = (action) => (value) => {
      if (item.transfer === own) action(value);
    };
    const transfer = this.begin(item, {
      progress: current((sent) => {
        item.sent = sent;
        item.rate.add(sent, this.now());
        this.dispatchEvent(new Event('change'));
      }),
      finished: current((jobId) => {
        item.sent = item.size;
        item.jobId = jobId;
        item.transfer = null;
        item.file = null;
        this.#set(item, 'finished');
        this.dispatchEvent(new CustomEvent('finished', { detail: item }));
      }),
      failed: current((error) => {
        item.error = error;
        this.#halt(item, 'failed');
      }),
      offline: current(() => this.#halt(item, 'offline')),
    });
    if (item.transfer === own) item.transfer = transfer;
    own = transfer;
  }
}

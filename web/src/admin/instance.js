import { get } from '../api/client.js';

const pause = 15_000;

/** How the process that answers is, and who works on what; looked at again while somebody watches. Tells `change`. */
class Instance extends EventTarget {
  #watching = 0;
  #timer = 0;
  span = 'hour';
  view = null;
  workers = null;
  error = null;

  /** Returns the function that ends it. */
  watch() {
    if (this.#watching++ === 0) {
      this.look();
      this.#timer = setInterval(() => document.hidden || this.look(), pause);
    }
    return () => {
      if (--this.#watching === 0) clearInterval(this.#timer);
    };
  }
  show(span) {
    this.span = span;
    this.look();
  }
  async look() {
    const { span } = this;
    try {
      const [view, workers] = await Promise.all([get(`/api/v1/admin/instance?span=${span}`), get('/api/v1/admin/workers')]);
      if (span !== this.span) return;
      Object.assign(this, { view, workers: workers.items, error: null });
    } catch (error) {
      this.error = error;
    }
    this.dispatchEvent(new Event('change'));
  }
}

export const instance = new Instance();

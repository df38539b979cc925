const types = ['state', 'progress', 'segment', 'artifact', 'warning', 'transcript', 'labels', 'label_list', 'preferences', 'deleted'];
const hiddenTooLong = 30_000;
const slowestRetry = 30_000;

/**
 * The user's events (GET /api/v1/events) as events of this object, whose `detail` is their data. `resync` means that some
 * may have been missed: look again. `connection` tells that `connected` changed. A hidden page lets go of its connection,
 * because a browser has only a few for each server.
 */
export class LiveEvents extends EventTarget {
  #source = null;
  #lastId = '';
  #delay = 1000;
  #timer = 0;
  #hidden = 0;
  #wanted = false;
  connected = true;

  start() {
    this.#wanted = true;
    document.addEventListener('visibilitychange', () => this.#visibility());
    window.addEventListener('online', () => this.#reopen());
    window.addEventListener('pagehide', () => this.#close());
    window.addEventListener('pageshow', (event) => event.persisted && this.#reopen());
    this.#open();
  }
  #open() {
    if (!this.#wanted || this.#source) return;
    const source = new EventSource(`/api/v1/events${this.#lastId ? `?last_event_id=${this.#lastId}` : ''}`);
    this.#source = source;
    source.onopen = () => {
      this.#delay = 1000;
      this.#tell(true);
      this.dispatchEvent(new Event('resync'));
    };
    source.onerror = () => {
      this.#tell(false);
      if (source.readyState === EventSource.CLOSED) this.#retry();
    };
    for (const type of types) {
      source.addEventListener(type, (event) => {
        if (event.lastEventId) this.#lastId = event.lastEventId;
        this.dispatchEvent(new CustomEvent(type, { detail: JSON.parse(event.data) }));
      });
    }
  }
  #close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }
  #retry() {
    this.#close();
    this.#timer = setTimeout(() => this.#open(), this.#delay * (0.75 + Math.random() / 2));
    this.#delay = Math.min(this.#delay * 2, slowestRetry);
  }
  #reopen() {
    this.#close();
    this.#open();
  }
  #visibility() {
    clearTimeout(this.#hidden);
    if (document.hidden) this.#hidden = setTimeout(() => this.#close(), hiddenTooLong);
    else if (!this.#source) this.#open();
  }
  #tell(connected) {
    if (this.connected === connected) return;
    this.connected = connected;
    this.dispatchEvent(new Event('connection'));
  }
}

export const events = new LiveEvents();

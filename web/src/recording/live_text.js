/**
 * The text of a running job as it is recognised, from its beginning, however late one asks (GET /api/v1/jobs/ID/events).
 * `change` after every sentence, `transcript` when the finished one can be fetched, `done` with the job at its end.
 */
export class LiveText extends EventTarget {
  segments = [];
  #source;

  constructor(jobId) {
    super();
    this.#source = new EventSource(`/api/v1/jobs/${jobId}/events`);
    this.#on('segment', ({ index, start, end, text }) => {
      this.segments = [...this.segments.slice(0, index), { start, end, text: text.trim() }];
      this.dispatchEvent(new Event('change'));
    });
    this.#on('transcript', () => this.dispatchEvent(new Event('transcript')));
    this.#on('done', (job) => {
      this.close();
      this.dispatchEvent(new CustomEvent('done', { detail: job }));
    });
  }
  #on(type, handler) {
    this.#source.addEventListener(type, (event) => handler(JSON.parse(event.data)));
  }
  close() {
    this.#source.close();
  }
}

const window = 8000;

/** How fast bytes go, from the last seconds. */
export class Rate {
  #samples = [];

  /** `sent`: bytes in total at this time, in milliseconds. */
  add(sent, now) {
    const last = this.#samples.at(-1);
    if (last && sent < last.sent) this.#samples = [];
    this.#samples.push({ sent, now });
    while (this.#samples.length > 2 && now - this.#samples[0].now > window) this.#samples.shift();
  }
  /** Bytes per second; null while that cannot be said. */
  get perSecond() {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || last.now - first.now < 500) return null;
    return ((last.sent - first.sent) * 1000) / (last.now - first.now);
  }
  /** Seconds for so many bytes; null while that cannot be said. */
  secondsFor(bytes) {
    const speed = this.perSecond;
    return speed ? bytes / speed : null;
  }
  reset() {
    this.#samples = [];
  }
}

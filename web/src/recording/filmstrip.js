import { get } from '../api/client.js';

/** Where the picture of a moment stands in the sheet, in pixels, of what the service says about a filmstrip. */
export function placeOf({ interval_seconds: interval, frames, columns, width, height }, seconds) {
  const number = Math.max(0, Math.min(frames - 1, Math.floor(seconds / interval)));
  return { x: (number % columns) * width, y: Math.floor(number / columns) * height, width, height };
}

/** Small pictures of a video, by the address of their description; fetched when somebody looks. */
export class Filmstrip {
  #wanted = null;

  constructor(src) {
    this.src = src;
  }
  /** Resolves when it is there, or is known not to come. */
  load() {
    this.#wanted ??= this.#fetch();
    return this.#wanted;
  }
  async #fetch() {
    try {
      const facts = await get(this.src);
      const sheet = new Image();
      sheet.src = `${this.src}/sheet`;
      await sheet.decode();
      this.sheet = { href: sheet.src, width: sheet.naturalWidth, height: sheet.naturalHeight };
      this.facts = facts;
    } catch {
      // The line of time works without.
    }
  }
  /** Where the picture of a moment stands in the sheet; null while there is none. */
  at(seconds) {
    return this.facts ? placeOf(this.facts, seconds) : null;
  }
}

import { send } from '../api/client.js';

const resolutions = [1, 10, 100];
const headerBytes = 24;
const chunkPoints = 32_768;
/** Less is not shown at once, in seconds. */
const shortest = 2;
/** What is quieter than this part of full scale is not drawn larger. */
const quietest = 0.05;

/** The coarsest resolution, in points a second, that has a point for each pixel; or the finest. */
export function resolutionFor(seconds, pixels) {
  return resolutions.find((each) => each * seconds >= pixels) ?? resolutions.at(-1);
}

/** What is seen of `duration` seconds, `{ from, to }`, when it becomes `factor` times as large around `centre`. */
export function zoomed({ from, to }, factor, centre, duration) {
  const length = Math.min(duration, Math.max(Math.min(shortest, duration), (to - from) / factor));
  const start = centre - ((centre - from) / (to - from || 1)) * length;
  const kept = Math.max(0, Math.min(start, duration - length));
  return { from: kept, to: kept + length };
}

export function moved({ from, to }, seconds, duration) {
  const start = Math.max(0, Math.min(from + seconds, duration - (to - from)));
  return { from: start, to: start + (to - from) };
}

/** The same, or the page of it that `time` is on. */
export function following(view, time, duration) {
  if (time >= view.from && time <= view.to) return view;
  return moved(view, time - view.from - (view.to - view.from) / 10, duration);
}

/** What an address has in the format of audiowaveform, version 2, fetched in chunks as far as it is looked at. */
export class Peaks extends EventTarget {
  #chunks = new Map();
  #heads = new Map();
  /** Raised when there is more to see. */
  version = 0;
  #peak = quietest;

  constructor(src) {
    super();
    this.src = src;
  }
  /** The lowest and the highest sample of each column in turn, of full scale 1; null while nothing is there. */
  columns(from, to, count) {
    const wanted = resolutionFor(to - from, count);
    this.#want(wanted, from, to);
    const resolution = [wanted, ...resolutions.toReversed()].find((each) => (each === wanted || each < wanted) && this.#has(each, from, to));
    if (!resolution) return null;
    const made = new Float32Array(2 * count);
    const step = ((to - from) / count) * resolution;
    for (let column = 0; column < count; ++column) {
      const first = Math.floor(from * resolution + column * step);
      this.#extremes(resolution, first, Math.max(first + 1, Math.floor(from * resolution + (column + 1) * step)), made, 2 * column);
    }
    return made;
  }
  #extremes(resolution, first, end, made, at) {
    let low = 127, high = -128;
    for (let point = first; point < end; ++point) {
      const chunk = this.#chunks.get(`${resolution}/${Math.floor(point / chunkPoints)}`);
      const place = 2 * (point % chunkPoints);
      if (!chunk || place >= chunk.length) break;
      low = Math.min(low, chunk[place]);
      high = Math.max(high, chunk[place + 1]);
    }
    if (low > high) return;
    made[at] = low / 128 / this.#peak;
    made[at + 1] = high / 128 / this.#peak;
  }
  #range(resolution, from, to) {
    const points = this.#heads.get(resolution)?.points;
    const last = Math.min(Math.ceil(to * resolution), points ?? Infinity) - 1;
    return { first: Math.floor(Math.floor(from * resolution) / chunkPoints), last: Math.floor(Math.max(0, last) / chunkPoints) };
  }
  #has(resolution, from, to) {
    const { first, last } = this.#range(resolution, from, to);
    for (let index = first; index <= last; ++index) if (!this.#chunks.get(`${resolution}/${index}`)) return false;
    return true;
  }
  async #want(resolution, from, to) {
    try {
      // Its head says how many there are, so nothing beyond the end is asked for.
      if (!this.#heads.has(resolution)) this.#heads.set(resolution, { points: 0, fetched: this.#fetch(resolution, 0) });
      await this.#heads.get(resolution).fetched;
      const { first, last } = this.#range(resolution, from, to);
      const missing = [];
      for (let index = first; index <= last; ++index) if (!this.#chunks.has(`${resolution}/${index}`)) missing.push(this.#fetch(resolution, index));
      await Promise.all(missing);
    } catch {
      // What is there stays; the line of time works without.
    }
  }
  async #fetch(resolution, index) {
    const key = `${resolution}/${index}`;
    this.#chunks.set(key, null);
    const start = index === 0 ? 0 : headerBytes + 2 * chunkPoints * index;
    const end = headerBytes + 2 * chunkPoints * (index + 1);
    const answer = await send('GET', `${this.src}?resolution=${resolution}`, { headers: { Range: `bytes=${start}-${end - 1}` } });
    let bytes = await answer.arrayBuffer();
    if (answer.status === 200) bytes = bytes.slice(start, end);
    if (index === 0) this.#heads.get(resolution).points = new DataView(bytes).getUint32(16, true);
    const points = new Int8Array(index === 0 ? bytes.slice(headerBytes) : bytes);
    for (const value of points) this.#peak = Math.max(this.#peak, Math.abs(value) / 128);
    this.#chunks.set(key, points);
    ++this.version;
    this.dispatchEvent(new Event('change'));
  }
}

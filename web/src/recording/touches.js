import { moved, zoomed } from './peaks.js';

/** A finger that moves less than this part of the width is held still. */
const slop = 0.02;

/** What fingers do with a view of time: one moves it, two change its size as well. Places are parts of the width. */
export class Touches {
  #places = new Map();
  #start = null;
  /** Whether they have done anything since the first came. */
  moved = false;

  get count() {
    return this.#places.size;
  }
  press(id, place, view) {
    if (this.count === 0) this.moved = false;
    this.#places.set(id, place);
    this.#hold(view);
  }
  /** What is seen, `{ from, to }`, after a finger has moved; null while nothing changes. */
  move(id, place, duration) {
    if (!this.#places.has(id)) return null;
    this.#places.set(id, place);
    const { view, centre, distance } = this.#start;
    const now = this.#span();
    this.moved ||= this.count > 1 || Math.abs(now.centre - centre) > slop;
    if (!this.moved) return null;
    const length = view.to - view.from;
    const sized = distance ? zoomed(view, now.distance / distance, view.from + centre * length, duration) : view;
    return moved(sized, (centre - now.centre) * (sized.to - sized.from), duration);
  }
  /** True when the last finger has gone, and had only touched. */
  release(id, view) {
    if (!this.#places.delete(id)) return false;
    if (this.count) this.#hold(view);
    return this.count === 0 && !this.moved;
  }
  #hold(view) {
    this.#start = { view, ...this.#span() };
  }
  #span() {
    const places = [...this.#places.values()];
    const distance = Math.max(...places) - Math.min(...places);
    return { centre: (Math.max(...places) + Math.min(...places)) / 2, distance: this.count > 1 ? Math.max(distance, slop) : 0 };
  }
}

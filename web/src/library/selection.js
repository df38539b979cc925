/** The chosen jobs of a list. `change` is told after every change. */
export class Selection extends EventTarget {
  #ids = new Set();
  #anchor = null;

  get size() {
    return this.#ids.size;
  }
  has(id) {
    return this.#ids.has(id);
  }
  /** Chooses the id, or no longer; with `range`, all from the last one that was chosen to it. `order`: all ids as shown. */
  toggle(id, order, range = false) {
    const from = range ? order.indexOf(this.#anchor) : -1;
    const to = order.indexOf(id);
    if (from >= 0 && to >= 0) for (const each of order.slice(Math.min(from, to), Math.max(from, to) + 1)) this.#ids.add(each);
    else if (!this.#ids.delete(id)) this.#ids.add(id);
    this.#anchor = id;
    this.#changed();
  }
  chooseAll(order) {
    for (const id of order) this.#ids.add(id);
    this.#changed();
  }
  clear() {
    this.#ids.clear();
    this.#anchor = null;
    this.#changed();
  }
  /** Those of the list that are chosen; others, which left it, are forgotten. */
  among(items) {
    const there = new Set(items.map(({ id }) => id));
    for (const id of this.#ids) if (!there.has(id)) this.#ids.delete(id);
    return items.filter(({ id }) => this.#ids.has(id));
  }
  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}

export const selection = new Selection();

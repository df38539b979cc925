const groupSize = 50;

/**
 * Splits a long list into stretches of neighbours that stay together while others come and go before, between and behind
 * them, so that only those that changed are drawn again.
 */
export class Groups {
  #numbers = new Map();
  #sizes = new Map();

  /** `[{ number, items }]`, in the order of the list. Items have an `id`. */
  split(items) {
    this.#forget(items);
    const first = items.findIndex(({ id }) => this.#numbers.has(id));
    for (let at = first - 1; at >= 0; at--) this.#put(items[at].id, this.#numbers.get(items[at + 1].id), -1);
    let last = 0;
    const groups = [];
    for (const item of items) {
      if (!this.#numbers.has(item.id)) this.#put(item.id, last, 1);
      last = this.#numbers.get(item.id);
      if (groups.at(-1)?.number === last) groups.at(-1).items.push(item);
      else groups.push({ number: last, items: [item] });
    }
    return groups;
  }
  #put(id, neighbour, step) {
    const number = (this.#sizes.get(neighbour) ?? 0) < groupSize || this.#sizes.has(neighbour + step) ? neighbour : neighbour + step;
    this.#numbers.set(id, number);
    this.#sizes.set(number, (this.#sizes.get(number) ?? 0) + 1);
  }
  /** Those that left. */
  #forget(items) {
    if (this.#numbers.size === 0) return;
    const there = new Set(items.map(({ id }) => id));
    for (const [id, number] of this.#numbers) {
      if (there.has(id)) continue;
      this.#numbers.delete(id);
      const size = this.#sizes.get(number) - 1;
      if (size) this.#sizes.set(number, size);
      else this.#sizes.delete(number);
    }
  }
}

import { get, query } from '../api/client.js';
import { Element, html } from '../base/element.js';
import { t } from '../base/language.js';
import { nameOf } from './people.js';

/** A list that the service gives page by page. Subclasses have `path`, `filter`, and `row(item)`. */
export class Pages extends Element {
  static properties = { items: { state: true }, cursor: { state: true }, error: { state: true }, names: { state: true } };
  filter = {};

  constructor() {
    super();
    this.names = new Map();
  }
  connectedCallback() {
    super.connectedCallback();
    this.load();
  }
  /** The users of an item whose names are shown. */
  peopleOf() {
    return [];
  }
  async load(cursor = null) {
    const generation = (this.generation = (this.generation ?? 0) + 1);
    try {
      const page = await get(`${this.path}${query({ limit: 50, ...this.filter, cursor })}`);
      if (generation !== this.generation) return;
      this.items = cursor ? [...this.items, ...page.items] : page.items;
      this.cursor = page.next_cursor;
      this.error = null;
      const ids = new Set(page.items.flatMap((item) => this.peopleOf(item)));
      for (const id of ids) if (!this.names.has(id)) nameOf(id).then((name) => (this.names = new Map(this.names).set(id, name)));
    } catch (error) {
      this.error = error;
    }
  }
  list() {
    if (this.error) return html`<p class="text-bad">${this.error.message}</p>`;
    if (!this.items) return html`<div class="card h-40" aria-busy="true"></div>`;
    if (this.items.length === 0) return html`<p class="text-soft">${t('admin.nothing')}</p>`;
    return html`<ul class="card divide-y divide-line">${this.items.map((item) => this.row(item))}</ul>
      ${this.cursor ? html`<button class="button mt-3" @click=${() => this.load(this.cursor)}>${t('search.more')}</button>` : ''}`;
  }
  render() {
    return this.list();
  }
}

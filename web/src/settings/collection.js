import { get, post, remove } from '../api/client.js';
import { Element } from '../base/element.js';
import { offerUndo, sayError } from '../shell/toasts.js';

/** A list at `path` of the API whose members are made by a form, with a secret that is shown once, and removed. */
export class Collection extends Element {
  static properties = { items: { state: true }, made: { state: true }, error: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    this.fetch();
  }
  async fetch() {
    try {
      this.items = (await get(this.path)).items;
    } catch (error) {
      this.error = error;
    }
  }
  /** Of a form: `values` is what its fields say. */
  async create(event, values) {
    event.preventDefault();
    const form = event.target;
    try {
      this.made = await post(this.path, values(form.elements));
      form.reset();
      await this.fetch();
    } catch (error) {
      sayError(error);
    }
  }
  /** `sentence` says that it is gone, as long as that can be undone. */
  removeItem(item, sentence) {
    this.items = this.items.filter((other) => other !== item);
    const back = () => this.fetch();
    offerUndo(sentence, { undo: back, finish: () => remove(`${this.path}/${item.id}`, { keepalive: true }).catch((error) => (sayError(error), back())) });
  }
}

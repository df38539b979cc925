import { LitElement, html, nothing } from 'lit';

export { html, nothing };
export { repeat } from 'lit/directives/repeat.js';
export { live } from 'lit/directives/live.js';
export { ref, createRef } from 'lit/directives/ref.js';

/** A custom element without a shadow, so that the one style sheet applies. Renders itself again when a language is chosen. */
export class Element extends LitElement {
  #unsubscribe = [];

  createRenderRoot() {
    return this;
  }
  /** Listens for as long as the element is in the page. */
  listen(target, type, handler) {
    target.addEventListener(type, handler);
    this.#unsubscribe.push(() => target.removeEventListener(type, handler));
  }
  connectedCallback() {
    super.connectedCallback();
    this.listen(window, 'vat-language', () => this.requestUpdate());
  }
  disconnectedCallback() {
    super.disconnectedCallback();
    for (const stop of this.#unsubscribe.splice(0)) stop();
  }
}

import dots from 'icon:ellipsis';
import { Element, html } from './element.js';
import { icon } from './icon.js';

/** A button with a menu; `face` or `text` stands on it in place of three dots. `items`: `{ text, shape, href | action, download, danger }`; empty ones are left out. A function that
 * returns them is asked when the menu opens. */
class Menu extends Element {
  static properties = { items: { attribute: false }, label: {}, text: {}, face: { attribute: false }, shown: { state: true } };

  #toggle(event) {
    const open = event.newState === 'open';
    this.querySelector('button').setAttribute('aria-expanded', open);
    this.shown = open;
    if (!open) return;
    const menu = event.target;
    const button = this.querySelector('button').getBoundingClientRect();
    const box = menu.getBoundingClientRect();
    const rightToLeft = getComputedStyle(this).direction === 'rtl';
    const left = rightToLeft ? button.left : button.right - box.width;
    menu.style.left = `${Math.max(8, Math.min(left, innerWidth - box.width - 8))}px`;
    const below = button.bottom + 4 + box.height < innerHeight;
    menu.style.top = `${Math.max(8, below ? button.bottom + 4 : button.top - box.height - 4)}px`;
    menu.querySelector('[role=menuitem]')?.focus();
  }
  #keys(event) {
    const all = [...this.querySelectorAll('[role=menuitem]')];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Tab') return this.#close();
    if (to === undefined) return;
    event.preventDefault();
    all[to % all.length].focus();
  }
  /** The items are drawn while the menu is open: a long list has many menus. */
  async #open() {
    if (this.shown) return this.#close();
    this.shown = true;
    await this.updateComplete;
    this.querySelector('[popover]').showPopover();
    return undefined;
  }
  #close() {
    this.querySelector('[popover]').hidePopover();
  }
  #item({ text, shape, href, action, download, danger }) {
    const classes = `flex w-full items-center gap-3 rounded-sm px-3 py-2 text-start hover:bg-sunken focus:bg-sunken ${danger ? 'text-bad' : ''}`;
    const content = html`${shape ? icon(shape, 'text-soft') : ''}<span>${text}</span>`;
    if (href) return html`<a role="menuitem" tabindex="-1" class=${classes} href=${href} ?download=${download} @click=${this.#close}>${content}</a>`;
    return html`<button role="menuitem" tabindex="-1" class=${classes} @click=${() => { this.#close(); this.querySelector('button').focus(); action(); }}>${content}</button>`;
  }
  render() {
    return html`<button class=${this.text ? 'button' : 'quiet'} aria-haspopup="menu" aria-expanded="false" aria-label=${this.label} @click=${this.#open}>${this.face ?? this.text ?? icon(dots, 'text-lg')}</button>
      <div popover role="menu" aria-label=${this.label} class="fixed m-0 min-w-52 rounded-md border border-line bg-surface p-1 text-ink shadow-float" @toggle=${this.#toggle} @keydown=${this.#keys}>
        ${(this.shown ? (typeof this.items === 'function' ? this.items() : (this.items ?? [])) : []).filter(Boolean).map((item) => this.#item(item))}
      </div>`;
  }
}
customElements.define('vat-menu', Menu);

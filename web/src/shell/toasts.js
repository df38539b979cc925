import xmark from 'icon:xmark';
import { Element, html, repeat } from '../base/element.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';

const board = new EventTarget();
const shown = [];
let next = 1;

function update() {
  board.dispatchEvent(new Event('change'));
}

function dismiss(toast, { undone = false } = {}) {
  const at = shown.indexOf(toast);
  if (at < 0) return;
  shown.splice(at, 1);
  clearTimeout(toast.timer);
  if (!undone) toast.finish?.();
  update();
}

/** Says what happened, for some seconds. An error stays until it is dismissed. */
export function say(text, { error = false, code = '' } = {}) {
  const toast = { id: next++, text, error, code };
  shown.push(toast);
  if (!error) toast.timer = setTimeout(() => dismiss(toast), 5000);
  update();
}

/** A failure that concerns no place of the page. */
export const sayError = (error) => say(error.message, { error: true, code: error.requestId });

/** Offers to undo for some seconds; `finish` is called when they are over, or when the page is left. */
export function offerUndo(text, { undo, finish }) {
  const toast = { id: next++, text, undo, finish };
  toast.timer = setTimeout(() => dismiss(toast), 7000);
  shown.push(toast);
  update();
}

/** Says something that stays until it is answered: by `act`, by following `href`, or by dismissing it, which `refuse` is told. */
export function offer(text, { text: actText, act, href, hrefText, refuse }) {
  shown.push({ id: next++, text, actText, act, href, hrefText, refuse });
  update();
}

window.addEventListener('pagehide', () => {
  for (const toast of [...shown]) if (toast.finish) dismiss(toast);
});

class Toasts extends Element {
  connectedCallback() {
    super.connectedCallback();
    this.listen(board, 'change', () => this.requestUpdate());
  }
  render() {
    return html`<div class="pointer-events-none fixed inset-x-3 bottom-20 z-40 flex flex-col items-center gap-2 lg:bottom-6 lg:end-auto lg:start-28 lg:max-w-[560px] lg:items-start" role="status" aria-live="polite">
      ${repeat(shown, (toast) => toast.id, (toast) => html`
        <div class="pointer-events-auto flex max-w-full items-center gap-3 rounded-md border border-line bg-surface py-2 ps-4 pe-2 shadow-float">
          <p class=${toast.error ? 'text-bad' : ''}>${toast.text}${toast.code ? html`<span class="block text-xs text-faint">${toast.code}</span>` : ''}</p>
          ${toast.undo ? html`<button class="quiet font-semibold text-accent" @click=${() => { toast.undo(); dismiss(toast, { undone: true }); }}>${t('toast.undo')}</button>` : ''}
          ${toast.href ? html`<a class="quiet font-semibold text-accent" href=${toast.href} @click=${() => dismiss(toast)}>${toast.hrefText}</a>` : ''}
          ${toast.act ? html`<button class="quiet font-semibold text-accent" @click=${() => { toast.act(); dismiss(toast); }}>${toast.actText}</button>` : ''}
          <button class="quiet" aria-label=${t('toast.dismiss')} @click=${() => { toast.refuse?.(); dismiss(toast); }}>${icon(xmark)}</button>
        </div>`)}
    </div>`;
  }
}
customElements.define('vat-toasts', Toasts);

import { html, render } from 'lit';
import { t } from './language.js';

/** Asks for one line of text; resolves to it, or to null. */
export function askText({ title, label, value = '', action, maxLength = 255 }) {
  const dialog = document.createElement('dialog');
  dialog.className = 'card m-auto w-[min(480px,calc(100vw-32px))] p-6 text-ink shadow-float';
  dialog.setAttribute('aria-labelledby', 'ask-title');
  render(html`<form method="dialog" class="grid gap-4">
    <h2 id="ask-title">${title}</h2>
    <label class="label">${label}<input class="field" name="text" required maxlength=${maxLength} autocomplete="off" .value=${value}></label>
    <div class="flex justify-end gap-2">
      <button class="button" type="button" @click=${() => dialog.close()}>${t('ask.cancel')}</button>
      <button class="button main" value="yes">${action}</button>
    </div>
  </form>`, dialog);
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector('input').select();
  return new Promise((resolve) => dialog.addEventListener('close', () => {
    const text = dialog.querySelector('input').value.trim();
    dialog.remove();
    resolve(dialog.returnValue === 'yes' && text ? text : null);
  }));
}

import { html, render } from 'lit';
import { t } from './language.js';

function open(content) {
  const dialog = document.createElement('dialog');
  dialog.className = 'card m-auto w-[min(480px,calc(100vw-32px))] p-6 text-ink shadow-float';
  dialog.setAttribute('aria-labelledby', 'ask-title');
  render(content(dialog), dialog);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener('close', () => {
    dialog.remove();
    resolve(dialog);
  }));
}

/** Asks before something that cannot be undone: `check`, if there is one, has to be ticked. Resolves to whether it may be done. */
export async function askSure({ title, text, check, action }) {
  const dialog = await open((asking) => html`<form method="dialog" class="grid gap-4">
    <h2 id="ask-title">${title}</h2>
    <p>${text}</p>
    ${check ? html`<label class="flex items-start gap-3"><input class="mt-0.5 size-4 flex-none accent-accent" type="checkbox" required>${check}</label>` : ''}
    <div class="flex flex-wrap justify-end gap-2">
      <button class="button" type="button" @click=${() => asking.close()}>${t('ask.cancel')}</button>
      <button class="button danger" value="yes">${action}</button>
    </div>
  </form>`);
  return dialog.returnValue === 'yes';
}

/** Asks for one line of text; resolves to it, or to null. */
export async function askText({ title, label, value = '', action, maxLength = 255 }) {
  const asked = open((asking) => html`<form method="dialog" class="grid gap-4">
    <h2 id="ask-title">${title}</h2>
    <label class="label">${label}<input class="field" name="text" required maxlength=${maxLength} autocomplete="off" .value=${value}></label>
    <div class="flex justify-end gap-2">
      <button class="button" type="button" @click=${() => asking.close()}>${t('ask.cancel')}</button>
      <button class="button main" value="yes">${action}</button>
    </div>
  </form>`);
  [...document.querySelectorAll('dialog[open] input')].at(-1).select(); // of the newest
  const dialog = await asked;
  const text = dialog.querySelector('input').value.trim();
  return dialog.returnValue === 'yes' && text ? text : null;
}

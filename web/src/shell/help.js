import { html, render } from 'lit';
import { t } from '../base/language.js';

const groups = [
  ['help.everywhere', [['/', 'help.search'], ['?', 'help.help']]],
  ['help.recording', [['Space, K', 'help.play'], ['J, L', 'help.jump'], ['↑, ↓', 'help.sentence'], ['[, ]', 'help.speed'], ['+, -', 'help.zoom'], ['E', 'help.edit'], ['Ctrl+F', 'help.find'], ['Ctrl+Z', 'help.undo'], ['Ctrl+S', 'help.save']]],
  ['help.editing', [['Enter', 'help.next'], ['Esc', 'help.discard'], ['Ctrl+Enter', 'help.split'], ['Backspace', 'help.join']]],
];

/** All keys, in a dialog. */
function showHelp() {
  if (document.querySelector('dialog[open]')) return;
  const dialog = document.createElement('dialog');
  dialog.className = 'card m-auto max-h-[85vh] w-[min(520px,calc(100vw-32px))] overflow-y-auto p-6 text-ink shadow-float';
  dialog.setAttribute('aria-labelledby', 'help-title');
  render(html`<form method="dialog" class="grid gap-5">
    <h2 id="help-title">${t('help.title')}</h2>
    ${groups.map(([title, keys]) => html`<section><h3 class="mb-2 text-soft">${t(title)}</h3>
      <dl class="grid grid-cols-[130px_minmax(0,1fr)] gap-x-4 gap-y-2">${keys.map(([key, text]) => html`<dt dir="ltr"><kbd class="rounded-sm border border-line bg-sunken px-2 py-0.5">${key}</kbd></dt><dd>${t(text)}</dd>`)}</dl></section>`)}
    <button class="button main justify-self-end">${t('help.close')}</button>
  </form>`, dialog);
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.showModal();
}

export function startHelp() {
  document.addEventListener('keydown', (event) => {
    if (event.key !== '?' || event.ctrlKey || event.metaKey || event.target.closest?.('input, textarea, select')) return;
    event.preventDefault();
    showHelp();
  });
  window.addEventListener('vat-help', showHelp);
}

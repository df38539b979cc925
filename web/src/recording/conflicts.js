import { html, render } from 'lit';
import { clock } from '../base/format.js';
import { t } from '../base/language.js';

const textOf = (segments) => segments.map(({ text }) => text).join(' ') || t('conflict.nothing');

/** Shows what two people changed in different ways; resolves to 'mine' or 'theirs'. */
export function askConflicts(conflicts) {
  const dialog = document.createElement('dialog');
  dialog.className = 'card m-auto max-h-[80vh] w-[min(640px,calc(100vw-32px))] overflow-y-auto p-6 text-ink shadow-float';
  dialog.setAttribute('aria-labelledby', 'conflict-title');
  render(html`<form method="dialog" class="grid gap-4">
    <h2 id="conflict-title">${t('conflict.title', { n: conflicts.length })}</h2>
    <p class="text-soft">${t('conflict.what')}</p>
    <ul class="grid gap-4">${conflicts.map(({ mine, theirs }) => html`<li class="grid gap-2 rounded-sm bg-sunken p-3">
      <time class="text-sm text-soft">${clock((mine[0] ?? theirs[0]).start)}</time>
      <p dir="auto"><span class="block text-xs text-faint">${t('conflict.mine')}</span>${textOf(mine)}</p>
      <p dir="auto"><span class="block text-xs text-faint">${t('conflict.theirs')}</span>${textOf(theirs)}</p></li>`)}</ul>
    <div class="flex flex-wrap justify-end gap-2"><button class="button" value="theirs">${t('conflict.takeTheirs')}</button><button class="button main" value="mine">${t('conflict.keepMine')}</button></div>
  </form>`, dialog);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener('close', () => {
    dialog.remove();
    resolve(dialog.returnValue === 'theirs' ? 'theirs' : 'mine');
  }));
}

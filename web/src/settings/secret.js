import { html } from '../base/element.js';
import { t } from '../base/language.js';
import { say } from '../shell/toasts.js';

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say(t('secret.copied'));
  } catch {
    say(t('secret.notCopied'), { error: true });
  }
}

/** A secret that the service tells only once. */
export const secret = (text) => html`<div class="card mb-4 grid gap-2 border-accent p-4" role="status">
  <p>${t('secret.once')}</p>
  <div class="flex flex-wrap items-center gap-3"><code class="min-w-0 flex-1 rounded-sm bg-sunken p-2 select-all">${text}</code><button class="button" @click=${() => copy(text)}>${t('secret.copy')}</button></div></div>`;

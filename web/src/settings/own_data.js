import { get, remove } from '../api/client.js';
import { askSure } from '../base/ask.js';
import { html } from '../base/element.js';
import { t } from '../base/language.js';
import { forgetUser } from '../shell/forget.js';
import { sayError } from '../shell/toasts.js';

async function deleteAccount() {
  try {
    const me = await get('/api/v1/me');
    const n = Object.values(me.jobs).reduce((sum, each) => sum + each, 0);
    const signedIn = me.csrf_token !== null;
    const sure = await askSure({ title: t(signedIn ? 'data.delete' : 'data.deleteAll'), text: t('data.deleteWhat', { n }), check: t('data.deleteCheck'), action: t('data.deleteYes') });
    if (!sure) return;
    await remove(`/api/v1/me?confirm=${me.id}`);
    await forgetUser();
    location.assign('/');
  } catch (error) {
    sayError(error);
  }
}

/** Taking everything away, and deleting it. */
export const ownData = (signedIn) => html`<p class="flex flex-wrap gap-2">
  <a class="button" download href="/api/v1/me/export">${t('data.export')}</a>
  <button class="button danger" @click=${deleteAccount}>${t(signedIn ? 'data.delete' : 'data.deleteAll')}</button></p>`;

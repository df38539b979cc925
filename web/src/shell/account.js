import gear from 'icon:gear';
import leave from 'icon:right-from-bracket';
import { post } from '../api/client.js';
import { account } from '../api/session.js';
import { askSure } from '../base/ask.js';
import { Element, html } from '../base/element.js';
import { t } from '../base/language.js';
import { load, save } from '../base/storage.js';
import { uploads } from '../uploads/uploads.js';
import { forgetUser, hasUnsaved } from './forget.js';
import { sayError } from './toasts.js';
import '../base/menu.js';

/** Ends the session, and forgets here what is the user's; asks first if some of that is nowhere else. */
export async function signOut() {
  const sure = !(await hasUnsaved()) || (await askSure({ title: t('account.leave'), text: t('account.leaveWhat'), action: t('settings.signOut') }));
  if (!sure) return;
  const { location: next } = await post('/auth/logout', {}, { headers: { Accept: 'application/json' } });
  uploads.stop();
  await forgetUser();
  location.assign(next);
}

/** "Ada King Lovelace" -> "AL". */
export function initials(name) {
  const words = name.trim().split(/[\s@._-]+/u).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : ''].map((word) => [...(word ?? '')][0] ?? '').join('').toUpperCase();
}

/** Who is signed in, with the way out. Empty where nobody signs in. The last one is remembered, so that nothing moves. */
class Account extends Element {
  static properties = { person: { state: true }, broken: { state: true } };

  async connectedCallback() {
    super.connectedCallback();
    this.person = load('face');
    const found = await account();
    if (!found) return;
    this.person = found.csrf_token ? { name: found.name, email: found.email, picture: found.picture_url } : null;
    save('face', this.person);
  }
  #face({ name, email, picture }) {
    // The policy of the page admits only pictures of this service.
    if (picture?.startsWith('/') && !this.broken) return html`<img data-picture class="size-8 rounded-full object-cover" src=${picture} alt="" width="32" height="32" @error=${() => (this.broken = true)}>`;
    return html`<span class="grid size-8 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-ink" aria-hidden="true">${initials(name || email || '?')}</span>`;
  }
  render() {
    const { person } = this;
    if (!person) return html``;
    const who = person.name || person.email;
    return html`<vat-menu .face=${this.#face(person)} label=${t('account.of', { name: who })} .items=${[
      { text: person.email && person.email !== who ? `${who} · ${person.email}` : who, shape: gear, href: '/settings' },
      { text: t('settings.signOut'), shape: leave, action: () => signOut().catch(sayError) },
    ]}></vat-menu>`;
  }
}
customElements.define('vat-account', Account);

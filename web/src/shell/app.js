import book from 'icon:book-open';
import gear from 'icon:gear';
import shield from 'icon:shield-halved';
import microphone from 'icon:microphone';
import moon from 'icon:moon';
import plus from 'icon:plus';
import speaker from 'icon:volume-high';
import sun from 'icon:sun';
import upArrow from 'icon:arrow-up-from-bracket';
import { events } from '../api/events.js';
import { awaitFirst, startPreferences } from '../api/preferences.js';
import { isReached, isVisitor } from '../api/session.js';
import { Element, html } from '../base/element.js';
import { icon } from '../base/icon.js';
import { startLanguage, t } from '../base/language.js';
import { acceptPastedLinks } from '../library/links.js';
import { carriesFiles, filesIn } from '../uploads/files.js';
import { chooseFiles, startUploads, upload } from '../uploads/uploads.js';
import { forgetOthers } from './forget.js';
import { startHelp } from './help.js';
import { find, navigate, router, startRouter } from './router.js';
import { chooseTheme, isDark } from './theme.js';
import { startWorker } from './worker.js';
import '../pages/away.js';
import './account.js';
import './search.js';
import './toasts.js';
import '../uploads/tray.js';

const places = [
  { path: '/dashboard', shape: book, text: 'nav.library' },
  { path: '/speak', shape: speaker, text: 'nav.speak' },
  { path: '/settings', shape: gear, text: 'nav.settings' },
];
const adminPlace = { path: '/admin', shape: shield, text: 'nav.adminShort' };

/** Everything that stays while one walks between pages, and the page. */
class App extends Element {
  static properties = { ready: { state: true }, page: { state: true }, dropping: { state: true }, online: { state: true }, admin: { state: true }, away: { state: true }, visitor: { state: true } };

  constructor() {
    super();
    this.page = null;
    this.dropping = false;
    this.online = true;
    // Who came with a link sees what it shows, and nothing else, signed in or not.
    this.shared = /^\/s\/([^/]+)$/.exec(location.pathname)?.[1];
  }
  async connectedCallback() {
    super.connectedCallback();
    this.listen(router, 'navigate', ({ detail }) => this.#arrive(detail.page));
    this.listen(window, 'vat-theme', () => this.requestUpdate());
    this.listen(events, 'connection', () => (this.online = events.connected));
    for (const [target, type] of [[events, 'resync'], [window, 'online'], [this, 'vat-again']]) this.listen(target, type, () => this.away && this.#comeBack());
    this.listen(window, 'vat-language', () => this.#title());
    this.listen(matchMedia('(prefers-color-scheme: dark)'), 'change', () => this.requestUpdate());
    this.#acceptDrops();
    const visitor = location.pathname === '/' && (await isVisitor());
    if (!visitor && !this.shared) await awaitFirst();
    await startLanguage();
    this.ready = true;
    if (this.shared) return this.#openShared();
    if (visitor) return this.#welcome();
    startRouter();
    startHelp();
    const met = this.#meet();
    if (location.pathname === '/') navigate('/dashboard', { replace: true });
    else await this.#arrive(true);
    events.start();
    met.then(startPreferences);
    met.then(startUploads);
    acceptPastedLinks();
    startWorker();
  }
  async #meet() {
    const found = await forgetOthers();
    this.admin = Boolean(found?.csrf_token) && found.role === 'admin';
    this.away = !(await isReached());
  }
  /** Shows the page anew when the service is back. */
  async #comeBack() {
    await this.#meet();
    if (!this.away) await this.#arrive(true);
  }
  async #openShared() {
    await import('../pages/shared.js');
    this.visitor = true;
  }
  async #welcome() {
    await import('../pages/welcome.js');
    document.title = `${t('nav.welcome')} · vat`;
    this.visitor = true;
  }
  async #arrive(anotherPage) {
    if (!anotherPage) return;
    const found = find(location.pathname);
    const first = this.page === null;
    await found.load();
    if (find(location.pathname).tag !== found.tag) return;
    const element = document.createElement(found.tag);
    Object.assign(element, found.values);
    this.page = { ...found, element };
    this.#title();
    if (first) return;
    scrollTo(0, 0);
    await this.updateComplete;
    this.querySelector('main').focus({ preventScroll: true });
  }
  #title() {
    if (this.page) document.title = `${t(this.page.title)} · vat`;
  }
  #acceptDrops() {
    let depth = 0;
    const files = (handler) => (event) => {
      if (!carriesFiles(event.dataTransfer)) return;
      event.preventDefault();
      handler(event);
    };
    this.listen(document, 'dragenter', files(() => (this.dropping = ++depth > 0)));
    this.listen(document, 'dragleave', files(() => (this.dropping = --depth > 0)));
    this.listen(document, 'dragover', files((event) => (event.dataTransfer.dropEffect = 'copy')));
    this.listen(document, 'drop', files(async (event) => {
      depth = 0;
      this.dropping = false;
      upload(await filesIn(event.dataTransfer));
    }));
  }
  #place({ path, shape, text }) {
    const here = location.pathname === path || (path === '/dashboard' && location.pathname.startsWith('/jobs/'));
    return html`<a href=${path} aria-current=${here ? 'page' : 'false'}
      class="flex flex-1 flex-col items-center justify-center gap-1 rounded-sm px-1 py-2 text-xs no-underline lg:flex-none ${here ? 'bg-accent-soft font-semibold text-ink' : 'text-soft hover:bg-sunken hover:text-ink'}">
      ${icon(shape, 'text-lg')}<span>${t(text)}</span></a>`;
  }
  #header() {
    return html`<header class="sticky top-0 z-20 border-b border-line bg-paper">
      <div class="mx-auto flex h-14 max-w-[1120px] items-center gap-2 px-4 md:px-6">
        <vat-search class="min-w-0 flex-1"></vat-search>
        <button class="quiet" aria-label=${t('record.start')} title=${t('record.start')} @click=${async () => (await import('../uploads/record_dialog.js')).record()}>${icon(microphone, 'text-lg')}</button>
        <button class="button main" @click=${chooseFiles}>${icon(plus)}<span class="max-sm:sr-only">${t('upload.choose')}</span></button>
        <button class="quiet" aria-label=${t('theme.other')} @click=${() => chooseTheme(isDark() ? 'light' : 'dark')}>${icon(isDark() ? sun : moon, 'text-lg')}</button>
        <vat-account></vat-account>
      </div>
      ${this.online || this.away ? '' : html`<p class="border-t border-line bg-sunken px-4 py-2 text-center text-sm text-warn" role="status">${t('app.offline')}</p>`}
    </header>`;
  }
  /** What index.html shows in the place of this. */
  updated() {
    if (this.ready) this.querySelector(':scope > #shell')?.remove();
  }
  render() {
    if (!this.ready) return '';
    if (this.shared) return this.visitor ? html`<vat-shared .token=${this.shared}></vat-shared>` : '';
    if (this.visitor) return html`<vat-welcome></vat-welcome>`;
    return html`
      <a href="#main" class="sr-only focus:not-sr-only focus:fixed focus:start-4 focus:top-3 focus:z-50 focus:rounded-sm focus:bg-surface focus:p-3" @click=${(event) => { event.preventDefault(); this.querySelector('main').focus(); }}>${t('nav.skip')}</a>
      <nav aria-label=${t('nav.pages')} class="fixed inset-x-0 bottom-0 z-30 flex gap-1 border-t border-line bg-surface p-1 pb-[max(4px,env(safe-area-inset-bottom))] lg:inset-y-0 lg:end-auto lg:start-0 lg:w-22 lg:flex-col lg:border-e lg:border-t-0 lg:p-2 lg:pt-3">
        ${[...places, ...(this.admin ? [adminPlace] : [])].map((place) => this.#place(place))}
      </nav>
      <div class="pb-20 lg:ps-22 lg:pb-8">
        ${this.#header()}
        <main id="main" tabindex="-1" class="mx-auto min-h-[70vh] max-w-[1120px] px-4 py-6 outline-none md:px-6">${this.away ? html`<vat-away></vat-away>` : this.page?.element}</main>
      </div>
      <vat-tray></vat-tray>
      <vat-toasts></vat-toasts>
      ${this.dropping ? html`<div class="pointer-events-none fixed inset-3 z-50 grid place-items-center rounded-md border-2 border-dashed border-accent bg-accent-soft/90">
        <p class="flex items-center gap-3 text-xl font-semibold">${icon(upArrow)}${t('upload.dropHere')}</p></div>` : ''}`;
  }
}
customElements.define('vat-app', App);

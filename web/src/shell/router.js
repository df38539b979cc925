import '../library/library.js';

/** The pages, by their path. `load` fetches the code of those that not everybody opens. */
const routes = [
  { pattern: /^\/dashboard$/, tag: 'vat-library', title: 'nav.library', load: () => {} },
  { pattern: /^\/jobs\/(?<id>[0-9a-f-]{36})$/, tag: 'vat-recording', title: 'nav.recording', load: () => import('../recording/recording.js') },
  { pattern: /^\/speak$/, tag: 'vat-speak', title: 'nav.speak', load: () => import('../speak/speak.js') },
  { pattern: /^\/settings$/, tag: 'vat-settings', title: 'nav.settings', load: () => import('../settings/settings.js') },
  { pattern: /^\/admin$/, tag: 'vat-admin', title: 'nav.admin', load: () => import('../admin/admin.js') },
];
const missing = { tag: 'vat-missing', title: 'nav.missing', load: () => import('../pages/missing.js') };

/** What to show at this path: `{ tag, title, load, values }`. */
export function find(path) {
  for (const route of routes) {
    const match = route.pattern.exec(path);
    if (match) return { ...route, values: { ...match.groups } };
  }
  return { ...missing, values: {} };
}

/** Tells of every change of the address that stays within the application: `detail` says whether it is another page. */
export const router = new EventTarget();

let blocker = null;
/** `ask()`: whether the page may be left. One at a time; null removes it. */
export function holdPage(ask) {
  blocker = ask;
}

function arrive(page) {
  router.dispatchEvent(new CustomEvent('navigate', { detail: { page } }));
}

export function navigate(target, { replace = false } = {}) {
  const url = new URL(target, location.href);
  const page = url.pathname !== location.pathname;
  if (page && blocker && !blocker()) return;
  history[replace ? 'replaceState' : 'pushState']({}, '', url);
  arrive(page);
}

let shown = '';
/** Links to the application's own pages are followed without loading it again. */
export function startRouter() {
  shown = location.pathname;
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (!link?.href || link.target || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || find(url.pathname).tag === missing.tag) return;
    event.preventDefault();
    navigate(url);
  });
  window.addEventListener('popstate', () => {
    const page = location.pathname !== shown;
    if (page && blocker && !blocker()) return history.go(1);
    arrive(page);
  });
  router.addEventListener('navigate', () => (shown = location.pathname));
}

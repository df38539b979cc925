/* global AHEAD */
// Before the first paint. `AHEAD`, from the build: the address of the application, and those of what pages and languages load
// later, `{ app, pages, languages }`.
import { preferredLanguage } from './base/preferred_language.js';

const [, place] = location.pathname.split('/');
const kept = (name) => {
  try {
    return JSON.parse(localStorage.getItem(`vat.${name}`));
  } catch {
    return null; // Storage may be forbidden; then the system's theme and language are used.
  }
};
const theme = kept('theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
// Visitors and those who have a share link see another frame.
if (place === '' || place === 's') document.documentElement.dataset.bare = '';
// What was chosen in another browser is waited for where this one has never been (api/preferences.js).
if (place !== '' && place !== 's' && !kept('met')) document.head.append(Object.assign(document.createElement('link'), { rel: 'preload', as: 'fetch', crossOrigin: 'anonymous', href: '/api/v1/me/preferences' }));
// What the page will ask for comes beside the program that asks, not after it.
const of = (lists, name) => (Object.hasOwn(lists, name) ? lists[name] : []);
for (const href of [...of(AHEAD.pages, place), ...of(AHEAD.languages, preferredLanguage(kept('language'), navigator.languages ?? []))])
  document.head.append(Object.assign(document.createElement('link'), { rel: 'modulepreload', href }));

// Until then the field of index.html takes what is typed.
document.addEventListener('keydown', (event) => {
  const early = document.querySelector('#shell input');
  if (event.key !== '/' || !early || document.activeElement === early) return;
  event.preventDefault();
  early.focus();
});

// The application begins after the first frame, which would wait until it has run. A page that nobody sees has no frames.
let begun = false;
const begin = () => {
  if (!begun) import(AHEAD.app);
  begun = true;
};
if (document.hidden) begin();
else requestAnimationFrame(() => setTimeout(begin));
document.addEventListener('visibilitychange', begin, { once: true });

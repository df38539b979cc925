/* global SHELL */
// Beside the pages of this browser (a service worker): it shows the application where the network or the service is
// missing, and takes what a phone shares with it. It keeps files that are the same for everybody, and never what the API
// answers. `SHELL`, from the build: `{ version, page, files }`.
import { sharedAddress } from './shared_address.js';
import { keepFile } from '../uploads/kept.js';

const prefix = 'vat-shell-';
const own = prefix + SHELL.version;
const pages = /^\/(dashboard|speak|settings|admin|jobs\/[0-9a-f-]{36})?$/;
/** What a proxy answers in the place of a service that is not there. */
const absent = new Set([502, 503, 504]);

async function fill() {
  const cache = await caches.open(own);
  await cache.addAll(SHELL.files);
  await cache.add(new Request(SHELL.page, { cache: 'reload', credentials: 'omit' }));
  await self.skipWaiting();
}

/** The version before stays, for pages of it that are still open: this program has their files no more. */
async function forgetOld() {
  const names = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== own); // in the order in which they were made
  await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)));
}

/** Without navigation preload: it also asks for pages that are left to the browser, and one that ends a sign-in may be asked
 * for once. */
async function showPage(request) {
  const shell = () => caches.match(SHELL.page, { cacheName: own });
  try {
    const answer = await fetch(request);
    return (absent.has(answer.status) && (await shell())) || answer;
  } catch {
    return (await shell()) ?? Response.error();
  }
}

/** Keeps the files until the library has sent them, by its own queue; a link goes into its field there. */
async function takeShared(request) {
  try {
    const form = await request.formData();
    for (const file of form.getAll('files').filter((each) => each instanceof File && each.size > 0)) await keepFile(file);
    return Response.redirect(sharedAddress(form), 303);
  } catch {
    return Response.redirect('/dashboard?shared=lost', 303);
  }
}

function answerTo(request) {
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return null;
  if (request.method === 'POST') return pathname === '/share' ? takeShared(request) : null;
  if (request.method !== 'GET') return null;
  if (request.mode === 'navigate') return pages.test(pathname) ? showPage(request) : null;
  if (!pathname.startsWith('/assets/') || pathname.endsWith('.mp3')) return null;
  return caches.match(request, { ignoreVary: true }).then((kept) => kept ?? fetch(request));
}

self.addEventListener('install', (event) => event.waitUntil(fill()));
self.addEventListener('activate', (event) => event.waitUntil(forgetOld()));
self.addEventListener('fetch', (event) => {
  const answer = answerTo(event.request);
  if (answer) event.respondWith(answer);
});

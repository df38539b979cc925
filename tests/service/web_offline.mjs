// The application without a network and without its service, and what a phone shares with it: the service worker, in a
// real browser.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { once } from 'node:events';
import { checkAccess, close, launch, launchApp, openPage } from './browser.mjs';
import { Server, eventually, folder, makeSpeech, runTests } from './server.mjs';

const server = await new Server().start();
const browser = await launch();
const wav = fs.readFileSync(await makeSpeech('talk.wav', 'One two three.'));
const jobs = async (query = '') => (await (await fetch(`${server.origin}/api/v1/jobs${query}`)).json()).items;
/** What a browser says of requests that fail. */
const forgive = (page) => (page.complaints = page.complaints.filter((complaint) => !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED/.test(complaint)));

const isActivated = async () => (await navigator.serviceWorker.ready).active.state === 'activated';

/** A page of the origin, whose browser has the worker. */
async function openReady(origin, path = '/dashboard') {
  const page = await openPage(browser, origin, path);
  await page.waitForFunction(isActivated);
  return page;
}
const shells = (page) => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('vat-shell-')));

/** The form that a phone sends when something is shared with the application. */
async function share(page, { files = [], fields = {} }) {
  await page.evaluate(([list, texts]) => {
    const form = Object.assign(document.createElement('form'), { method: 'post', action: '/share', enctype: 'multipart/form-data' });
    for (const [name, value] of Object.entries(texts)) form.append(Object.assign(document.createElement('input'), { name, value }));
    const transfer = new DataTransfer();
    for (const { name, base64 } of list) transfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type: 'audio/wav' }));
    form.append(Object.assign(document.createElement('input'), { type: 'file', name: 'files', multiple: true, files: transfer.files }));
    document.body.append(form);
    form.submit();
  }, [files.map(({ name, bytes }) => ({ name, base64: bytes.toString('base64') })), fields]);
  await page.waitForURL((url) => url.pathname === '/dashboard');
}

await runTests({
  async 'without a network, every page says so, and goes on by itself'() {
    const page = await openReady(server.origin);
    await page.context().setOffline(true);
    for (const path of ['/dashboard', '/speak', '/jobs/00000000-0000-7000-8000-000000000000', '/']) {
      await page.goto(server.origin + path);
      await page.waitForSelector('h1:text-is("You are offline")');
    }
    await checkAccess(page, 'offline');
    await page.goto(`${server.origin}/speak`);
    await page.waitForSelector('h1:text-is("You are offline")');
    await page.click('button:text-is("Try again")');
    await page.context().setOffline(false);
    await page.waitForSelector('vat-speak textarea');
    await page.waitForSelector('vat-away', { state: 'detached' });
    forgive(page);
    await close(page);
  },

  async 'it is shown in the language of the reader'() {
    const context = await browser.newContext({ locale: 'de-DE' });
    const page = await context.newPage();
    await page.goto(`${server.origin}/dashboard`);
    await page.waitForFunction(isActivated);
    await context.setOffline(true);
    await page.reload();
    await page.waitForSelector('h1:text-is("Sie sind offline")');
    await context.close();
  },

  async 'without the service, the page waits for it, and nothing of the API was kept'() {
    const page = await openReady(server.origin);
    await server.stop();
    await page.reload();
    await page.waitForSelector('h1:text-is("The service does not answer")');
    await server.start();
    await page.waitForSelector('vat-library', { timeout: 60_000 });
    const kept = await page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat());
    assert.ok(kept.length > 10);
    assert.deepEqual(kept.filter((path) => !path.startsWith('/assets/')), ['/dashboard']);
    forgive(page);
    await close(page);
  },

  async 'a new version takes over, and the one before stays for pages that are open'() {
    let version = null;
    const front = http.createServer((request, response) => {
      const inner = http.request(server.origin + request.url, { method: request.method, headers: { ...request.headers, host: new URL(server.origin).host } }, async (answer) => {
        if (request.url !== '/worker.js') return response.writeHead(answer.statusCode, answer.headers), answer.pipe(response);
        let text = (await answer.setEncoding('utf8').toArray()).join('');
        if (version) text = text.replace(/version:"\w+"/, `version:"${version}"`);
        const { 'content-encoding': _, 'content-length': __, etag: ___, ...headers } = answer.headers;
        return response.writeHead(answer.statusCode, headers).end(text);
      });
      inner.on('error', () => response.destroy());
      response.on('close', () => inner.destroy());
      if (request.url === '/worker.js') for (const name of ['accept-encoding', 'if-none-match']) inner.removeHeader(name);
      request.pipe(inner);
    }).listen(0, '127.0.0.1');
    await once(front, 'listening');
    const page = await openReady(`http://127.0.0.1:${front.address().port}`);
    const [first] = await shells(page);
    const update = async (name, wanted) => {
      version = name;
      await page.reload();
      await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
      await eventually(`version ${name} is in charge`, 20, async () => (await shells(page)).join() === wanted.join());
      await page.waitForFunction(isActivated);
    };
    await update('two', [first, 'vat-shell-two']);
    await update('three', ['vat-shell-two', 'vat-shell-three']);
    await page.context().setOffline(true);
    await page.reload();
    await page.waitForSelector('h1:text-is("You are offline")');
    forgive(page);
    await close(page);
    front.closeAllConnections();
    front.close();
  },

  async 'a file that a phone shares is asked about in a tab, uploaded, and kept no longer'() {
    const page = await openReady(server.origin);
    await share(page, { files: [{ name: 'shared.wav', bytes: wav }] });
    await page.waitForSelector('text=shared.wav was shared with this application.');
    assert.equal((await jobs('?q=shared')).length, 0);
    await page.click('button:text-is("Upload")');
    await eventually('it is a job', 20, async () => (await jobs('?q=shared')).length === 1);
    await page.waitForSelector('vat-row a:text-is("shared.wav")');
    await page.reload();
    await page.waitForSelector('vat-row a:text-is("shared.wav")');
    assert.equal(await page.locator('vat-toasts :text("shared with this application")').count(), 0);
    await close(page);
  },

  async 'in the application of the phone, what is shared goes at once, also what came while there was no network'() {
    const context = await launchApp(`${folder}/profile`, `${server.origin}/dashboard`);
    const [page] = context.pages();
    await page.waitForFunction(isActivated);
    await context.setOffline(true);
    await share(page, { files: ['first', 'second'].map((name) => ({ name: `${name} away.wav`, bytes: wav })) });
    await page.waitForSelector('vat-away');
    await context.setOffline(false);
    await eventually('both are jobs', 60, async () => (await jobs('?q=away')).length === 2);
    await context.close();
  },

  async 'a link that a phone shares stands in its field, and nothing is fetched yet'() {
    const page = await openReady(server.origin);
    await share(page, { fields: { text: 'Look at this: https://example.com/talk.mp4' } });
    await page.waitForFunction(() => document.querySelector('vat-link-form input')?.value === 'https://example.com/talk.mp4');
    await page.waitForURL((url) => url.search === '');
    assert.equal((await jobs()).filter(({ source_url: url }) => url).length, 0);
    await close(page);
  },

  async 'what is shared before the worker is there is said to be lost'() {
    const context = await browser.newContext({ serviceWorkers: 'block' });
    const page = await context.newPage();
    await page.goto(`${server.origin}/dashboard`);
    await share(page, { files: [{ name: 'lost.wav', bytes: wav }] });
    await page.waitForSelector('text=What was shared did not arrive');
    await context.close();
    await browser.close();
  },
}, server);

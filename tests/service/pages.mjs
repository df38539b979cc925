// The pages of a service where people sign in: visitors, links, settings, administration. In a real browser, with a real
// OpenID provider. The service is localhost and everything else 127.0.0.1, so that these are two sites.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { once } from 'node:events';
import { checkAccess, close, launch, openPage } from './browser.mjs';
import { answerAs, signInFlags, startIssuer } from './issuer.mjs';
import { Server, eventually, freePort, makeSpeech, runTests } from './server.mjs';

const port = await freePort();
const site = `http://localhost:${port}`;
const server = new Server({ flags: [...signInFlags(site, { Acme: await startIssuer(site) }), '--link-networks', '127.0.0.1', '--stored-limit', '20000000'], online: true });
server.port = port;
await server.start();
const browser = await launch();
const wav = fs.readFileSync(await makeSpeech('talk.wav', 'One two three four five.'));

/** A page of somebody who has signed in. */
async function openAs(name, path, options) {
  const page = await openPage(browser, site, '/auth/login?return=/auth/providers', options);
  await answerAs(page, site, name);
  page.complaints = [];
  await page.goto(site + path);
  return page;
}
/** A request of the page's user. */
const api = (page, path, init = {}) => page.evaluate(async ([url, { json, ...rest }]) => {
  const { csrf_token: token } = await (await fetch('/api/v1/me')).json();
  const headers = { 'X-CSRF-Token': token, ...(json && { 'Content-Type': 'application/json' }), ...rest.headers };
  const answer = await fetch(url, { ...rest, headers, ...(json && { body: JSON.stringify(json) }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return text && JSON.parse(text);
}, [path, init]);
/** A finished recording of the page's user. */
async function finished(page, title) {
  const { items: [{ id }] } = await page.evaluate(async ([name, bytes]) => {
    const { csrf_token: token } = await (await fetch('/api/v1/me')).json();
    const form = new FormData();
    for (const [field, value] of [['title', name], ['speech', 'false']]) form.append(field, value);
    form.append('file', new Blob([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))]), 'talk.wav');
    return (await fetch('/api/v1/jobs', { method: 'POST', body: form, headers: { 'X-CSRF-Token': token } })).json();
  }, [title, wav.toString('base64')]);
  await eventually('it is done', 60, async () => (await api(page, `/api/v1/jobs/${id}`)).state === 'completed');
  return id;
}

await runTests({
  async 'a link becomes a recording while one watches, with the options that were chosen'() {
    const half = wav.length >> 1;
    let release;
    const other = http.createServer((request, response) => {
      response.writeHead(200, { 'Content-Type': 'audio/wav', 'Content-Length': wav.length, 'Content-Disposition': 'attachment; filename="From afar.wav"' });
      response.write(wav.subarray(0, half));
      release = () => response.end(wav.subarray(half));
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const page = await openAs('ann', '/dashboard');
    await page.click('vat-options summary');
    await page.check('label:has-text("Several languages are spoken") input');
    await page.fill('vat-link-form input', 'talk.wav');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=That is not a link.');
    await page.fill('vat-link-form input', `http://127.0.0.1:${other.address().port}/x`);
    await page.click('button[aria-label="Fetch the recording"]');
    await page.waitForSelector('vat-row:has-text("Fetching")');
    assert.match(await page.textContent('vat-row'), /Fetching · \d+% .*127\.0\.0\.1/);
    await checkAccess(page, 'fetching');
    assert.equal((await api(page, '/api/v1/jobs')).items[0].options.mixed_languages, true);
    await eventually('half of it came', 20, () => release);
    release();
    await page.waitForSelector('vat-row a:text-is("From afar.wav")');
    await page.evaluate((url) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', url);
      document.querySelector('main').dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, 'http://192.0.2.1/private.mp4');
    await eventually('a pasted link is a job too', 10, async () => (await api(page, '/api/v1/jobs')).items[0].source_url === 'http://192.0.2.1/private.mp4');
    await close(page);
    other.close();
  },

  async 'an edit is saved by somebody who signed in, and keeps the languages of its sentences'() {
    const page = await openAs('ann', '/dashboard');
    const id = await finished(page, 'languages.wav');
    const segments = [{ start: 0, end: 1, text: 'One two.' }, { start: 1, end: 2, text: 'Eins zwei.', language: 'de' }];
    await api(page, `/api/v1/jobs/${id}/transcript`, { method: 'PUT', headers: { 'If-Match': '"1"' }, json: { segments } });
    await page.goto(`${site}/jobs/${id}`);
    await page.waitForSelector('vat-text p[lang=de]:text-is("Eins zwei.")');
    await page.dblclick('vat-text p[lang=de]');
    await page.fill('vat-text textarea', 'Eins, zwei, drei.');
    await page.locator('vat-text textarea').blur();
    await page.click('button:text-is("Save")');
    await page.waitForSelector('text=Saved as a new revision.');
    const stored = await api(page, `/api/v1/jobs/${id}/transcript?format=json`);
    assert.deepEqual(stored.segments.map(({ text, language }) => [text.trim(), language]), [['One two.', undefined], ['Eins, zwei, drei.', 'de']]);
    await close(page);
  },

  async 'the browser is closed'() {
    await browser.close();
  },
}, server);

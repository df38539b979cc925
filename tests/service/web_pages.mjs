// What holds for every page: who can use it, how wide it is, how much it loads, and what it says of what is missing. In a real browser on the real service.
import assert from 'node:assert/strict';
import http from 'node:http';
import { once } from 'node:events';
import { startAlone } from './alone.mjs';
import { checkAccess, close } from './browser.mjs';
import { eventually, jobEnd, repeated, runTests } from './server.mjs';

const { browser, server, wav, api, open, finished } = await startAlone(['--link-networks', '127.0.0.1'], { online: true });
const budget = 100_000;
const pages = ['/dashboard', '/speak', '/settings'];

await runTests({
  async 'keys and webhooks are made, shown once, and removed'() {
    const page = await open('/settings');
    await page.fill('vat-keys input', 'laptop');
    await page.click('button:text-is("Create key")');
    assert.match(await page.textContent('vat-keys code'), /^vat_/);
    await page.click('button[aria-label="Remove laptop"]');
    await page.click('vat-toasts button[aria-label="Dismiss"]');
    await eventually('the key is removed', 10, async () => (await api('/api/v1/keys')).items.length === 0);
    await page.fill('vat-webhooks input', 'https://example.com/hook');
    await page.click('button:text-is("Add webhook")');
    assert.match(await page.textContent('vat-webhooks code'), /^whsec_/);
    await page.click('button[aria-label="Deliveries to https://example.com/hook"]');
    await page.waitForSelector('text=Nothing was sent yet.');
    await close(page);
  },

  async 'a page that does not exist, and a recording that does not, say so'() {
    for (const [path, text] of [['/nowhere', 'This page does not exist'], ['/jobs/00000000-0000-7000-8000-000000000000', 'This recording does not exist']]) {
      const page = await open(path);
      await page.waitForSelector(`h1:text-is("${text}")`);
      await checkAccess(page, path);
      page.complaints = page.complaints.filter((complaint) => !complaint.includes('404'));
      await close(page);
    }
  },

  async 'nothing is complained of where a recording failed, was cancelled, or waits'() {
    const made = async (title) => {
      const form = new FormData();
      for (const [name, value] of [['title', title], ['speech', 'false']]) form.append(name, value);
      form.append('file', new Blob([repeated(wav, 100)]), 'talk.wav');
      return (await api('/api/v1/jobs', { method: 'POST', body: form })).items[0].id;
    };
    const cancel = (id) => api(`/api/v1/jobs/${id}/cancel`, { method: 'POST' });
    // Two are worked on at once, so that the others wait.
    const running = [await made('one'), await made('two')];
    const [waiting, cancelled] = [await made('waits'), await made('given up')];
    await cancel(cancelled);
    const nothing = http.createServer((_, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
    await once(nothing, 'listening');
    const link = await api('/api/v1/jobs', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ url: `http://127.0.0.1:${nothing.address().port}/talk.mp4` }) });
    const failed = link.items[0].id;
    await jobEnd(server.origin, cancelled);
    const shown = async (id, text) => {
      const page = await open(`/jobs/${id}`);
      await page.waitForSelector(`vat-recording .card p:has-text("${text}")`);
      await page.waitForLoadState('load');
      await page.waitForTimeout(300);
      await close(page);
    };
    await shown(waiting, 'Waiting');
    await shown(cancelled, 'Cancelled');
    for (const id of [...running, waiting]) await cancel(id);
    assert.equal((await jobEnd(server.origin, failed)).state, 'failed');
    await shown(failed, '404');
    nothing.close();
  },

  async 'every page can be used by everybody, in both themes'() {
    const { id } = await finished('access.wav');
    for (const colorScheme of ['light', 'dark']) {
      const page = await open('/dashboard', { colorScheme });
      for (const path of [...pages, `/jobs/${id}`]) {
        await page.goto(server.origin + path);
        await page.waitForSelector(path.startsWith('/jobs') ? 'vat-text p' : 'h1');
        if (path === '/dashboard') await page.click('vat-options summary');
        await page.waitForTimeout(300);
        await checkAccess(page, `${path} ${colorScheme}`);
      }
      await close(page);
    }
  },

  async 'nothing is wider than a phone, in any language'() {
    const { id } = await finished('a recording with a rather long title that goes on and on.wav');
    for (const language of ['en', 'de', 'es', 'zh', 'ar']) {
      const page = await open('/dashboard', { viewport: { width: 360, height: 740 }, locale: language, hasTouch: true, isMobile: true });
      for (const path of [...pages, `/jobs/${id}`]) {
        await page.goto(server.origin + path);
        await page.waitForSelector(path.startsWith('/jobs') ? 'vat-text p' : 'h1');
        assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.scrollWidth]), [language, 360], path);
        const squeezed = await page.evaluate(() => [...document.querySelectorAll('main p, main button, main label')].filter((part) => part.clientHeight > 100 && part.clientWidth < 60).map((part) => part.textContent.trim()));
        assert.deepEqual(squeezed, [], path);
      }
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).direction), language === 'ar' ? 'rtl' : 'ltr');
      await close(page);
    }
  },

  async 'the first page is small, and nothing on it moves'() {
    const page = await open('/settings');
    const sizes = [];
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    await network.send('Network.setCacheDisabled', { cacheDisabled: true });
    network.on('Network.responseReceived', ({ requestId, response, type }) => ['Script', 'Stylesheet'].includes(type) && sizes.push({ requestId, url: response.url, bytes: 0 }));
    network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const found = sizes.find((each) => each.requestId === requestId);
      if (found) found.bytes = encodedDataLength;
    });
    await page.goto(server.origin + '/dashboard');
    await page.waitForSelector('vat-row');
    await page.waitForTimeout(500);
    const sum = sizes.reduce((total, { bytes }) => total + bytes, 0);
    assert.ok(sizes.length > 2 && sum > 10_000 && sum < budget, `${sum} bytes of script and style`);
    assert.equal(await page.evaluate(() => globalThis.shifts), 0);
    const { items } = await api('/api/v1/jobs?state=completed&kind=process&limit=1');
    await page.goto(`${server.origin}/jobs/${items[0].id}`);
    await page.waitForSelector('vat-downloads a[download]');
    await page.waitForFunction(() => document.querySelector('audio, video')?.readyState >= 1);
    assert.equal(await page.evaluate(() => globalThis.shifts), 0, 'and nothing on that of a recording');
    await page.goto(`${server.origin}/dashboard?q=three`);
    await page.waitForSelector('vat-hits li');
    await page.waitForSelector('h2:text-is("In titles")');
    await page.waitForTimeout(500);
    assert.equal(await page.evaluate(() => globalThis.shifts), 0, 'nor where words are found');
    await close(page);
    await browser.close();
  },
}, server);

// The document is served unchanged in every encoding, and both pages show it in a real browser without errors and
// without requests to any other server. Screenshots are left in the folder VAT_SCREENSHOTS, if that is set.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import zlib from 'node:zlib';
import { launch } from './browser.mjs';
import { document } from './document.mjs';
import { Server, runTests } from './server.mjs';

const server = await new Server().start();
const source = fs.readFileSync(new URL('../../src/api/openapi.json', import.meta.url));
const summaries = Object.values(document.paths).flatMap((item) => ['get', 'post', 'put', 'patch', 'delete'].flatMap((method) => item[method]?.summary ?? []));

/** fetch() would decode the body. */
const get = (url, headers) => new Promise((resolve, reject) => http.get(server.origin + url, { headers }, (answer) => {
  const parts = [];
  answer.on('data', (part) => parts.push(part)).on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
}).on('error', reject));

async function open(url, look) {
  const browser = await launch();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const complaints = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== server.origin) complaints.push(`foreign: ${request.url()}`);
    });
    await page.goto(server.origin + url);
    await look(page);
    if (process.env.VAT_SCREENSHOTS) await page.screenshot({ path: path.join(process.env.VAT_SCREENSHOTS, `${url.slice(1)}.png`) });
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
}

await runTests({
  async 'the document is the one of the sources, plain and compressed'() {
    const etags = new Set();
    for (const [encoding, decode] of [['identity', (bytes) => bytes], ['gzip', zlib.gunzipSync], ['br', zlib.brotliDecompressSync]]) {
      const answer = await get('/openapi.json', { 'Accept-Encoding': encoding });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers['content-type'], 'application/json');
      assert.equal(answer.headers['content-encoding'] ?? 'identity', encoding);
      assert.match(answer.headers.vary ?? '', /accept-encoding/i);
      assert.ok(decode(answer.body).equals(source), 'it is another document');
      assert.match(answer.headers.etag, new RegExp(crypto.createHash('sha256').update(source).digest('hex').slice(0, 16)));
      assert.equal((await get('/openapi.json', { 'Accept-Encoding': encoding, 'If-None-Match': answer.headers.etag })).status, 304);
      etags.add(answer.headers.etag);
    }
  },

  async 'the big scripts come compressed'() {
    for (const url of ['/docs/swagger-ui-bundle.js', '/redoc/redoc.standalone.js']) {
      const plain = await get(url, {});
      const small = await get(url, { 'Accept-Encoding': 'gzip, deflate, br' });
      assert.equal(small.headers['content-encoding'], 'br');
      assert.ok(small.body.length * 3 < plain.body.length);
      assert.ok(zlib.brotliDecompressSync(small.body).equals(plain.body));
    }
  },

  async '/docs shows every operation'() {
    await open('/docs', async (page) => {
      await page.waitForSelector('.opblock', { timeout: 60_000 });
      const text = await page.textContent('body');
      for (const summary of summaries) assert.ok(text.includes(summary), summary);
      await page.click('#operations-Catalogue-getLimits button.opblock-summary-control');
      await page.click('#operations-Catalogue-getLimits .execute');
      await page.waitForSelector('#operations-Catalogue-getLimits .live-responses-table .response .microlight', { timeout: 20_000 });
      assert.match(await page.textContent('#operations-Catalogue-getLimits .live-responses-table'), /upload_bytes/);
    });
  },

  async '/redoc shows every operation'() {
    await open('/redoc', async (page) => {
      await page.waitForSelector('[data-section-id]', { timeout: 60_000 });
      await page.waitForFunction((last) => globalThis.document.body.textContent.includes(last), summaries.at(-1), { timeout: 60_000 });
      const text = await page.textContent('body');
      for (const summary of summaries) assert.ok(text.includes(summary), summary);
    });
  },

  async 'a trailing slash leads to the page'() {
    assert.equal((await get('/docs/', {})).status, 308);
  },
}, server);

// The page that speaks a text, in a real browser: heard while it is made, kept as the same file that the API sends.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { checkAccess, close, launch, openPage } from './browser.mjs';
import { Server, eventually, runTests } from './server.mjs';

const server = await new Server({ flags: ['--speech-engine', 'flite'] }).start();
const browser = await launch();
const long = Array.from({ length: 30 }, (_, number) => `Sentence ${number} is one of many that take their time to be spoken.`).join(' ');

/** The page with the text, in this format. */
async function openWith(text, format) {
  const page = await openPage(browser, server.origin, '/speak');
  await page.fill('#speak-text', text);
  await page.getByLabel('Format').selectOption(format);
  return page;
}
const spoken = (body) => fetch(`${server.origin}/api/v1/speech`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
const time = (page) => page.evaluate(() => document.querySelector('vat-speak audio')?.currentTime ?? 0);

await runTests({
  async 'a text is heard before all of it has come, and kept as what the API sends'() {
    for (const format of ['mp3', 'm4a']) {
      const page = await openWith(long, format);
      const network = await page.context().newCDPSession(page);
      await network.send('Network.enable');
      const whole = Buffer.from(await (await spoken({ text: long, language: 'en', speed: 1, audio_format: format })).arrayBuffer());
      await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: whole.length / 8, uploadThroughput: -1 });
      await page.click('button:text-is("Listen")');
      await eventually(`${format} is heard`, 30, async () => (await time(page)) > 0.5);
      assert.equal(await page.locator('vat-speak a[download]').count(), 0, 'it is still coming');
      await page.waitForSelector('vat-speak :text("Speaking …")');
      await checkAccess(page, `while ${format} comes`);
      await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('vat-speak a[download]')]);
      assert.equal(download.suggestedFilename(), `speech.${format}`);
      assert.ok(fs.readFileSync(await download.path()).equals(whole), `${format}: the bytes of the API`);
      assert.ok(await page.evaluate(() => document.querySelector('vat-speak audio').duration > 60), 'its length is known');
      await close(page);
    }
  },

  async 'what cannot be played in pieces is heard when it is there'() {
    for (const format of ['wav', 'opus', 'flac']) {
      const page = await openWith('Hello there.', format);
      await page.click('button:text-is("Listen")');
      await eventually(`${format} is heard to its end`, 30, async () => (await time(page)) > 0.3);
      await page.waitForSelector('vat-speak a[download]');
      await close(page);
    }
  },

  async 'it can be heard again, and stopped'() {
    const page = await openWith('Hello there.', 'mp3');
    await page.click('button:text-is("Listen")');
    await page.waitForSelector('vat-speak a[download]');
    await page.waitForFunction(() => document.querySelector('vat-speak audio').src === document.querySelector('vat-speak a[download]').href, undefined, { timeout: 30_000 });
    await page.evaluate(() => document.querySelector('vat-speak audio').play());
    await eventually('again', 10, async () => (await time(page)) > 0.2);
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: 20_000, uploadThroughput: -1 });
    await page.fill('#speak-text', long);
    await page.click('button:text-is("Listen")');
    await page.waitForSelector('vat-speak :text("Speaking …")');
    await page.click('button:text-is("Stop")');
    await page.waitForSelector('button:text-is("Listen")');
    assert.equal(await page.locator('vat-speak a[download], vat-toasts p').count(), 0);
    await close(page);
  },

  async 'a text becomes a file of the library'() {
    const page = await openWith('Hello there.', 'mp3');
    await page.click('button:text-is("Make a file")');
    await page.waitForURL(/\/jobs\//);
    await page.waitForFunction(() => document.querySelector('vat-player audio')?.duration > 0.3, undefined, { timeout: 60_000 });
    await close(page);
    await browser.close();
  },
}, server);

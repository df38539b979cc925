// VAT_PROGRAM=build/release/apps/vat/vat node bench/web/library.mjs [JOBS]: how the library and a long transcript behave in Chromium,
// with 5,000 finished jobs and 10 hours of text by default. Prints one figure a line. The jobs are copies of one, made in the
// database by Python's sqlite3, because recognising 5,000 recordings takes longer than looking at them.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { launch, openPage } from '../../tests/service/browser.mjs';
import { percentile, say, startWithOne } from './figures.mjs';

const count = Number(process.argv[2] ?? 5000);
const copies = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
names = [row[1] for row in db.execute("PRAGMA table_info(jobs)")]
row = dict(zip(names, db.execute("SELECT * FROM jobs").fetchone()))
for number in range(int(sys.argv[2])):
    title = f"Recording {number} of a long series.wav"
    copy = {**row, "id": f"01900000-0000-7000-8000-{number:012x}", "title": title, "title_folded": title.lower()}
    db.execute(f"INSERT INTO jobs ({','.join(names)}) VALUES ({','.join('?' * len(names))})", [copy[name] for name in names])
db.commit()
`;

const { server, id } = await startWithOne();
const segments = Array.from({ length: 5000 }, (_, index) => ({ start: index * 7.2, end: index * 7.2 + 7, text: `Sentence ${index}: ${'the words of somebody who speaks for ten hours '.repeat(2)}and so on.` }));
const stored = await fetch(`${server.origin}/api/v1/jobs/${id}/transcript`, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'If-Match': '"1"' }, body: JSON.stringify({ segments }) });
if (!stored.ok) throw new Error(await stored.text());
await server.stop();
execFileSync('python3', ['-c', copies, path.join(server.data, 'vat.db'), String(count)]);
await server.start();
const browser = await launch();

/** Milliseconds from the start of the navigation to the first content, and to what `selector` waits for; layout shift. */
async function firstLoad(url, selector, slow) {
  const page = await openPage(browser, server.origin, '/speak', slow ? { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true } : {});
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.clearBrowserCache');
  if (slow) {
    // Lighthouse's "Slow 4G" and its slowdown of the processor.
    await session.send('Network.emulateNetworkConditions', { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 });
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  }
  await page.goto(server.origin + url, { waitUntil: 'commit' });
  await page.waitForSelector(selector);
  const shown = await page.evaluate(() => performance.now());
  const first = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN);
  await page.waitForTimeout(1000);
  const name = `${url.startsWith('/jobs') ? 'transcript of 10 h' : 'library'}, ${slow ? 'slow phone' : 'this machine'}`;
  say(`${name}: first content`, first);
  say(`${name}: what one came for`, shown);
  say(`${name}: layout shift`, (await page.evaluate(() => globalThis.shifts)).toFixed(4), '');
  return page;
}

/** How long each frame took while the page scrolled down for three seconds. */
async function scroll(page, what) {
  const frames = await page.evaluate(() => new Promise((resolve) => {
    const times = [];
    let last = performance.now();
    const begin = last;
    const step = (now) => {
      times.push(now - last);
      last = now;
      scrollBy(0, 120);
      if (now - begin < 3000) requestAnimationFrame(step);
      else resolve(times.slice(1));
    };
    requestAnimationFrame(step);
  }));
  say(`${what}: frame while scrolling, median`, percentile(frames, 0.5));
  say(`${what}: frame while scrolling, 95 %`, percentile(frames, 0.95));
}

await (await firstLoad('/dashboard', 'vat-row', true)).context().close();
const library = await firstLoad('/dashboard', 'vat-row', false);
const begin = performance.now();
for (;;) {
  const rows = await library.evaluate(() => (scrollTo(0, document.documentElement.scrollHeight), document.querySelectorAll('vat-row').length));
  if (rows > count) break;
  if (performance.now() - begin > 120_000) throw new Error(`only ${rows} rows came`);
  await library.waitForTimeout(10);
}
say(`library: all ${count} rows are there`, performance.now() - begin);
await library.evaluate(() => scrollTo(0, 0));
await scroll(library, `library, ${count} rows`);
const change = await library.evaluate(async () => {
  const box = document.querySelector('vat-row input[type=checkbox]');
  const start = performance.now();
  box.click();
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return performance.now() - start;
});
say(`library, ${count} rows: from a click on one to the next frame`, change);
await library.context().close();
await (await firstLoad(`/jobs/${id}`, 'vat-text p', true)).context().close();
const recording = await firstLoad(`/jobs/${id}`, 'vat-text p', false);
await scroll(recording, 'transcript of 10 h');
await recording.context().close();
await browser.close();
await server.stop();
process.exit(0);

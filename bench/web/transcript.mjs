// VAT_PROGRAM=build/release/apps/vat/vat node bench/web/transcript.mjs [RUNS]: a transcript of ten hours in Chromium: 100,000 words
// with their times, 5,000 sentences. Prints one figure a line: opening it, scrolling, and how long a key waits for the next
// picture. The text is put into the database by Python's sqlite3, because recognising ten hours takes longer than reading them.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { launch, openPage } from '../../tests/service/browser.mjs';
import { percentile, say, startWithOne } from './figures.mjs';

const runs = Number(process.argv[2] ?? 5);
const lengthen = `
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
document = json.loads(db.execute("SELECT document FROM transcripts").fetchone()[0])
spoken = "so what we have seen in these ten hours is that people speak about what they know and what others".split()
template = {name: value for name, value in document["segments"][0].items() if name not in ("words", "text", "start", "end")}
segments = []
for index in range(5000):
    start, said = index * 7200, spoken[index % 7:] + spoken[:index % 7]
    said = [said[0].title(), *said[1:-1], said[-1] + "."]
    words = [{"start": start + 350 * at, "end": start + 350 * at + 300, "text": word, "confidence": 0.9} for at, word in enumerate(said)]
    segments.append({**template, "start": start, "end": start + 7000, "text": " ".join(said), "words": words})
document.update(segments=segments, duration=36000000)
db.execute("UPDATE transcripts SET document = ?", [json.dumps(document)])
db.execute("UPDATE jobs SET duration = 36000000")
db.commit()
print(sum(len(segment["words"]) for segment in segments))
`;
const sayAll = (what, values) => {
  say(`${what}, median`, percentile(values, 0.5));
  say(`${what}, 95 %`, percentile(values, 0.95));
  say(`${what}, longest`, Math.max(...values));
};

const { server, id } = await startWithOne();
await server.stop();
say('words', Number(execFileSync('python3', ['-c', lengthen, path.join(server.data, 'vat.db')])), '');
await server.start();
const answer = await fetch(`${server.origin}/api/v1/jobs/${id}/transcript?format=json`);
if (!answer.ok) throw new Error(await answer.text());
say('the transcript as the page fetches it', (await answer.arrayBuffer()).byteLength / 1e6, 'MB');
const browser = await launch();

/** From the start of the navigation until the first sentence is painted, and from the last byte of the transcript. */
async function opening() {
  const page = await openPage(browser, server.origin, '/settings');
  await page.addInitScript(() => {
    const watch = new MutationObserver(() => {
      if (!document.querySelector('vat-text p')) return;
      watch.disconnect();
      requestAnimationFrame(() => setTimeout(() => (globalThis.painted = performance.now())));
    });
    watch.observe(document, { childList: true, subtree: true });
  });
  await page.goto(`${server.origin}/jobs/${id}`, { waitUntil: 'commit' });
  await page.waitForFunction(() => globalThis.painted);
  const times = await page.evaluate(() => ({ shown: globalThis.painted, received: performance.getEntriesByType('resource').find(({ name }) => name.includes('/transcript?')).responseEnd }));
  return { page, ...times };
}

/** How long each frame took while the page scrolled for three seconds, `step` pixels each. */
const scroll = (page, step) => page.evaluate((pixels) => new Promise((resolve) => {
  const times = [];
  const begin = performance.now();
  let last = begin;
  const next = (now) => {
    times.push(now - last);
    last = now;
    scrollBy(0, pixels);
    if (now - begin < 3000) requestAnimationFrame(next);
    else resolve(times.slice(2));
  };
  requestAnimationFrame(next);
}), step);

/** From each key until the picture after it is there. */
async function keys(page, pressed) {
  await page.evaluate(() => {
    globalThis.waits = [];
    globalThis.watch ??= addEventListener('keydown', () => {
      const begin = performance.now();
      requestAnimationFrame(() => setTimeout(() => globalThis.waits.push(performance.now() - begin)));
    }, true) ?? true;
  });
  for (const key of pressed) {
    await page.keyboard.press(key);
    await page.waitForTimeout(40);
  }
  return page.evaluate(() => globalThis.waits);
}

const shown = [];
const drawn = [];
for (let run = 0; run < runs; ++run) {
  const opened = await opening();
  shown.push(opened.shown);
  drawn.push(opened.shown - opened.received);
  await opened.page.context().close();
}
sayAll('opening, from the click to the first sentence', shown);
sayAll('of which after the last byte of the transcript', drawn);
const { page } = await opening();
await page.waitForFunction(() => document.querySelectorAll('vat-text li').length === 5000);
sayAll('a frame while scrolling', await scroll(page, 120));
sayAll('a frame while scrolling fast, 40 sentences each', await scroll(page, 1600));
await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
await page.waitForTimeout(500);
const middle = await page.evaluate(() => [...document.querySelectorAll('vat-text li')].find((row) => row.getBoundingClientRect().top > innerHeight / 2).dataset.key);
await page.dblclick(`vat-text [data-key="${middle}"] p`);
await page.waitForSelector('vat-text textarea');
sayAll('a letter, from the key to the picture', await keys(page, [...'the quick brown fox jumps over the lazy dog and runs away']));
sayAll('the next sentence, from the key to the picture', await keys(page, Array(10).fill('Enter')));
sayAll('splitting and joining, from the key to the picture', await keys(page, Array(5).fill(['ArrowRight', 'ArrowRight', 'ArrowRight', 'Control+Enter', 'Backspace']).flat()));
await page.keyboard.press('Escape');
await page.locator('main').focus();
sayAll('undo, from the key to the picture', await keys(page, Array(5).fill('Control+z')));
say('layout shift', await page.evaluate(() => globalThis.shifts.toFixed(4)), '');
await page.context().close();
await browser.close();
await server.stop();
process.exit(0);

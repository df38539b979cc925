// VAT_PROGRAM=build/release/apps/vat/vat node scripts/screenshots.mjs FOLDER: pictures of every page of the web application, at
// four widths in both themes, and of some in a language that is written from the right. The recordings in them are spoken by
// our own voices. With VAT_ENGINE=whisper, Whisper's model must be in the cache (VAT_CACHE).
import fs from 'node:fs';
import path from 'node:path';
import { launch } from '../tests/service/browser.mjs';
import { Server, jobEnd, makeSpeech } from '../tests/service/server.mjs';

const out = process.argv[2];
if (!out) throw new Error('Name the folder for the pictures.');
fs.mkdirSync(out, { recursive: true });

const stories = [
  ['Interview with the harbour master.wav', 'The harbour has two basins. The older one was dug by hand. Ships of more than eighty metres wait outside for the tide. In winter the fog can close it for days, and then nobody works. I have kept this book for thirty years, and I still like the first hour of the morning best.'],
  ['Lecture 3: rivers and their deltas.wav', 'A river that meets the sea lets go of what it carries. First it drops the gravel, then the sand, and at last the finest mud. So a delta grows outwards, one layer at a time. Three things decide its shape: the river, the waves, and the tide.'],
  ['Team meeting, Monday.wav', 'Good morning everybody. We begin with the list of last week. The new search is ready, and two of you have tried it. Please write down what you missed. We meet again on Thursday.'],
];

const server = await new Server({ engine: process.env.VAT_ENGINE ?? 'pocketsphinx', env: process.env.VAT_CACHE ? { VAT_CACHE: process.env.VAT_CACHE } : {} }).start();
const browser = await launch();
let id;
for (const [title, text] of stories) {
  const form = new FormData();
  for (const [name, value] of [['title', title], ['speech', String(!id)]]) form.append(name, value);
  form.append('file', new Blob([fs.readFileSync(await makeSpeech('story.wav', text))]), title);
  const made = await (await fetch(`${server.origin}/api/v1/jobs`, { method: 'POST', body: form })).json();
  const job = await jobEnd(server.origin, made.items[0].id);
  // What was said is known, so that the pictures show no mistakes of a small recogniser.
  const sentences = text.match(/[^.:]+[.:]/g).map((sentence) => sentence.trim());
  const letters = sentences.reduce((sum, sentence) => sum + sentence.length, 0);
  let at = 0;
  const segments = sentences.map((sentence) => ({ start: (at / letters) * job.duration_seconds, end: ((at += sentence.length) / letters) * job.duration_seconds, text: sentence }));
  await fetch(`${server.origin}/api/v1/jobs/${job.id}/transcript`, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'If-Match': '"1"' }, body: JSON.stringify({ segments }) });
  id ??= job.id;
}

const pages = { library: '/dashboard', search: '/dashboard?q=tide', recording: `/jobs/${id}?t=6`, speak: '/speak', settings: '/settings', missing: '/nowhere' };
async function take(width, colorScheme, locale, suffix) {
  const context = await browser.newContext({ viewport: { width, height: width < 500 ? 740 : 900 }, colorScheme, locale });
  const page = await context.newPage();
  for (const [name, url] of Object.entries(pages)) {
    await page.goto(server.origin + url);
    await page.waitForSelector(name === 'recording' ? 'vat-text p' : 'h1');
    await page.waitForTimeout(700);
    await page.screenshot({ path: path.join(out, `${name}-${suffix}.png`) });
  }
  await context.close();
}
for (const width of [360, 768, 1280, 1920]) for (const theme of ['light', 'dark']) await take(width, theme, 'en', `${width}-${theme}`);
for (const width of [360, 1280]) await take(width, 'light', 'ar', `${width}-ar`);
await browser.close();
await server.stop();
process.exit(0);

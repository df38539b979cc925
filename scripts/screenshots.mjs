// VAT_PROGRAM=build/release/apps/vat/vat node scripts/screenshots.mjs FOLDER: pictures of every page of the web application, at
// four widths in both themes, and of some in a language that is written from the right, with the recordings of `vat demo`.
import fs from 'node:fs';
import path from 'node:path';
import { launch } from '../tests/service/browser.mjs';
import { Server, folder, program, run } from '../tests/service/server.mjs';

const out = process.argv[2];
if (!out) throw new Error('Name the folder for the pictures.');
fs.mkdirSync(out, { recursive: true });

const data = path.join(folder, 'data');
await run(program, ['demo', '--data', data]);
const server = await new Server({ data }).start();
const browser = await launch();
const { items } = await (await fetch(`${server.origin}/api/v1/jobs`)).json();
const idOf = (title) => items.find((job) => job.title.startsWith(title)).id;

const pages = { library: '/dashboard', search: '/dashboard?q=tide', recording: `/jobs/${idOf('Interview')}?t=6`, video: `/jobs/${idOf('Lecture')}?t=9`, speak: '/speak', settings: '/settings', missing: '/nowhere' };
async function take(width, colorScheme, locale, suffix) {
  const context = await browser.newContext({ viewport: { width, height: width < 500 ? 740 : 900 }, colorScheme, locale });
  const page = await context.newPage();
  for (const [name, url] of Object.entries(pages)) {
    await page.goto(server.origin + url);
    await page.waitForSelector(url.startsWith('/jobs/') ? 'vat-text p' : 'h1');
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

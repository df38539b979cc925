// VAT_PROGRAM=build/release/apps/vat/vat node bench/web/first.mjs [OTHER_PROGRAM] [RUNS]: how long a phone on a slow network waits for a
// page that it has never seen, with nothing in its cache, in Chromium: until there is content, until there is what one came
// for, and how far things moved; medians. Another program is measured in turns with the first, so that both meet the same
// machine.
import fs from 'node:fs';
import { launch, openPage } from '../../tests/service/browser.mjs';
import { Server, folder, jobEnd, makeSpeech, program } from '../../tests/service/server.mjs';

const programs = [program, process.argv[2]].filter(Boolean);
const runs = Number(process.argv[3] ?? 5);
const wav = fs.readFileSync(await makeSpeech('talk.wav', 'One two three.'));
const browser = await launch();

/** A service of the program, with thirty recordings. */
async function start(which, number) {
  const server = new Server({ data: `${folder}/first-${number}`, program: which });
  await server.start();
  let id = '';
  for (let count = 0; count < 30; count++) {
    const form = new FormData();
    form.append('speech', 'false');
    form.append('file', new Blob([wav]), `Recording ${count}.wav`);
    id = (await (await fetch(`${server.origin}/api/v1/jobs`, { method: 'POST', body: form })).json()).items[0].id;
  }
  await jobEnd(server.origin, id, 600);
  return { name: number === 0 ? 'this' : 'other', server, pages: [['/dashboard', 'vat-row'], [`/jobs/${id}`, 'vat-text p'], ['/speak', 'vat-speak textarea']] };
}

/** Milliseconds from the start of the navigation. */
async function visit({ server }, path, selector) {
  const page = await openPage(browser, server.origin, '/healthz', { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, serviceWorkers: 'block' });
  const session = await page.context().newCDPSession(page);
  // Lighthouse's "Slow 4G" and its slowdown of the processor.
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 });
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.goto(server.origin + path, { waitUntil: 'commit' });
  await page.waitForSelector(selector);
  const shown = await page.evaluate(() => performance.now());
  await page.waitForTimeout(500);
  const [content, shift] = await page.evaluate(() => [performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN, globalThis.shifts]);
  await page.context().close();
  return { content, shown, shift };
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const services = [];
for (const [number, which] of programs.entries()) services.push(await start(which, number));
console.log(`${'page'.padEnd(14)}${'program'.padEnd(10)}${'content ms'.padStart(12)}${'came for ms'.padStart(13)}${'shift'.padStart(9)}`);
for (const index of services[0].pages.keys()) {
  const seen = services.map(() => []);
  for (let run = 0; run < runs; run++) for (const [number, service] of services.entries()) seen[number].push(await visit(service, ...service.pages[index]));
  for (const [number, { name, pages }] of services.entries()) {
    const of = (what) => median(seen[number].map((each) => each[what]));
    const path = pages[index][0].replace(/[0-9a-f-]{36}/, 'ID');
    console.log(`${path.padEnd(14)}${name.padEnd(10)}${of('content').toFixed(0).padStart(12)}${of('shown').toFixed(0).padStart(13)}${of('shift').toFixed(4).padStart(9)}`);
  }
}
await browser.close();
for (const { server } of services) await server.stop();
process.exit(0);

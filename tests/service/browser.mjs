// A real browser for the tests beside this file, which notes everything that it complains about.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const whole = process.env.VAT_CHROMIUM ?? '/usr/bin/chromium';
/** Chromium without what surrounds a page: such a page costs half of the time. */
const bare = '/usr/bin/chromium-headless-shell';

export const launch = () => chromium.launch({ args, executablePath: !process.env.VAT_CHROMIUM && fs.existsSync(bare) ? bare : whole });
/** A window of the page alone, as an installed application has it; the context has it as its first page. */
export const launchApp = (profile, url) => chromium.launchPersistentContext(profile, { args: [...args, `--app=${url}`], executablePath: whole });

/** A page of the service in a session of its own; `complaints`: errors, refusals by its policy, requests to other hosts. */
export async function openPage(browser, origin, path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    // With the option `serviceWorkers: 'block'`, as soon as the page registers its own, if it is still open then.
    if (message.text().startsWith('Service Worker registration blocked by Playwright')) return;
    if (['error', 'warning'].includes(message.type())) page.complaints.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => page.complaints.push(String(error.stack ?? error)));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) page.complaints.push(`foreign: ${request.url()}`);
  });
  await page.addInitScript(() => {
    globalThis.shifts = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => entry.hadRecentInput || (globalThis.shifts += entry.value))).observe({ type: 'layout-shift', buffered: true });
    addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    addEventListener('unhandledrejection', (event) => console.error(`unhandled: ${event.reason}`));
  });
  await page.goto(origin + path);
  return page;
}

/** Ends the page's session; fails if it complained. */
export async function close(page) {
  const { complaints } = page;
  await page.context().close();
  assert.deepEqual(complaints, []);
}

/** Fails with what axe-core finds against WCAG 2.2 AA. */
export async function checkAccess(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)} ${failureSummary}`).join(' | ')}`), []);
}

/** Drops files, `{ name, bytes, type }`, on the page. */
export async function drop(page, files) {
  const transfer = await page.evaluateHandle((list) => {
    const made = new DataTransfer();
    for (const { name, base64, type } of list) made.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type }));
    return made;
  }, files.map(({ name, bytes, type }) => ({ name, type, base64: bytes.toString('base64') })));
  for (const event of ['dragenter', 'dragover', 'drop']) await page.dispatchEvent('main', event, { dataTransfer: transfer });
}

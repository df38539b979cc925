// Sentences are given other times on the waveform: dragged, and by keys. In a real browser on the real service.
import assert from 'node:assert/strict';
import { startAlone } from './alone.mjs';
import { checkAccess, close } from './browser.mjs';
import { eventually, runTests } from './server.mjs';

const { browser, server, api, open, finished } = await startAlone();
const lines = [['One.', 0.1, 0.9], ['Two.', 1.2, 1.8], ['Three.', 2.2, 3]].map(([text, start, end]) => ({ text, start, end }));
const times = async (id) => (await api(`/api/v1/jobs/${id}/transcript?format=json`)).segments.map(({ start, end }) => [start, end]);
const now = (page, part) => page.locator(`vat-cue [data-part=${part}]`).getAttribute('aria-valuenow').then(Number);

/** The page of a recording with three sentences, the second of which is being edited. */
async function edited(title, options) {
  const { id } = await finished(title);
  await api(`/api/v1/jobs/${id}/transcript`, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'If-Match': '"1"' }, body: JSON.stringify({ segments: lines }) });
  const page = await open(`/jobs/${id}`, options);
  await page.waitForFunction(() => document.querySelector('audio')?.readyState >= 1);
  await page.dblclick('vat-text p:text-is("Two.")');
  await page.waitForSelector('vat-cue [data-part=whole]');
  return { id, page };
}
/** Drags a part of the sentence by so many pixels. */
async function drag(page, part, by) {
  const { x, y, width, height } = await page.locator(`vat-cue [data-part=${part}]`).boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 + by / 2, y + height / 2);
  await page.mouse.move(x + width / 2 + by, y + height / 2);
  await page.mouse.up();
}

await runTests({
  async 'an edge and a whole sentence are dragged, up to the neighbours, and saved'() {
    const { id, page } = await edited('drag.wav');
    await page.fill('vat-text textarea', 'Two, and more.');
    const { width } = await page.locator('vat-waveform').boundingBox();
    const second = await page.evaluate(() => document.querySelector('vat-cue').to - document.querySelector('vat-cue').from) / width;
    await drag(page, 'end', 0.2 / second);
    assert.ok(Math.abs((await now(page, 'end')) - 2) < 0.03, String(await now(page, 'end')));
    assert.equal(await page.locator('vat-text textarea').count(), 0, 'the text is done');
    assert.equal(await page.locator('vat-text p:text-is("Two, and more.")').count(), 1, 'and kept');
    await drag(page, 'start', -width / 4);
    assert.equal(await now(page, 'start'), 0.9, 'where the sentence before ends');
    await drag(page, 'whole', width / 4);
    assert.equal(await now(page, 'end'), 2.2, 'where the next one begins');
    await page.click('button[aria-label="Undo"]');
    assert.equal(await now(page, 'start'), 0.9, 'one drag is one step back');
    await page.click('button[aria-label="Redo"]');
    const [start, end] = [await now(page, 'start'), await now(page, 'end')];
    await page.click('button:text-is("Save")');
    await page.waitForSelector('text=Saved as a new revision.');
    await eventually('they are stored', 10, async () => JSON.stringify(await times(id)) === JSON.stringify([[0.1, 0.9], [start, end], [2.2, 3]]));
    await close(page);
  },

  async 'keys do the same, and Escape leaves'() {
    const { page } = await edited('keys.wav', { colorScheme: 'dark' });
    await page.focus('vat-cue [data-part=start]');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await now(page, 'start'), 1);
    assert.equal(await page.getAttribute('vat-cue [data-part=start]', 'aria-valuetext'), '0:01.00');
    await page.keyboard.press('Home');
    assert.equal(await now(page, 'start'), 0.9);
    await page.focus('vat-cue [data-part=whole]');
    await page.keyboard.press('End');
    assert.deepEqual([await now(page, 'start'), await now(page, 'end')], [1.3, 2.2]);
    await checkAccess(page, 'sentence on the waveform');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !document.querySelector('vat-cue'));
    await close(page);
  },

  async 'on a phone, a finger drags it, and nothing is too wide'() {
    const { page } = await edited('finger.wav', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, locale: 'ar' });
    const before = await now(page, 'end');
    const handle = page.locator('vat-cue [data-part=end]');
    await handle.tap({ trial: true });  // waits until it stands still and nothing covers it
    const { x, y, width, height } = await handle.boundingBox();
    const network = await page.context().newCDPSession(page);
    const touch = (type, at) => network.send('Input.dispatchTouchEvent', { type, touchPoints: at === null ? [] : [{ x: at, y: y + height / 2 }] });
    await touch('touchStart', x + width / 2);
    await touch('touchMove', x + width / 2 + 8);
    await touch('touchMove', x + width / 2 + 12);
    await touch('touchEnd', null);
    await eventually('the edge is dragged', 10, async () => (await now(page, 'end')) > before);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    await checkAccess(page, 'sentence on a phone');
    await close(page);
    await browser.close();
  },
}, server);

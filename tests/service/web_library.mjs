// What people do in the library: from the first file to many, found, renamed and deleted. In a real browser on the real service.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { startAlone } from './alone.mjs';
import { checkAccess, close, drop } from './browser.mjs';
import { eventually, jobEnd, runTests } from './server.mjs';

const { browser, server, wav, api, open, finished, jobNamed } = await startAlone();

await runTests({
  async 'the empty library says what to do, and the root leads to it'() {
    const page = await open('/');
    await page.waitForSelector('text=Drop a video or an audio file');
    assert.equal(new URL(page.url()).pathname, '/dashboard');
    await checkAccess(page, 'empty library');
    await close(page);
  },

  async 'two dropped files become text while one watches'() {
    const page = await open('/dashboard');
    await page.waitForSelector('vat-options');
    await drop(page, ['first.wav', 'second.wav'].map((name) => ({ name, bytes: wav, type: 'audio/wav' })));
    for (const name of ['first.wav', 'second.wav']) await page.waitForSelector(`vat-row a:text-is("${name}")`, { timeout: 30_000 });
    await eventually('both are done', 120, async () => (await api('/api/v1/jobs?state=completed')).items.length === 2);
    await page.waitForFunction(() => document.querySelectorAll('vat-row [role=progressbar]').length === 0);
    assert.match(await page.textContent('vat-tray'), /Uploaded/);
    await page.click('vat-row a:text-is("first.wav")');
    await page.waitForSelector('vat-text p');
    assert.match(await page.textContent('vat-text'), /three/i);
    await close(page);
  },

  async 'who speaks is chosen once, and asked for with every file'() {
    const page = await open('/dashboard');
    await page.click('vat-options summary');
    const choose = (value) => page.getByLabel('Tell speakers apart').selectOption(value);
    const summary = () => page.textContent('vat-options summary');
    await choose('range');
    await page.getByLabel('At least').fill('3');
    await page.getByLabel('At most').fill('2');
    await page.keyboard.press('Tab');
    assert.equal(await page.getByLabel('At least').inputValue(), '2', 'no range is the wrong way round');
    await page.getByLabel('At most').fill('4');
    await page.keyboard.press('Tab');
    assert.match(await summary(), /2–4 speakers/);
    await checkAccess(page, 'speakers');
    await choose('number');
    await page.getByLabel('Speakers', { exact: true }).fill('1');
    await page.keyboard.press('Tab');
    assert.match(await summary(), / 1 speaker /);
    await page.reload();
    assert.match(await summary(), / 1 speaker /);
    await drop(page, [{ name: 'speaker.wav', bytes: wav, type: 'audio/wav' }]);
    const { id, options } = await eventually('it is sent', 30, () => jobNamed('speaker.wav'));
    assert.equal(options.speakers, '1');
    await jobEnd(server.origin, id);
    await page.click('vat-options summary');
    await choose('channels');
    const row = page.locator('vat-row', { has: page.locator('a:text-is("speaker.wav")') });
    await row.locator('button[aria-haspopup]').click();
    await row.locator('[role=menuitem]:has-text("Run again")').click();
    await eventually('it runs again', 20, async () => (await jobNamed('speaker.wav')).options.speakers === 'channels');
    await close(page);
  },

  async 'rename, delete, undo, delete'() {
    await finished('old name.wav');
    const page = await open('/dashboard');
    const row = (title) => page.locator('vat-row', { has: page.locator(`a:text-is("${title}")`) });
    const choose = async (title, action) => {
      await row(title).locator('button[aria-haspopup]').click();
      await row(title).locator(`[role=menuitem]:has-text("${action}")`).click();
    };
    await choose('old name.wav', 'Rename');
    await page.fill('dialog input', 'New name');
    await checkAccess(page, 'dialog');
    await page.keyboard.press('Enter');
    await row('New name').waitFor();
    assert.ok(await jobNamed('new NAME'));
    await choose('New name', 'Delete');
    await row('New name').waitFor({ state: 'detached' });
    await page.click('button:text-is("Undo")');
    await row('New name').waitFor();
    await choose('New name', 'Delete');
    await page.click('vat-toasts button[aria-label="Dismiss"]');
    await eventually('it is deleted', 20, async () => !(await jobNamed('New name')));
    await close(page);
  },

  async 'several are chosen and deleted at once'() {
    for (const name of ['many 1', 'many 2', 'many 3']) await finished(name);
    const page = await open('/dashboard?q=many');
    const box = (name) => page.click(`input[aria-label="Choose ${name}"]`, name.endsWith('1') ? { modifiers: ['Shift'] } : {});
    await box('many 3');
    await box('many 1');
    await page.waitForSelector('text=3 selected');
    await checkAccess(page, 'selection');
    const [archive] = await Promise.all([page.waitForEvent('download'), page.click('vat-library button:has-text("SRT")')]);
    assert.equal(archive.suggestedFilename(), 'transcripts.zip');
    const names = fs.readFileSync(await archive.path()).toString('latin1');
    for (const name of ['many 1.srt', 'many 2.srt', 'many 3.srt']) assert.ok(names.includes(name), name);
    await page.click('vat-library button:text-is("Delete")');
    await page.waitForSelector('text=3 entries were deleted.');
    await page.click('vat-toasts button[aria-label="Dismiss"]');
    await eventually('they are deleted', 20, async () => !(await jobNamed('many')));
    await close(page);
  },

  async 'what is typed before the application has begun is not lost'() {
    const page = await open('/speak', { serviceWorkers: 'block' });
    await page.waitForSelector('h1');
    let begin;
    const begun = new Promise((resolve) => (begin = resolve));
    await page.route(/\/assets\/app-[^/]*\.js$/, async (route) => {
      await begun;
      await route.continue();
    });
    await page.goto(`${server.origin}/dashboard`, { waitUntil: 'commit' });
    await page.waitForSelector('#shell input');
    await page.keyboard.press('/');
    await page.keyboard.type('for');
    begin();
    await page.waitForURL(/q=for$/);
    await page.keyboard.type('ward');
    await page.waitForURL(/q=forward$/);
    assert.equal(await page.inputValue('vat-search input'), 'forward');
    page.complaints = page.complaints.filter((complaint) => !/Service Worker/i.test(complaint));
    await close(page);
  },

  async 'what was said is found, and opens at its second'() {
    const { id } = await finished('search.wav');
    await api(`/api/v1/jobs/${id}/transcript`, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'If-Match': '"1"' }, body: JSON.stringify({ segments: [{ start: 0, end: 1, text: 'Nothing here.' }, { start: 1.5, end: 2.5, text: 'The zebra crosses.' }] }) });
    const page = await open('/dashboard');
    await page.waitForSelector('vat-row');
    await page.keyboard.press('/');
    await page.keyboard.type('zebra');
    await page.click('vat-hits a:has(mark)');
    await page.waitForSelector('vat-text li[data-active] p:text-is("The zebra crosses.")');
    await page.waitForFunction(() => Math.abs((document.querySelector('audio')?.currentTime ?? 0) - 1.5) < 0.1);
    await close(page);
    await browser.close();
  },
}, server);

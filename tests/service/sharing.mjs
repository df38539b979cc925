// What people do with recordings that are done: they share and label them, and mend subtitles. In a real browser, on a service where people
// sign in.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { checkAccess, close, openPage } from './browser.mjs';
import { startSignedIn } from './people.mjs';
import { Server, eventually, folder, program, run, runTests } from './server.mjs';

const { browser, server, site, openAs, api, finished } = await startSignedIn();

/** A page of somebody who has a link and no account. */
const openLink = (url, options) => openPage(browser, site, url.slice(site.length), options);
const isGone = async (url) => {
  const page = await openLink(url);
  await page.waitForSelector('h1:text-is("This link does not work")');
  await checkAccess(page, 'gone');
  assert.equal(await page.evaluate(async () => (await fetch(location.href, { headers: { Accept: 'text/html' } })).status), 404);
  page.complaints = page.complaints.filter((complaint) => !complaint.includes('404'));
  await close(page);
};

await runTests({
  async 'a transcript is shared by a link, read by somebody without an account, and taken back'() {
    const owner = await openAs('ann', '/dashboard');
    const id = await finished(owner, 'Our plans.wav');
    await owner.goto(`${site}/jobs/${id}`);
    const share = async (recording) => {
      if (recording) await owner.check('vat-share [name=recording]');
      await owner.click('vat-share button:text-is("Make a link")');
      const links = recording ? 2 : 1;
      await owner.waitForFunction((count) => document.querySelectorAll('vat-share li').length === count, links);
      return owner.inputValue('vat-share [name=link]');
    };
    await owner.click('button:has-text("Share")');
    const text = await share(false);
    const both = await share(true);
    await checkAccess(owner, 'share');
    assert.match(both, new RegExp(`^${site}/s/[\\w-]{43}$`));

    const reader = await openLink(text);
    await reader.waitForSelector('h1:text-is("Our plans.wav")');
    assert.match(await reader.textContent('vat-text'), /three/i);
    assert.equal(await reader.locator('vat-player, vat-app > nav, vat-tray').count(), 0);
    await checkAccess(reader, 'shared text');
    const [file] = await Promise.all([reader.waitForEvent('download'), reader.click('a:text-is("SRT")')]);
    assert.match(fs.readFileSync(await file.path(), 'utf8'), /^1\r?\n00:00:0/);
    await close(reader);

    for (const [colorScheme, width, locale] of [['light', 1280, 'en'], ['dark', 360, 'de'], ['light', 360, 'ar']]) {
      const listener = await openLink(both, { colorScheme, locale, viewport: { width, height: 740 }, isMobile: width < 500, hasTouch: width < 500 });
      await listener.waitForSelector('vat-text p');
      await listener.waitForFunction(() => {
        const canvas = document.querySelector('vat-player vat-waveform canvas');
        const { data } = canvas?.getContext('2d').getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
        return data.some((value) => value > 0);
      });
      await listener.locator('vat-player button').first().click();
      await listener.waitForSelector('vat-text li[data-active]');
      await checkAccess(listener, `shared ${colorScheme} ${locale}`);
      assert.ok((await listener.evaluate(() => document.documentElement.scrollWidth)) <= width);
      await close(listener);
    }

    await owner.locator('vat-share button:text-is("Revoke")').first().click();
    await owner.waitForFunction(() => document.querySelectorAll('vat-share li').length === 1);
    await isGone(both);
    await owner.click('vat-share button:text-is("Close")');
    await close(owner);
    const still = await openLink(text);
    await still.waitForSelector('vat-text p');
    await close(still);
  },

  async 'recordings are labelled, found by their labels, and lose them'() {
    const page = await openAs('ben', '/dashboard');
    for (const title of ['One', 'Two', 'Three']) await finished(page, title);
    await page.reload();
    const labelsOf = async (title) => (await api(page, `/api/v1/jobs?q=${title}`)).items[0].labels.map(({ name }) => name);
    for (const title of ['One', 'Two']) await page.click(`input[aria-label="Choose ${title}"]`);
    await page.click('vat-library [role=group] button:text-is("Labels")');
    await page.fill('vat-label-list [name=label]', 'Interviews');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('vat-label-list [type=checkbox]')?.checked);
    await page.fill('vat-label-list [name=label]', 'drafts');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelectorAll('vat-label-list li').length === 2);
    await checkAccess(page, 'labels');
    await page.uncheck('vat-label-list label:has-text("drafts") input');
    await eventually('one label is left', 10, async () => (await labelsOf('Two')).join() === 'Interviews');
    await page.click('vat-label-list button:text-is("Done")');
    await page.click('vat-library .chip:has-text("Interviews")');
    await page.waitForFunction(() => document.querySelectorAll('vat-row').length === 2);
    assert.match(page.url(), /label=/);
    const other = await page.context().newPage();
    await other.goto(`${site}/dashboard`);
    const tagsOf = (title) => other.locator('vat-row', { has: other.locator(`a:text-is("${title}")`) }).locator('li');
    await tagsOf('Two').filter({ hasText: 'Interviews' }).waitFor();
    await page.click('vat-row a:text-is("One")');
    await page.waitForSelector('vat-recording li:text-is("Interviews")');
    await page.click('vat-recording vat-menu button');
    await page.click('[role=menuitem]:has-text("Labels")');
    await page.click('button[aria-label="Rename the label Interviews"]');
    await page.locator('dialog [name=text]').fill('Talks');
    await page.keyboard.press('Enter');
    await page.waitForSelector('vat-label-list label:has-text("Talks")');
    // A box stays as it was clicked until the answer is there, whatever changes meanwhile.
    let answer;
    const held = new Promise((resolve) => (answer = resolve));
    await page.route('**/api/v1/jobs/labels', async (route) => {
      await held;
      await route.continue();
    });
    await page.uncheck('vat-label-list label:has-text("Talks") input');
    await api(other, '/api/v1/labels', { method: 'POST', json: { name: 'Later' } });
    await page.waitForSelector('vat-label-list label:has-text("Later")');
    assert.equal(await page.isChecked('vat-label-list label:has-text("Talks") input'), false);
    answer();
    await page.waitForSelector('vat-recording li:text-is("Interviews"), vat-recording li:text-is("Talks")', { state: 'detached' });
    assert.deepEqual(await labelsOf('Two'), ['Talks']);
    await tagsOf('Two').filter({ hasText: 'Talks' }).waitFor();
    await tagsOf('One').waitFor({ state: 'detached' });
    await other.waitForSelector('vat-library .chip:has-text("Talks"):has-text("1")');
    await page.click('button[aria-label="Delete the label Talks"]');
    await page.check('dialog input[required]:not([name])');
    await page.click('button:text-is("Delete the label")');
    await eventually('it is gone everywhere', 10, async () => (await labelsOf('Two')).length === 0);
    await tagsOf('Two').waitFor({ state: 'detached' });
    await other.waitForSelector('vat-library .chip:has-text("Talks")', { state: 'detached' });
    await close(page);
  },

  async 'subtitles that breach their style are listed with the reason, mended, and put back'() {
    const page = await openAs('cleo', '/dashboard');
    const id = await finished(page, 'Breaches');
    const sentence = 'Nobody who lived in that house had seen him leave it by night, nor had they asked.';
    const segments = [[0, 1, 'One two three.'], [4.5, 8.3, sentence], [8.3, 14, sentence]].map(([start, end, text]) => ({ start, end, text }));
    await api(page, `/api/v1/jobs/${id}/transcript`, { method: 'PUT', headers: { 'If-Match': '"1"' }, json: { segments } });
    await page.goto(`${site}/jobs/${id}`);
    await page.click('[role=tab]:text-is("Subtitles")');
    await page.waitForSelector('vat-checks li:has-text("characters a second")');
    await checkAccess(page, 'checks');
    await page.click('vat-checks button:text-is("Accept")');
    await page.waitForSelector('vat-checks :text("All subtitles keep to the style.")');
    const startOf = async () => (await api(page, `/api/v1/jobs/${id}/transcript?format=json`)).segments[1].start;
    assert.ok((await startOf()) < 4.5);
    await page.click('button:text-is("Undo")');
    await page.waitForSelector('vat-checks li');
    assert.equal(await startOf(), 4.5);
    await close(page);
  },

  async 'the demonstration fills an empty folder, and only such a one'() {
    const data = `${folder}/demo`;
    // With the voices that every machine has, whatever models are in the home directory of this one.
    const fill = () => run(program, ['demo', '--data', data], { env: { ...process.env, VAT_CACHE: `${folder}/cache`, VAT_OFFLINE: 'true' } });
    assert.match((await fill()).stdout, /3 new recordings/);
    await assert.rejects(fill(), /is not empty/);
    const shown = await new Server({ data }).start();
    const { items } = await (await fetch(`${shown.origin}/api/v1/jobs`)).json();
    assert.deepEqual(items.map(({ state, language, warnings, labels }) => [state, language, warnings.length, labels[0]?.name]), [['completed', 'en', 0, 'Lectures'], ['completed', 'en', 0, 'Interviews'], ['completed', 'de', 1, 'Interviews'], ['failed', null, 0, undefined]]);
    const page = await openPage(browser, shown.origin, `/jobs/${items[0].id}`);
    await page.waitForSelector('vat-text p:text-is("So a delta grows outwards, one layer at a time.")');
    await page.click('vat-player button[aria-label="Play"]');
    await page.waitForFunction(() => document.querySelector('video').currentTime > 0.2);
    assert.ok(items[0].thumbnail_url && items[0].filmstrip_url && items.slice(0, 3).every((job) => job.waveform_url), 'its previews are there');
    await close(page);
    await shown.stop();
    await browser.close();
  },
}, server);

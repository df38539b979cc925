// What people give to others: links to transcripts. In a real browser, on a service where people sign in.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { checkAccess, close, openPage } from './browser.mjs';
import { startSignedIn } from './people.mjs';
import { runTests } from './server.mjs';

const { browser, server, site, openAs, finished } = await startSignedIn();

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
    await browser.close();
  },
}, server);

// The pages of a service where people sign in: visitors, links, settings, administration. In a real browser, with a real
// OpenID provider.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { once } from 'node:events';
import { checkAccess, close, openPage } from './browser.mjs';
import { answerAs } from './issuer.mjs';
import { startSignedIn } from './people.mjs';
import { eventually, runTests } from './server.mjs';

const { browser, server, site, wav, openAs, api, finished } = await startSignedIn(['--link-networks', '127.0.0.1', '--stored-limit', '20000000']);

// The first who signs in is the admin.
await close(await openAs('ann', '/dashboard'));

await runTests({
  async 'a link becomes a recording while one watches, with the options that were chosen'() {
    const half = wav.length >> 1;
    let release;
    const other = http.createServer((request, response) => {
      response.writeHead(200, { 'Content-Type': 'audio/wav', 'Content-Length': wav.length, 'Content-Disposition': 'attachment; filename="From afar.wav"' });
      response.write(wav.subarray(0, half));
      release = () => response.end(wav.subarray(half));
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const page = await openAs('ann', '/dashboard');
    await page.click('vat-options summary');
    await page.check('label:has-text("Several languages are spoken") input');
    await page.getByLabel('Tell speakers apart').selectOption('auto');
    await page.fill('vat-link-form input', 'talk.wav');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=That is not a link.');
    await page.fill('vat-link-form input', `http://127.0.0.1:${other.address().port}/x`);
    await page.click('button[aria-label="Fetch the recording"]');
    await page.waitForSelector('vat-row:has-text("Fetching")');
    assert.match(await page.textContent('vat-row'), /Fetching · \d+% .*127\.0\.0\.1/);
    await checkAccess(page, 'fetching');
    const { options } = (await api(page, '/api/v1/jobs')).items[0];
    assert.deepEqual([options.mixed_languages, options.speakers], [true, 'auto']);
    await eventually('half of it came', 20, () => release);
    release();
    await page.waitForSelector('vat-row a:text-is("From afar.wav")');
    await page.evaluate((url) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', url);
      document.querySelector('main').dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, 'http://192.0.2.1/private.mp4');
    await eventually('a pasted link is a job too', 10, async () => (await api(page, '/api/v1/jobs')).items[0].source_url === 'http://192.0.2.1/private.mp4');
    await close(page);
    other.close();
  },

  async 'an edit is saved by somebody who signed in, and keeps the languages of its sentences'() {
    const page = await openAs('ann', '/dashboard');
    const id = await finished(page, 'languages.wav');
    const segments = [{ start: 0, end: 1, text: 'One two.' }, { start: 1, end: 2, text: 'Eins zwei.', language: 'de' }];
    await api(page, `/api/v1/jobs/${id}/transcript`, { method: 'PUT', headers: { 'If-Match': '"1"' }, json: { segments } });
    await page.goto(`${site}/jobs/${id}`);
    await page.waitForSelector('vat-text p[lang=de]:text-is("Eins zwei.")');
    await page.dblclick('vat-text p[lang=de]');
    await page.fill('vat-text textarea', 'Eins, zwei, drei.');
    await page.locator('vat-text textarea').blur();
    await page.click('button:text-is("Save")');
    await page.waitForSelector('text=Saved as a new revision.');
    const stored = await api(page, `/api/v1/jobs/${id}/transcript?format=json`);
    assert.deepEqual(stored.segments.map(({ text, language }) => [text.trim(), language]), [['One two.', undefined], ['Eins, zwei, drei.', 'de']]);
    await close(page);
  },

  async 'times are set by hand, revisions compared, and the text printed'() {
    const page = await openAs('ann', '/dashboard');
    const id = await finished(page, 'times.wav');
    await api(page, `/api/v1/jobs/${id}/transcript`, { method: 'PUT', headers: { 'If-Match': '"1"' }, json: { segments: [{ start: 0, end: 0.8, text: 'The old house.' }, { start: 0.9, end: 1.4, text: 'A tree.' }] } });
    await page.goto(`${site}/jobs/${id}`);
    await page.dblclick('vat-text p:text-is("A tree.")');
    await page.fill('vat-text textarea', 'A green tree.');
    await page.fill('vat-text label:has-text("From") input', '0:01.10');
    await page.keyboard.press('Tab');
    await checkAccess(page, 'times');
    await page.fill('vat-text label:has-text("to") input', '0:01');
    await page.keyboard.press('Tab');
    assert.equal(await page.getAttribute('vat-text label:has-text("to") input', 'aria-invalid'), 'true', 'it may not end before it starts');
    await page.locator('vat-text label:has-text("to") input').blur();
    await page.click('button:text-is("Save")');
    await page.waitForSelector('text=Saved as a new revision.');
    assert.deepEqual((await api(page, `/api/v1/jobs/${id}/transcript?format=json`)).segments.map(({ start, end, text }) => [start, end, text.trim()]), [[0, 0.8, 'The old house.'], [1.1, 1.4, 'A green tree.']]);
    await page.click('[role=tab]:text-is("History")');
    await page.click('vat-history li:nth-child(2) button:text-is("Compare")');
    await page.waitForSelector('vat-history ins:text-is("green")');
    assert.equal(await page.locator('vat-history del').count(), 0);
    await checkAccess(page, 'compared');
    await page.emulateMedia({ media: 'print' });
    for (const gone of ['nav', 'header', 'vat-player', 'vat-panel', 'button:text-is("Save")']) assert.equal(await page.isVisible(gone), false, gone);
    assert.ok((await page.isVisible('h1')) && (await page.isVisible('vat-text p:text-is("A green tree.")')));
    await close(page);
  },

  async 'visitors see what this is, hear an example, and sign in to where they wanted to go'() {
    for (const [colorScheme, width] of [['light', 1280], ['dark', 360]]) {
      const page = await openPage(browser, site, '/', { colorScheme, viewport: { width, height: 800 }, isMobile: width < 500 });
      await page.click('vat-welcome button[aria-label="Play"]');
      await page.waitForSelector('vat-text li[data-active] p:has-text("First it drops the gravel")', { timeout: 15_000 });
      await page.click('vat-welcome button[aria-label="Pause"]');
      await checkAccess(page, `welcome ${colorScheme}`);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
      page.complaints = page.complaints.filter((complaint) => !complaint.includes('401'));
      await close(page);
    }
    const page = await openPage(browser, site, '/settings');
    await page.waitForURL((url) => url.origin !== site);
    await answerAs(page, site, 'ann');
    assert.equal(page.url(), `${site}/settings`, 'with one provider, an expired session leads straight to it');
    page.complaints = [];
    await page.click('button[aria-label="Account of ann"]');
    await checkAccess(page, 'account');
    await page.click('vat-account [role=menuitem]:has-text("Sign out")');
    await page.waitForURL(/127\.0\.0\.1/);
    await page.click('button[value=yes]');
    await page.waitForSelector('a:text-is("Sign in with Acme")');
    assert.equal(await page.locator('vat-account').count(), 0);
    page.complaints = [];
    await page.click('a:text-is("Sign in with Acme")');
    await answerAs(page, site, 'ann');
    await page.waitForSelector('vat-library');
    page.complaints = [];
    await close(page);
  },

  async 'settings show what is used, end sessions, keep and give away'() {
    const page = await openAs('ben', '/settings');
    const elsewhere = await openAs('ben', '/dashboard', { userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0' });
    await finished(elsewhere, 'kept.wav');
    await page.reload();
    await page.waitForSelector('vat-quotas [role=meter]');
    assert.match(await page.textContent('vat-quotas'), /Stored.* kB of 20 MB/);
    await page.fill('vat-retention input[name=recordings]', '7');
    await page.click('vat-retention button');
    await page.waitForSelector('vat-retention li:has-text("kept.wav"):has-text("the recording")');
    assert.equal((await api(page, '/api/v1/me/retention')).own.recordings_days, 7);
    await page.fill('vat-lexicon textarea', 'vat');
    await page.click('vat-lexicon button');
    await page.waitForSelector('vat-lexicon [role=alert]:has-text("Line 1")');
    page.complaints = [];
    await page.fill('vat-lexicon textarea', 'vat = vatt');
    await page.click('vat-lexicon button');
    await page.waitForSelector('text=Saved: 1 word.');
    assert.equal((await api(page, '/api/v1/me/lexicon')).text, 'vat = vatt');
    const [archive] = await Promise.all([page.waitForEvent('download'), page.click('a:has-text("Download everything")')]);
    assert.equal(fs.readFileSync(await archive.path()).subarray(0, 2).toString(), 'PK');
    await page.click('button[aria-label="Sign out Firefox · Windows"]');
    await page.waitForSelector('text=Firefox · Windows is signed out.');
    assert.equal(await elsewhere.evaluate(async () => (await fetch('/api/v1/me')).status), 401);
    await elsewhere.context().close();
    await checkAccess(page, 'settings');
    await close(page);
  },

  async 'an account is deleted with everything, after a plain question'() {
    const page = await openAs('cleo', '/settings');
    await finished(page, 'gone.wav');
    await page.click('button:text-is("Delete the account")');
    await page.waitForSelector('dialog:has-text("1 entry of the library is deleted")');
    await checkAccess(page, 'deletion');
    await page.click('dialog button:text-is("Delete for good")');
    assert.equal(await page.locator('dialog[open]').count(), 1, 'not without the tick');
    await page.check('dialog input');
    await page.click('dialog button:text-is("Delete for good")');
    await page.waitForSelector('a:text-is("Sign in with Acme")');
    page.complaints = page.complaints.filter((complaint) => !complaint.includes('401'));
    await close(page);
  },

  async 'an admin gives room, locks out, and reads what was done; others may not'() {
    const member = await openAs('ben', '/admin');
    await member.waitForSelector('h1:text-is("This page is for administrators")');
    await checkAccess(member, 'forbidden');
    await finished(member, 'secret.wav');
    await close(member);
    const page = await openAs('ann', '/dashboard');
    await page.click('nav a:has-text("Admin")');
    await page.waitForSelector('vat-health li:has-text("Works")');
    await page.waitForSelector('vat-storage [role=meter]');
    await page.click('vat-all-jobs button:text-is("Done")');
    await page.waitForSelector('vat-all-jobs li:has-text("ben")');
    assert.doesNotMatch(await page.textContent('vat-all-jobs'), /secret/, 'no titles');
    await page.click('button[aria-label="Limits of ben"]');
    await page.fill('vat-users input[name=stored]', '0.5');
    await page.click('vat-users form button:text-is("Save")');
    await page.waitForSelector('text=The limits of ben are saved.');
    await page.waitForSelector('vat-users :text("of 500 MB")');
    await checkAccess(page, 'admin');
    await page.click('vat-users button:text-is("Lock out")');
    await page.waitForSelector('vat-users li:has-text("ben"):has-text("locked out")');
    await page.selectOption('select[aria-label="Role of ann"]', 'member');
    await page.waitForSelector('vat-toasts :text("admin")', { timeout: 5000 });
    assert.equal(await page.inputValue('select[aria-label="Role of ann"]'), 'admin', 'the only admin stays one');
    await page.reload();
    await page.waitForSelector('vat-audit li:has-text("user.disabled"):has-text("ann → ben")');
    page.complaints = page.complaints.filter((complaint) => !/ 40[09] /.test(complaint));
    await close(page);
  },

  async 'these pages are no wider than a phone, in any language'() {
    for (const locale of ['en', 'de', 'es', 'zh', 'ar']) {
      const page = await openAs('ann', '/admin', { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, locale });
      for (const path of ['/admin', '/settings', '/dashboard']) {
        await page.goto(site + path);
        await page.waitForSelector(path === '/admin' ? 'vat-users li' : path === '/settings' ? 'vat-quotas [role=meter]' : 'vat-link-form');
        if (path === '/admin') await page.locator('vat-users button').first().click();
        await page.waitForTimeout(200);
        assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.scrollWidth]), [locale, 360], path);
        const squeezed = await page.evaluate(() => [...document.querySelectorAll('main p, main button, main label')].filter((part) => part.clientHeight > 100 && part.clientWidth < 60).map((part) => part.textContent.trim()));
        assert.deepEqual(squeezed, [], path);
      }
      await close(page);
    }
    await browser.close();
  },
}, server);

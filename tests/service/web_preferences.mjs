// What is chosen in one browser is there in every other: at its first visit, while it is open, and after a time without a
// connection. In real browsers on the real service.
import assert from 'node:assert/strict';
import { startAlone } from './alone.mjs';
import { close } from './browser.mjs';
import { eventually, runTests } from './server.mjs';

const { browser, server, api, open } = await startAlone();
const path = '/api/v1/me/preferences';
const stored = (what, holds) => eventually(what, 10, async () => holds(await api(path)));
const set = (change) => api(path, { method: 'PATCH', headers: { 'Content-Type': 'application/merge-patch+json' }, body: JSON.stringify(change) });
const look = (page) => page.evaluate(() => [document.documentElement.lang, document.documentElement.dataset.theme]);
const theme = (page) => page.locator('select:has(option[value=dark])');
/** Notes in which language each heading was drawn. */
const watchHeadings = () => {
  globalThis.headings = [];
  new MutationObserver(() => {
    const text = document.querySelector('h1')?.textContent;
    if (text && text !== globalThis.headings.at(-1)) globalThis.headings.push(text);
  }).observe(document, { subtree: true, childList: true, characterData: true });
};

await runTests({
  async 'another browser has the language, the theme and the options from its first frame on'() {
    const page = await open('/settings');
    await page.selectOption('select:has(option[lang=de])', 'de');
    await page.waitForSelector('h1:text-is("Einstellungen")');
    await theme(page).selectOption('dark');
    await page.click('vat-options summary');
    await page.getByLabel('Untertitelstil').selectOption('bbc');
    await page.getByLabel('Den Text auch sprechen').check();
    await stored('all is stored', ({ language, theme: chosen, profile }) => language === 'de' && chosen === 'dark' && profile?.speech === true && profile.preset === 'bbc');
    await close(page);

    const other = await open('/speak');
    await other.waitForSelector('h1');
    assert.deepEqual(await look(other), ['de', 'dark']);
    assert.equal(await other.evaluate(() => globalThis.shifts), 0);
    await close(other);
    const context = await browser.newContext();
    const third = await context.newPage();
    await third.addInitScript(watchHeadings);
    await third.goto(`${server.origin}/dashboard`);
    await third.waitForSelector('vat-options');
    assert.deepEqual(await third.evaluate(() => globalThis.headings), ['Bibliothek']);
    assert.match(await third.textContent('vat-options summary'), /mit Sprachausgabe/);
    await context.close();
  },

  async 'open pages follow, in this browser and in others'() {
    const [page, other] = [await open('/settings'), await open('/settings')];
    const tab = await page.context().newPage();
    await tab.goto(`${server.origin}/settings`);
    await Promise.all([page, other, tab].map((each) => each.waitForSelector('vat-options')));
    await theme(page).selectOption('light');
    for (const each of [other, tab]) await each.waitForFunction(() => document.documentElement.dataset.theme === 'light');
    await set({ language: 'en', theme: null, profile: { speech: false } });
    for (const each of [page, other, tab]) {
      await each.waitForSelector('h1:text-is("Settings")');
      await each.waitForFunction(() => !document.documentElement.dataset.theme && !/speech/.test(document.querySelector('vat-options summary').textContent));
    }
    await close(other);
    await close(page);
  },

  async 'a choice without a connection is used at once, and stored when there is one'() {
    const page = await open('/settings');
    await page.waitForSelector('vat-options');
    await page.evaluate(() => navigator.serviceWorker.ready); // which a lost connection would disturb
    await page.context().setOffline(true);
    await theme(page).selectOption('dark');
    assert.deepEqual(await look(page), ['en', 'dark']);
    await page.waitForTimeout(600); // until it was tried
    await set({ profile: { model: 'base' } });
    assert.equal((await api(path)).theme, undefined);
    await page.context().setOffline(false);
    await stored('the choice arrives', (all) => all.theme === 'dark' && all.profile.model === 'base');
    await page.waitForFunction(() => /base/.test(document.querySelector('vat-options summary').textContent));
    page.complaints = page.complaints.filter((complaint) => !complaint.includes('ERR_INTERNET_DISCONNECTED'));
    await close(page);
  },

  async 'what was chosen just before the page is left is stored'() {
    const page = await open('/settings');
    await page.waitForSelector('vat-options');
    await theme(page).selectOption('light');
    await page.goto('about:blank');
    await stored('it is stored', (all) => all.theme === 'light');
    await close(page);
  },

  async 'nothing that the service stores can break a page'() {
    await set({ theme: null, profile: { voice: '<img src=x onerror=alert(1)>', model: '${1}', formats: ['nothing', 'txt'] }, speech: { language: 'xx-nowhere', voice: '"><b>' } });
    for (const where of ['/dashboard', '/speak', '/settings']) {
      const page = await open(where);
      await page.waitForSelector('h1');
      await page.waitForTimeout(200);
      await close(page);
    }
    await browser.close();
  },
}, server);

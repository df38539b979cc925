// What the page for those who run the service shows of it: its checks, figures over time, who works on what. In a real
// browser on the real service.
import assert from 'node:assert/strict';
import { startAlone } from './alone.mjs';
import { checkAccess, close } from './browser.mjs';
import { eventually, jobEnd, repeated, runTests } from './server.mjs';

const { browser, server, wav, api, open, finished } = await startAlone();
async function made(title) {
  const form = new FormData();
  for (const [name, value] of [['title', title], ['speech', 'false']]) form.append(name, value);
  form.append('file', new Blob([repeated(wav, 100)]), 'talk.wav');
  return (await api('/api/v1/jobs', { method: 'POST', body: form })).items[0].id;
}
const state = async (id) => (await api(`/api/v1/jobs/${id}`)).state;
const chart = (page, name) => page.locator('vat-chart', { has: page.locator(`h3:text-is("${name}")`) });

await runTests({
  async 'an administrator sees what waits, who works on what, and what the figures are'() {
    await finished('done');
    // Two of one person are worked on at once.
    const jobs = [await made('<b>one</b>'), await made('two'), await made('three')];
    await eventually('two run', 30, async () => (await state(jobs[0])) === 'processing' && (await state(jobs[1])) === 'processing');
    const page = await open('/admin');
    await page.waitForSelector('vat-health li');
    const { name, checks } = await api('/api/v1/admin/instance');
    assert.match(await page.textContent('vat-health'), new RegExp(name));
    assert.equal(await page.locator('vat-health > ul > li').count(), checks.length);
    assert.match(await page.textContent('vat-health'), /database\s*Works\s*since/);
    assert.match(await chart(page, 'Jobs').textContent(), /Waiting: now 1, at most 1.*Running: now 2, at most 2/s);
    assert.match(await page.textContent('vat-workers'), new RegExp(`${name}\\s*2 of 3 jobs · this process`));
    assert.equal(await page.locator('vat-workers li li').count(), 2);
    assert.doesNotMatch(await page.textContent('main'), /<b>one/, 'no titles');
    assert.match(await page.textContent('vat-loaded-models'), /en-us\s*pocketsphinx/);
    assert.match(await page.textContent('vat-storage'), /Recordings\s*[\d.,]+ MB in 4 files/);
    assert.match(await page.textContent('vat-storage'), /Transcripts and subtitles/);
    for (const id of jobs) await api(`/api/v1/jobs/${id}/cancel`, { method: 'POST' });
    for (const id of jobs) await jobEnd(server.origin, id);
    await page.click('vat-queue button:text-is("Last day")');
    await page.waitForFunction(() => /Waiting: now 0/.test(document.querySelector('vat-queue').textContent));
    assert.match(await page.textContent('vat-queue'), /a day ago/);
    assert.equal(await page.locator('vat-health button[aria-pressed=true]').textContent(), 'Last day', 'all charts show the same');
    await close(page);
  },

  async 'every chart can be read as a table'() {
    const page = await open('/admin', { colorScheme: 'dark' });
    await page.waitForSelector('vat-chart');
    const memory = chart(page, 'Memory');
    await memory.locator('summary').click();
    const [time, value] = await memory.locator('tbody tr').first().locator('th, td').allTextContents();
    assert.match(time, /^\d+:\d\d/);
    assert.match(value, /^[\d.,]+ MB$/);
    assert.match(await memory.locator('svg path').last().getAttribute('d'), /^M[\d.]+ [\d.]+L/);
    await checkAccess(page, 'charts');
    await close(page);
  },

  async 'nothing of it is wider than a phone, in any language'() {
    for (const locale of ['en', 'de', 'es', 'zh', 'ar']) {
      const page = await open('/admin', { viewport: { width: 360, height: 740 }, locale, hasTouch: true, isMobile: true });
      await page.waitForSelector('vat-chart');
      await page.waitForSelector('vat-storage [role=meter]');
      await page.locator('vat-chart summary').first().click();
      assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.scrollWidth]), [locale, 360]);
      await close(page);
    }
    await browser.close();
  },
}, server);

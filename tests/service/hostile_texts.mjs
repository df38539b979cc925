// Texts of users and of others that would be markup, on every page that shows them, in a real browser: names of files,
// titles, transcripts, names of labels, of keys, and of voices. A page complains when a script or a picture of theirs is tried.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { close, launch, openPage } from './browser.mjs';
import { Server, eventually, jobEnd, makeSpeech, runTests } from './server.mjs';

const server = await new Server().start();
const browser = await launch();
const hostile = '"\'><img src=x onerror=alert(1)><script>alert(2)</script><svg/onload=alert(3)>${alert(4)}{{7*7}}javascript:alert(5)';
const wav = fs.readFileSync(await makeSpeech('talk.wav', 'One two three.'));
async function api(path, body, method = 'POST', headers = {}) {
  const answer = await fetch(server.origin + path, body === undefined ? {} : { method, body: body instanceof FormData ? body : JSON.stringify(body), headers: body instanceof FormData ? headers : { 'Content-Type': 'application/json', ...headers } });
  assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
}

/** The page shows the text, and nothing of it became an element or ran. */
async function shows(path, text, look = async () => {}) {
  const page = await openPage(browser, server.origin, path);
  const alerts = [];
  page.on('dialog', (dialog) => (alerts.push(dialog.message()), dialog.dismiss()));
  await look(page);
  await page.waitForFunction((wanted) => {
    const texts = (root) => [root.textContent, ...[...root.querySelectorAll('*')].flatMap((node) => [node.value, node.title, node.getAttribute('aria-label'), ...(node.shadowRoot ? texts(node.shadowRoot) : [])])];
    return texts(document.body).some((found) => String(found ?? '').includes(wanted));
  }, text, { timeout: 30_000 });
  assert.equal(await page.locator('img[src="x"], [onerror], [onload], body script:not([src])').count(), 0);
  assert.deepEqual(alerts, []);
  await close(page);
}

await runTests({
  async 'names of files, titles and transcripts'() {
    const form = new FormData();
    form.append('file', new Blob([wav]), `${hostile.replaceAll('/', ':')}.wav`);
    form.append('formats', 'txt');
    const { items } = await api('/api/v1/jobs', form);
    const job = await jobEnd(server.origin, items[0].id);
    assert.ok(job.title.includes('<img src=x onerror=alert(1)>'), job.title);
    await shows('/dashboard', '<img src=x onerror=alert(1)>');
    await api(`/api/v1/jobs/${job.id}`, { title: hostile }, 'PATCH');
    await api(`/api/v1/jobs/${job.id}/transcript`, { segments: [{ start: 0, end: 1, text: hostile }] }, 'PUT', { 'If-Match': '*' });
    await shows('/dashboard', hostile);
    await shows(`/jobs/${job.id}`, hostile, (page) => page.waitForSelector('vat-text p'));
    await shows('/dashboard', 'javascript:alert(5)', async (page) => {
      await page.waitForSelector('vat-row');
      await page.keyboard.press('/');
      await page.keyboard.type('javascript');
      await page.waitForSelector('vat-hits a');
    });
  },

  async 'previews of files, and sentences of a speech'() {
    const { items: [job] } = await api('/api/v1/jobs?kind=process');
    await shows(`/jobs/${job.id}`, hostile, async (page) => {
      for (const name of ['txt', 'docx', 'srt', 'json']) {
        await page.locator(`vat-format[name=${name}] button`).first().click();
        await page.locator(`vat-format[name=${name}] [role=region]`).waitFor();
      }
    });
    const made = await api('/api/v1/speech', { text: 'One.', as_job: true, speech_engine: 'flite', title: hostile });
    const { id, files: [file] } = await jobEnd(server.origin, made.id);
    await api(`${file.url}/sentences/0`, { text: hostile }, 'POST', { 'If-Match': '*' });
    await shows(`/jobs/${id}`, hostile, async (page) => {
      await page.click('#tab-speech');
      await page.getByRole('button', { name: 'Make again: sentence 1' }).click();
      await page.waitForSelector('vat-sentences textarea');
    });
  },

  async 'names of labels'() {
    const name = hostile.slice(3, 53);
    const label = await api('/api/v1/labels', { name });
    const { items: [job] } = await api('/api/v1/jobs?kind=process');
    await api(`/api/v1/jobs/${job.id}`, { labels: [label.id] }, 'PATCH');
    await shows(`/dashboard?label=${label.id}`, name, async (page) => {
      for (const place of ['vat-row', '.chip']) await page.waitForSelector(`${place} :text("<img src=x onerror=alert(1)>")`);
      await page.click('button.chip:text-is("All labels")');
      await page.waitForSelector('vat-label-list li :text("<img src=x onerror=alert(1)>")');
    });
    await shows(`/jobs/${job.id}`, name, (page) => page.waitForSelector('vat-text p'));
  },

  async 'what a share link shows'() {
    const { items: [job] } = await api('/api/v1/jobs?kind=process');
    const { url } = await api(`/api/v1/jobs/${job.id}/shares`, { recording: true });
    await shows(url, hostile, (page) => page.waitForSelector('vat-text p'));
  },

  async 'names of keys'() {
    const name = hostile.slice(0, 100);
    await api('/api/v1/keys', { name });
    await shows('/settings', name);
  },

  async 'names and descriptions of voices'() {
    const { items } = await api('/api/v1/voices');
    const evil = { ...items[0], name: hostile, description: hostile, language: 'en' };
    const withVoices = async (page) => {
      await page.route('**/api/v1/voices', (route) => route.fulfill({ json: { items: [...items, evil] } }));
      await page.reload();
    };
    await shows('/speak', hostile, withVoices);
  },

  async 'the browser ends'() {
    await browser.close();
    await eventually('it is gone', 5, async () => !browser.isConnected());
  },
}, server);

// How recordings come in: interrupted, twice, from the microphone, paused. In a real browser on the real service.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { startAlone } from './alone.mjs';
import { checkAccess, close } from './browser.mjs';
import { eventually, folder, jobEnd, makeSpeech, repeated, runTests } from './server.mjs';

const { browser, server, wav, api, open, jobNamed } = await startAlone(['--lease', '5']);

await runTests({
  async 'the server is killed in mid-upload and mid-job, and the page goes on by itself'() {
    const page = await open('/dashboard');
    await page.waitForSelector('vat-options');
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    const path = `${folder}/killed.wav`;
    fs.writeFileSync(path, repeated(wav, 2));
    await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: wav.length / 2 });
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click('button:has-text("Add files")')]);
    await chooser.setFiles(path);
    await page.waitForFunction(() => /[2-9]\d%/.test(document.querySelector('vat-tray').textContent), undefined, { timeout: 20_000 });
    await server.kill();
    await page.waitForSelector('text=The connection to the service is lost.');
    await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
    await server.start();
    const row = page.locator('vat-row:has(a:text-is("killed.wav"))');
    await row.waitFor({ timeout: 60_000 });
    await page.waitForSelector('text=The connection to the service is lost.', { state: 'detached', timeout: 60_000 });
    await eventually('it runs', 60, async () => (await jobNamed('killed.wav')).state !== 'queued');
    await server.kill();
    await server.start();
    await jobEnd(server.origin, (await jobNamed('killed.wav')).id, 120);
    await row.locator('[role=progressbar]').waitFor({ state: 'detached', timeout: 60_000 });
    await row.locator('text=English').waitFor();
    page.complaints = page.complaints.filter((complaint) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_SOCKET_NOT_CONNECTED/.test(complaint));
    await close(page);
  },

  async 'the same file again is noticed before it is sent'() {
    const page = await open('/dashboard');
    await page.waitForSelector('vat-options');
    const path = await makeSpeech('twice.wav', 'One two three.');
    const choose = async () => (await Promise.all([page.waitForEvent('filechooser'), page.click('button:has-text("Add files")')]))[0].setFiles(path);
    await choose();
    await page.waitForSelector('vat-tray :text("Uploaded")');
    await choose();
    await page.waitForSelector('text=twice.wav was uploaded before.');
    assert.equal((await api('/api/v1/jobs?q=twice')).items.length, 1);
    await page.click('button:text-is("Upload again")');
    await eventually('it is sent again', 20, async () => (await api('/api/v1/jobs?q=twice')).items.length === 2);
    await close(page);
  },

  async 'a recording from the microphone is uploaded, also one that a reload cut off'() {
    const page = await open('/dashboard', { permissions: ['microphone'] });
    await page.waitForSelector('vat-options');
    const uploadsOf = (count) => eventually(`${count} recordings became jobs`, 40, async () => (await api('/api/v1/jobs?q=Recording')).items.length === count);
    await page.click('vat-app header button[aria-label="Record"]');
    await page.waitForFunction(() => /0:0[3-9]/.test(document.querySelector('dialog time')?.textContent));
    await checkAccess(page, 'recorder');
    await page.keyboard.press('Escape');
    await page.click('button:text-is("Finish and upload")');
    await uploadsOf(1);
    await page.click('vat-app header button[aria-label="Record"]');
    await page.waitForFunction(() => /0:0[4-9]/.test(document.querySelector('dialog time')?.textContent));
    const other = await page.context().newPage();
    await other.goto(`${server.origin}/dashboard`);
    await other.waitForSelector('vat-row');
    await other.waitForTimeout(1000);
    assert.equal((await api('/api/v1/jobs?q=Recording')).items.length, 1, 'another tab leaves it alone');
    await other.close();
    page.once('dialog', (dialog) => dialog.accept());
    await page.reload();
    await uploadsOf(2);
    await eventually('nothing is kept any more', 20, () => page.evaluate(() => new Promise((resolve) => {
      const request = indexedDB.open('vat-recordings');
      request.onsuccess = () => (request.result.transaction('pieces').objectStore('pieces').count().onsuccess = (event) => resolve(event.target.result === 0));
    })));
    await close(page);
    for (const { id } of (await api('/api/v1/jobs?q=Recording')).items) await fetch(`${server.origin}/api/v1/jobs/${id}`, { method: 'DELETE' });
  },

  async 'an upload pauses, and goes on after a reload with the same file'() {
    const page = await open('/dashboard');
    await page.waitForSelector('vat-options');
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    const speed = (uploadThroughput) => network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput });
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click('button:has-text("Add files")')]);
    await speed(wav.length);
    const path = `${folder}/slow.wav`;
    fs.writeFileSync(path, repeated(wav, 8));
    await chooser.setFiles(path);
    await page.waitForFunction(() => /[2-9]\d%/.test(document.querySelector('vat-tray').textContent), undefined, { timeout: 20_000 });
    await page.click('button[aria-label="Pause slow.wav"]');
    await page.waitForSelector('vat-tray :text("Paused")');
    page.once('dialog', (dialog) => dialog.accept());
    await page.reload();
    await page.waitForSelector('vat-tray :text("of it is safe")');
    await checkAccess(page, 'tray');
    await speed(-1);
    const sent = [];
    page.on('request', (request) => request.method() === 'PATCH' && sent.push(Number(request.headers()['upload-offset'])));
    await page.setInputFiles('vat-tray input[type=file]', path);
    await page.waitForSelector('vat-tray :text("Uploaded")');
    assert.ok(sent[0] > 0, `it began at ${sent[0]}`);
    await close(page);
    await fetch(`${server.origin}/api/v1/jobs/${(await jobNamed('slow.wav')).id}`, { method: 'DELETE' });
    await browser.close();
  },
}, server);

// The web application in a real browser on the real service: what people do with it, from the first file to a download.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { checkAccess, close, drop, launch, openPage } from './browser.mjs';
import { Server, eventually, folder, jobEnd, makeSpeech, repeated, runTests } from './server.mjs';

const server = await new Server({ flags: ['--lease', '5'] }).start();
const browser = await launch();
const wav = fs.readFileSync(await makeSpeech('talk.wav', 'One two three four five. Go forward ten meters.'));
async function api(path, options) {
  const answer = await fetch(server.origin + path, options);
  assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
}
const open = (path, options) => openPage(browser, server.origin, path, options);
const jobNamed = async (title) => (await api(`/api/v1/jobs?q=${encodeURIComponent(title)}`)).items[0];

/** A finished recording. */
async function finished(title) {
  const form = new FormData();
  for (const [name, value] of [['title', title], ['formats', 'txt'], ['speech', 'false']]) form.append(name, value);
  form.append('file', new Blob([wav]), 'talk.wav');
  const { items } = await api('/api/v1/jobs', { method: 'POST', body: form });
  return jobEnd(server.origin, items[0].id);
}

const budget = 100_000;
const pages = ['/dashboard', '/speak', '/settings'];

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

  async 'text of a running job is shown from its beginning to those who come late'() {
    const job = await finished('late.wav');
    const page = await open('/dashboard');
    const { items } = await api(`/api/v1/jobs/${job.id}/rerun`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }).then((made) => ({ items: [made] }));
    await page.evaluate((path) => history.pushState({}, '', path), `/jobs/${items[0].id}`);
    await page.reload();
    await page.waitForSelector('vat-text p', { timeout: 60_000 });
    await close(page);
  },

  async 'an edit is saved as a revision, undone, split, joined, and kept over a reload'() {
    const { id } = await finished('edit.wav');
    const page = await open(`/jobs/${id}`);
    await page.dblclick('vat-text p');
    await page.fill('vat-text textarea', 'Ask not what your country can do.');
    await page.keyboard.press('Escape');
    assert.doesNotMatch(await page.textContent('vat-text'), /country/, 'Escape discards');
    await page.dblclick('vat-text p');
    await page.fill('vat-text textarea', 'Ask not what your country can do.');
    await page.evaluate(() => document.querySelector('vat-text textarea').setSelectionRange(12, 12));
    await page.keyboard.press('Control+Enter');
    await page.waitForFunction(() => document.querySelector('vat-text p')?.textContent === 'Ask not what');
    await page.keyboard.press('Backspace');
    await page.waitForFunction(() => document.querySelector('vat-text textarea')?.value.startsWith('Ask not what your'));
    await page.locator('vat-text textarea').blur();
    await eventually('the draft is kept', 10, () => page.evaluate((key) => localStorage.getItem(key), `vat.draft.${id}`));
    await page.reload();
    await page.waitForSelector('text=Your unsaved changes are back.');
    await page.click('button:text-is("Save")');
    await page.waitForSelector('text=Saved as a new revision.');
    assert.match((await api(`/api/v1/jobs/${id}/transcript?format=json`)).text, /Ask not what your country can do/);
    await page.reload();
    await page.waitForSelector('vat-text p:has-text("country")');
    await page.click('[role=tab]:text-is("History")');
    await page.click('button:text-is("Restore")');
    await page.waitForFunction(() => !document.querySelector('vat-text').textContent.includes('country'));
    await eventually('the first revision is restored', 10, async () => (await api(`/api/v1/jobs/${id}/transcript/revisions`)).items.length === 3);
    await close(page);
  },

  async 'two tabs edit different sentences, and nothing is lost'() {
    const { id } = await finished('tabs.wav');
    const lines = [['a', 0, 1], ['b', 1, 2], ['c', 2, 3], ['d', 3, 4]].map(([text, start, end]) => ({ text, start, end }));
    await api(`/api/v1/jobs/${id}/transcript`, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'If-Match': '"1"' }, body: JSON.stringify({ segments: lines }) });
    const tabs = await Promise.all([open(`/jobs/${id}`), open(`/jobs/${id}`)]);
    const change = async (page, index, text) => {
      await page.dblclick(`vat-text li:nth-child(${index}) p`);
      await page.fill('vat-text textarea', text);
      await page.locator('vat-text textarea').blur();
    };
    await change(tabs[0], 1, 'first');
    await change(tabs[1], 3, 'third');
    await tabs[0].click('button:text-is("Save")');
    await tabs[1].waitForSelector('vat-text p:text-is("first")');
    assert.equal(await tabs[1].textContent('vat-text li:nth-child(3) p'), 'third');
    await tabs[1].click('button:text-is("Save")');
    await eventually('both edits are stored', 20, async () => (await api(`/api/v1/jobs/${id}/transcript?format=json`)).segments.map(({ text }) => text.trim()).join() === 'first,b,third,d');
    for (const tab of tabs) await close(tab);
  },

  async 'a click on a word plays from it'() {
    const { id } = await finished('play.wav');
    const page = await open(`/jobs/${id}`);
    await page.waitForSelector('vat-text p');
    await page.waitForFunction(() => document.querySelector('audio')?.readyState >= 1);
    const box = await page.locator('vat-text p').last().evaluate((paragraph) => {
      const range = new Range();
      range.selectNodeContents(paragraph);
      const { left, top, width, height } = [...range.getClientRects()].at(-1);
      return { x: left + width * 0.7, y: top + height / 2 };
    });
    await page.mouse.click(box.x, box.y);
    await page.waitForFunction(() => !document.querySelector('audio').paused && document.querySelector('audio').currentTime > 1);
    await page.waitForSelector('vat-text li[data-active]');
    await page.keyboard.press('k');
    await page.waitForFunction(() => document.querySelector('audio').paused);
    await close(page);
  },

  async 'the waveform is drawn, seeks where it is clicked, and zooms'() {
    const { id, waveform_url: url, duration_seconds: length } = await finished('waveform.wav');
    assert.equal(url, `/api/v1/jobs/${id}/waveform`);
    const page = await open(`/jobs/${id}`);
    await page.waitForFunction(() => document.querySelector('audio')?.readyState >= 1);
    const heights = () => page.locator('vat-waveform canvas').evaluate((canvas) => {
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const { data, width, height } = copy.getImageData(0, 0, canvas.width, Math.floor(canvas.height * 0.9));
      return Array.from({ length: width }, (_, x) => Array.from({ length: height }, (_, y) => data[4 * (y * width + x) + 3] > 0).filter(Boolean).length);
    });
    await eventually('it is drawn', 10, async () => new Set(await heights()).size > 10);
    const lane = page.locator('vat-waveform > div');
    const { width } = await lane.boundingBox();
    await lane.click({ position: { x: width / 2, y: 20 } });
    const time = () => page.evaluate(() => document.querySelector('audio').currentTime);
    await eventually('it seeks to the middle', 10, async () => Math.abs((await time()) - length / 2) < 0.1);
    const slider = page.getByRole('slider', { name: 'Position' });
    await slider.press('ArrowRight');
    await eventually('five seconds later it ends', 10, async () => Math.abs((await time()) - length) < 0.1);
    await slider.press('Home');
    await eventually('Home leads to the beginning', 10, async () => (await time()) === 0);
    const whole = await heights();
    await page.click('button[aria-label="Zoom in"]');
    await eventually('it is drawn larger', 10, async () => (await heights()).join() !== whole.join());
    await lane.click({ position: { x: width / 2, y: 20 } });
    await eventually('a click is a place of what is seen', 10, async () => (await time()) > 0.2 && (await time()) < length / 2 - 0.1);
    await checkAccess(page, 'waveform');
    await page.emulateMedia({ colorScheme: 'dark' });
    await checkAccess(page, 'waveform in the dark');
    await close(page);
  },

  async 'each download is what the API returns'() {
    const { id } = await finished('files.wav');
    const page = await open(`/jobs/${id}`);
    await eventually('all formats are offered', 10, async () => (await page.locator('vat-downloads a[download]').count()) === 10);
    for (const link of await page.locator('vat-downloads a[download]').all()) {
      const href = await link.getAttribute('href');
      const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
      const stored = Buffer.from(await (await fetch(server.origin + href)).arrayBuffer());
      assert.ok(fs.readFileSync(await download.path()).equals(stored), href);
    }
    await close(page);
  },

  async 'speakers are named, heard, given another sentence, and made one'() {
    const { id } = await finished('panel.wav');
    const speakers = `/api/v1/jobs/${id}/transcript/speakers`;
    const { words } = await api(`/api/v1/jobs/${id}/transcript`);
    const middle = words[Math.floor(words.length / 2)].start;
    const turns = [[0, middle, 'Ann'], [middle, 60, 'Bo']].map(([start, end, name]) => `SPEAKER panel 1 ${start} ${end - start} <NA> <NA> ${name} <NA>\n`).join('');
    await api(speakers, { method: 'PUT', body: turns, headers: { 'Content-Type': 'text/x-rttm' } });
    const page = await open(`/jobs/${id}`);
    await page.waitForSelector('vat-text li :text-is("Bo")');
    await page.click('#tab-speakers');
    const ann = page.getByRole('textbox', { name: 'Name of Ann' });
    await ann.fill('Anna');
    await ann.press('Enter');
    await page.waitForSelector('vat-text li :text-is("Anna")');
    await checkAccess(page, 'speakers');
    await page.getByRole('button', { name: 'Hear Bo' }).click();
    await page.waitForFunction(() => !document.querySelector('vat-player audio').paused);
    await page.waitForFunction(() => document.querySelector('vat-player audio').paused, null, { timeout: 20_000 });
    await page.getByLabel('Longest first').check();
    await page.dblclick('vat-text li p[dir=auto].font-serif >> nth=0');
    await page.locator('vat-text').getByLabel('Speaker').selectOption({ label: 'Bo' });
    await checkAccess(page, 'the speaker of a sentence');
    await page.keyboard.press('Control+s');
    await eventually('it is saved', 20, async () => (await api(`/api/v1/jobs/${id}/transcript`)).segments[0].speaker === 'S2');
    await page.getByLabel('Anna is the same as').selectOption({ label: 'Bo' });
    await eventually('they are one', 20, async () => (await api(speakers)).items.length === 1);
    await page.waitForFunction(() => document.querySelectorAll('vat-speakers li').length === 1);
    assert.equal(await page.locator('vat-text li :text-is("Anna")').count(), 0);
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

  async 'what was said is found, and opens at its second'() {
    const { id } = await finished('search.wav');
    await api(`/api/v1/jobs/${id}/transcript`, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'If-Match': '"1"' }, body: JSON.stringify({ segments: [{ start: 0, end: 1, text: 'Nothing here.' }, { start: 1.5, end: 2.5, text: 'The zebra crosses.' }] }) });
    const page = await open('/dashboard');
    await page.keyboard.press('/');
    await page.keyboard.type('zebra');
    await page.click('vat-hits a:has(mark)');
    await page.waitForSelector('vat-text li[data-active] p:text-is("The zebra crosses.")');
    await page.waitForFunction(() => Math.abs((document.querySelector('audio')?.currentTime ?? 0) - 1.5) < 0.1);
    await close(page);
  },

  async 'a video plays with captions, and edited subtitles come back in'() {
    const page = await open('/dashboard');
    await page.waitForSelector('vat-options');
    const base64 = await page.evaluate(async () => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 160, height: 90 });
      const context = new AudioContext();
      const sound = context.createMediaStreamDestination();
      context.createOscillator().connect(sound);
      const recorder = new MediaRecorder(new MediaStream([...canvas.captureStream(10).getTracks(), ...sound.stream.getTracks()]), { mimeType: 'video/webm' });
      const parts = [];
      recorder.ondataavailable = ({ data }) => parts.push(data);
      const paint = setInterval(() => canvas.getContext('2d').fillRect(Math.random() * 160, 0, 5, 90), 50);
      recorder.start();
      await new Promise((resolve) => setTimeout(resolve, 3000));
      const ended = new Promise((resolve) => (recorder.onstop = resolve));
      recorder.stop();
      await ended;
      clearInterval(paint);
      const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
      return btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
    });
    await drop(page, [{ name: 'clip.webm', bytes: Buffer.from(base64, 'base64'), type: 'video/webm' }]);
    const { id } = await eventually('the job is there', 30, () => jobNamed('clip.webm'));
    await jobEnd(server.origin, id);
    await page.goto(`${server.origin}/jobs/${id}`);
    await page.waitForSelector('video');
    await page.click('[role=tab]:text-is("History")');
    await page.setInputFiles('vat-history input[type=file]', { name: 'edited.srt', mimeType: 'application/x-subrip', buffer: Buffer.from('1\n00:00:00,000 --> 00:00:02,500\nA line of mine.\n') });
    await page.waitForSelector('vat-text p:text-is("A line of mine.")');
    await page.click('button[aria-label="Captions"]');
    await page.waitForFunction(() => document.querySelector('video').textTracks[0]?.mode === 'showing' && document.querySelector('video').textTracks[0].cues?.[0]?.text.includes('A line of mine'));
    await page.click('button[aria-label="Play"]');
    await page.waitForFunction(() => document.querySelector('video').currentTime > 0.2);
    await checkAccess(page, 'video');
    await close(page);
  },

  async 'words are found, replaced, and put back'() {
    const { id } = await finished('find.wav');
    await api(`/api/v1/jobs/${id}/transcript`, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'If-Match': '"1"' }, body: JSON.stringify({ segments: [{ start: 0, end: 1, text: 'A tree and a tree.' }, { start: 1, end: 2, text: 'No Tree.' }] }) });
    const page = await open(`/jobs/${id}`);
    await page.waitForSelector('vat-text p');
    await page.keyboard.press('Control+f');
    await page.keyboard.type('tree');
    await page.waitForSelector('vat-find :text("1 of 3")');
    await page.fill('[name=replacement]', 'house');
    await checkAccess(page, 'find');
    await page.click('button:text-is("Replace")');
    assert.deepEqual(await page.locator('vat-text p').allTextContents(), ['A house and a tree.', 'No Tree.']);
    await page.click('button:text-is("Replace all")');
    assert.deepEqual(await page.locator('vat-text p').allTextContents(), ['A house and a house.', 'No house.']);
    await page.click('button[aria-label="Undo"]');
    await page.click('button[aria-label="Undo"]');
    assert.deepEqual(await page.locator('vat-text p').allTextContents(), ['A tree and a tree.', 'No Tree.']);
    await page.locator('main').focus();
    await page.keyboard.press('?');
    await page.waitForSelector('dialog[open]');
    await checkAccess(page, 'keys');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    await close(page);
  },

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
  },

  async 'a text is heard, and kept as a file'() {
    const page = await open('/speak');
    await page.fill('textarea', 'Hello there.');
    await page.click('button:text-is("Listen")');
    await page.waitForFunction(() => document.querySelector('audio')?.duration > 0.3, undefined, { timeout: 30_000 });
    await page.click('button:text-is("Make a file")');
    await page.waitForURL(/\/jobs\//);
    await page.waitForFunction(() => document.querySelector('vat-player audio')?.duration > 0.3, undefined, { timeout: 60_000 });
    await close(page);
  },

  async 'keys and webhooks are made, shown once, and removed'() {
    const page = await open('/settings');
    await page.fill('vat-keys input', 'laptop');
    await page.click('button:text-is("Create key")');
    assert.match(await page.textContent('vat-keys code'), /^vat_/);
    await page.click('button[aria-label="Remove laptop"]');
    await page.click('vat-toasts button[aria-label="Dismiss"]');
    await eventually('the key is removed', 10, async () => (await api('/api/v1/keys')).items.length === 0);
    await page.fill('vat-webhooks input', 'https://example.com/hook');
    await page.click('button:text-is("Add webhook")');
    assert.match(await page.textContent('vat-webhooks code'), /^whsec_/);
    await page.click('button[aria-label="Deliveries to https://example.com/hook"]');
    await page.waitForSelector('text=Nothing was sent yet.');
    await close(page);
  },

  async 'a page that does not exist, and a recording that does not, say so'() {
    for (const [path, text] of [['/nowhere', 'This page does not exist'], ['/jobs/00000000-0000-7000-8000-000000000000', 'This recording does not exist']]) {
      const page = await open(path);
      await page.waitForSelector(`h1:text-is("${text}")`);
      await checkAccess(page, path);
      page.complaints = page.complaints.filter((complaint) => !complaint.includes('404'));
      await close(page);
    }
  },

  async 'every page can be used by everybody, in both themes'() {
    const { id } = await finished('access.wav');
    for (const colorScheme of ['light', 'dark']) {
      const page = await open('/dashboard', { colorScheme });
      for (const path of [...pages, `/jobs/${id}`]) {
        await page.goto(server.origin + path);
        await page.waitForSelector(path.startsWith('/jobs') ? 'vat-text p' : 'h1');
        if (path === '/dashboard') await page.click('vat-options summary');
        await page.waitForTimeout(300);
        await checkAccess(page, `${path} ${colorScheme}`);
      }
      await close(page);
    }
  },

  async 'nothing is wider than a phone, in any language'() {
    const { id } = await finished('a recording with a rather long title that goes on and on.wav');
    for (const language of ['en', 'de', 'es', 'zh', 'ar']) {
      const page = await open('/dashboard', { viewport: { width: 360, height: 740 }, locale: language, hasTouch: true, isMobile: true });
      for (const path of [...pages, `/jobs/${id}`]) {
        await page.goto(server.origin + path);
        await page.waitForSelector(path.startsWith('/jobs') ? 'vat-text p' : 'h1');
        assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.scrollWidth]), [language, 360], path);
        const squeezed = await page.evaluate(() => [...document.querySelectorAll('main p, main button, main label')].filter((part) => part.clientHeight > 100 && part.clientWidth < 60).map((part) => part.textContent.trim()));
        assert.deepEqual(squeezed, [], path);
      }
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).direction), language === 'ar' ? 'rtl' : 'ltr');
      await close(page);
    }
  },

  async 'the first page is small, and nothing on it moves'() {
    const page = await open('/settings');
    const sizes = [];
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    await network.send('Network.setCacheDisabled', { cacheDisabled: true });
    network.on('Network.responseReceived', ({ requestId, response, type }) => ['Script', 'Stylesheet'].includes(type) && sizes.push({ requestId, url: response.url, bytes: 0 }));
    network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const found = sizes.find((each) => each.requestId === requestId);
      if (found) found.bytes = encodedDataLength;
    });
    await page.goto(server.origin + '/dashboard');
    await page.waitForSelector('vat-row');
    await page.waitForTimeout(500);
    const sum = sizes.reduce((total, { bytes }) => total + bytes, 0);
    assert.ok(sizes.length > 2 && sum > 10_000 && sum < budget, `${sum} bytes of script and style`);
    assert.ok((await page.evaluate(() => globalThis.shifts)) < 0.01, `layout shift ${await page.evaluate(() => globalThis.shifts)}`);
    await close(page);
    await browser.close();
  },
}, server);

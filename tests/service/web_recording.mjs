// The page of a recording: its text is read, heard, edited, searched, and kept as files. In a real browser on the real service.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { startAlone } from './alone.mjs';
import { checkAccess, close, drop } from './browser.mjs';
import { eventually, folder, jobEnd, makeVideo, runTests } from './server.mjs';

const { browser, server, wav, api, open, finished, jobNamed } = await startAlone();

await runTests({
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

  async 'fingers move and enlarge the waveform, and a touch is a place'() {
    const { id, duration_seconds: length } = await finished('fingers.wav');
    const page = await open(`/jobs/${id}`, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await page.waitForFunction(() => document.querySelector('audio')?.readyState >= 1);
    const lane = page.locator('vat-waveform > div');
    assert.equal(await lane.evaluate((element) => getComputedStyle(element).touchAction), 'pan-y');
    const { x, y, width, height } = await lane.boundingBox();
    const input = await page.context().newCDPSession(page);
    const touch = (type, ...places) => input.send('Input.dispatchTouchEvent', { type, touchPoints: places.map((place, number) => ({ x: x + place * width, y: y + height / 2, id: number })) });
    const view = () => page.locator('vat-waveform').evaluate((element) => element.view);
    const time = () => page.evaluate(() => document.querySelector('audio').currentTime);
    await page.click('button[aria-label="Zoom in"]');
    await eventually('it is enlarged', 10, view);
    const before = { view: await view(), time: await time() };
    await touch('touchStart', 0.6);
    for (const part of [0.5, 0.4, 0.3]) await touch('touchMove', part);
    await touch('touchEnd');
    await eventually('it is moved', 10, async () => (await view()).from > before.view.from + 0.1);
    assert.equal(await time(), before.time, 'which is no place to play');
    const moved = await view();
    await touch('touchStart', 0.5);
    await touch('touchEnd');
    await eventually('a touch is a place', 10, async () => Math.abs((await time()) - (moved.from + moved.to) / 2) < 0.1);
    await page.click('button[aria-label="Zoom out"]');
    await eventually('it is whole', 10, async () => (await view()) === null);
    await touch('touchStart', 0.4);
    await touch('touchStart', 0.4, 0.6);
    for (const part of [0.35, 0.3, 0.25, 0.2]) await touch('touchMove', part, 1 - part);
    await touch('touchEnd');
    const near = Math.max(2, length / 3);
    await eventually('two fingers enlarge it', 10, async () => Math.abs((await view())?.to - (await view())?.from - near) < 0.1);
    await close(page);
  },

  async 'a video has a picture in the library and in the player, and one for each moment'() {
    const source = 'color=black:s=320x180:r=10:d=1[a];testsrc2=s=320x180:r=10[b];[a][b]concat';
    const form = new FormData();
    for (const [name, value] of [['title', 'moments.webm'], ['formats', 'txt'], ['speech', 'false']]) form.append(name, value);
    form.append('file', new Blob([fs.readFileSync(await makeVideo('moments.webm', `${folder}/talk.wav`, source))]), 'moments.webm');
    const { items } = await api('/api/v1/jobs', { method: 'POST', body: form });
    const { id } = await jobEnd(server.origin, items[0].id);
    const library = await open('/dashboard');
    await library.waitForFunction(() => document.querySelector('vat-row img')?.naturalWidth === 160);
    assert.equal(await library.evaluate(() => globalThis.shifts), 0);
    await checkAccess(library, 'a picture in the library');
    await close(library);
    const page = await open(`/jobs/${id}`);
    await page.waitForFunction(() => document.querySelector('video')?.readyState >= 1);
    assert.equal(await page.getAttribute('video', 'poster'), `/api/v1/jobs/${id}/thumbnail`);
    await page.waitForSelector('vat-downloads a[download]');
    assert.equal(await page.evaluate(() => globalThis.shifts), 0);
    const lane = await page.locator('vat-waveform > div').boundingBox();
    const pointAt = (part) => page.mouse.move(lane.x + part * lane.width, lane.y + lane.height / 2);
    await pointAt(0.1);
    const shown = page.locator('vat-waveform svg svg');
    await shown.waitFor();
    const first = await shown.getAttribute('viewBox');
    await pointAt(0.9);
    await page.waitForFunction((box) => document.querySelector('vat-waveform svg svg').getAttribute('viewBox') !== box, first);
    await checkAccess(page, 'a moment that is pointed at');
    await page.mouse.move(5, 5);
    await shown.waitFor({ state: 'detached' });
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

  async 'the beginning of each format is shown as the API gives it, with settings that are remembered'() {
    const { id } = await finished('look.wav');
    const page = await open(`/jobs/${id}`);
    const row = (name) => page.locator(`vat-format[name=${name}]`);
    const transcript = async (query) => (await fetch(`${server.origin}/api/v1/jobs/${id}/transcript?${query}`)).text();
    await row('txt').waitFor();
    for (const name of ['txt', 'srt', 'vtt', 'json', 'md', 'csv', 'tsv', 'lrc']) {
      await row(name).locator('button').first().click();
      await row(name).locator('pre').waitFor();
      const wanted = (await transcript(`format=${name}&max_segments=40`)).slice(0, 4000);
      assert.equal((await row(name).locator('pre').textContent()).slice(0, wanted.length), wanted, name);
    }
    await row('docx').locator('button').first().click();
    await row('docx').getByRole('region').getByText('five').first().waitFor();
    assert.match(await row('docx').getByRole('region').textContent(), /^look/, 'with its title');
    await checkAccess(page, 'previews');
    await row('srt').getByLabel('Letters in a line').fill('12');
    await row('srt').getByLabel('Letters in a line').blur();
    await row('srt').getByLabel('Subtitle style').selectOption('shorts');
    const href = `/api/v1/jobs/${id}/transcript?format=srt&preset=shorts&line_length=12`;
    await eventually('the preview follows', 10, async () => (await row('srt').locator('pre').textContent()) === (await transcript(`${href.split('?')[1]}&max_segments=40`)));
    assert.equal(await row('srt').locator('a[download]').getAttribute('href'), href);
    await page.reload();
    await row('srt').waitFor();
    assert.equal(await row('srt').locator('a[download]').getAttribute('href'), href, 'remembered');
    assert.equal(await row('vtt').locator('a[download]').getAttribute('href'), `/api/v1/jobs/${id}/transcript?format=vtt`, 'for each format');
    await page.setViewportSize({ width: 360, height: 740 });
    await row('srt').locator('button').first().click();
    await row('srt').locator('pre').waitFor();
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360, 'nothing is wider than the phone');
    await row('srt').getByRole('button', { name: 'Standard settings' }).click();
    assert.equal(await row('srt').locator('a[download]').getAttribute('href'), `/api/v1/jobs/${id}/transcript?format=srt`);
    await close(page);
  },

  async 'one sentence of a speech is made again, heard, seen in another tab, and taken back'() {
    const text = 'The harbour was quiet. The last ferry left. Nobody was there.';
    const made = await api('/api/v1/speech', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ text, as_job: true, speech_engine: 'flite' }) });
    const { id, files: [file] } = await jobEnd(server.origin, made.id);
    const bytes = async () => Buffer.from(await (await fetch(server.origin + file.url)).arrayBuffer());
    const before = await bytes();
    const [page, other] = await Promise.all([open(`/jobs/${id}`), open(`/jobs/${id}`)]);
    for (const tab of [page, other]) await tab.click('#tab-speech');
    const sentence = (tab, number) => tab.locator('vat-sentences li').nth(number);
    await sentence(page, 2).waitFor();
    assert.equal(await sentence(page, 1).locator('p').first().textContent(), 'The last ferry left.');
    await checkAccess(page, 'sentences');
    await page.getByRole('button', { name: 'Play sentence 2' }).click();
    await page.waitForFunction(() => document.querySelector('vat-sentences audio').currentTime > 0.2);
    await page.getByRole('button', { name: 'Play sentence 2' }).waitFor();
    await page.getByRole('button', { name: 'Make again: sentence 2' }).click();
    const area = page.locator('vat-sentences textarea');
    assert.ok(await area.evaluate((element) => element === document.activeElement), 'one can write at once');
    await area.fill('The very last ferry left at ten.');
    await page.locator('vat-sentences').getByLabel('Voice').selectOption('flite:rms');
    await checkAccess(page, 'a sentence again');
    await page.click('vat-sentences button:text-is("Make it again")');
    for (const tab of [page, other]) await sentence(tab, 1).locator('p:text-is("The very last ferry left at ten.")').waitFor({ timeout: 30_000 });
    await page.waitForFunction(() => document.querySelector('vat-sentences audio').currentTime > 0.2, undefined, { timeout: 10_000 });
    assert.ok(!(await bytes()).equals(before));
    const address = await page.getAttribute('vat-player', 'src');
    assert.match(address, new RegExp(`version=${(await api(`/api/v1/jobs/${id}`)).files[0].sha256.slice(0, 16)}`), 'the player has the new file');
    await other.getByRole('button', { name: 'Take back: sentence 2' }).click();
    for (const tab of [page, other]) await sentence(tab, 1).locator('p:text-is("The last ferry left.")').waitFor({ timeout: 30_000 });
    assert.ok((await bytes()).equals(before), 'byte for byte as it was');
    await page.setViewportSize({ width: 360, height: 740 });
    await page.getByRole('button', { name: 'Make again: sentence 1' }).click();
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360, 'nothing is wider than the phone');
    await checkAccess(page, 'a sentence again on a phone');
    for (const tab of [page, other]) await close(tab);
  },

  async 'a sentence whose text was edited since is offered as it is now'() {
    const form = new FormData();
    for (const [name, value] of [['title', 'edited.wav'], ['formats', 'txt'], ['speech', 'true'], ['speech_engine', 'flite']]) form.append(name, value);
    form.append('file', new Blob([wav]), 'talk.wav');
    const { items } = await api('/api/v1/jobs', { method: 'POST', body: form });
    const { id } = await jobEnd(server.origin, items[0].id);
    const page = await open(`/jobs/${id}`);
    await page.click('#tab-speech');
    await page.waitForSelector('vat-sentences li');
    assert.equal(await page.getByText('edited since').count(), 0);
    await checkAccess(page, 'speech of a recording');
    await api(`/api/v1/jobs/${id}/transcript`, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'If-Match': '"1"' }, body: JSON.stringify({ segments: [{ start: 0, end: 3, text: 'One two three. Go on.' }] }) });
    await page.getByText('edited since').waitFor();
    await page.getByRole('button', { name: 'Make again: sentence 1' }).click();
    assert.equal(await page.inputValue('vat-sentences textarea'), 'One two three. Go on.');
    await page.click('vat-sentences button:text-is("Make it again")');
    await page.locator('vat-sentences li p:text-is("One two three. Go on.")').waitFor({ timeout: 30_000 });
    assert.equal(await page.getByText('edited since').count(), 0);
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
    const byTalk = (await api(speakers)).items.sort((one, other) => other.talking - one.talking).map(({ id }) => id);
    assert.deepEqual(await page.locator('vat-speakers li').evaluateAll((rows) => rows.map(({ dataset }) => dataset.id)), byTalk);
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

  async 'nothing that is typed is lost, whoever saves and whatever is opened'() {
    const { id } = await finished('typed.wav');
    const path = `/api/v1/jobs/${id}/transcript`;
    let revision = 1;
    const put = (...texts) => api(path, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'If-Match': `"${revision++}"` }, body: JSON.stringify({ segments: texts.map((text, at) => ({ start: at, end: at + 1, text })) }) });
    await put('a', 'b', 'c', 'd');
    const page = await open(`/jobs/${id}`);
    const texts = () => page.locator('vat-text li p.font-serif').allTextContents();
    const shown = (...wanted) => eventually(`${wanted} are shown`, 20, async () => (await texts()).join() === wanted.join());
    const stored = async (...wanted) => {
      await eventually(`${wanted} are stored`, 20, async () => (await api(path)).segments.map(({ text }) => text).join() === wanted.join());
      revision += 1;
      await page.waitForFunction(() => !document.querySelector('vat-recording').saving);
    };
    const save = page.getByRole('button', { name: 'Save', exact: true });
    const type = async (at, text) => {
      await page.dblclick(`vat-text li:nth-child(${at + 1}) p.font-serif`);
      await page.fill('vat-text textarea', text);
    };
    await page.waitForSelector('vat-text p');
    await type(0, 'discarded');
    assert.ok(await save.isEnabled(), 'from the first letter');
    await page.keyboard.press('Escape');
    await shown('a', 'b', 'c', 'd');
    assert.ok(await save.isDisabled());

    await type(0, 'a1');
    await page.keyboard.press('Control+s');
    await stored('a1', 'b', 'c', 'd');

    await page.route(`**${path}`, async (route) => { // while it is stored, and while the stored one is fetched
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await route.continue();
    });
    await type(0, 'a2');
    await page.keyboard.press('Control+s');
    await type(2, 'c2');
    await stored('a2', 'b', 'c', 'd');
    await page.unroute(`**${path}`);
    await shown('a2', 'b', 'c2', 'd');
    await page.keyboard.press('Control+s');
    await stored('a2', 'b', 'c2', 'd');

    await type(0, 'a3');
    await put('a2', 'b', 'c3', 'd');
    await shown('a3', 'b', 'c3', 'd');
    await save.click();
    await stored('a3', 'b', 'c3', 'd');

    await type(0, 'a4');
    await page.reload();
    await page.waitForSelector('text=Your unsaved changes are back.');
    await shown('a4', 'b', 'c3', 'd');

    await page.goto('about:blank');
    await put('a5', 'b', 'c3', 'd');
    await page.goto(`${server.origin}/jobs/${id}`);
    await page.waitForSelector('dialog[open] :text("a5")');
    await page.getByRole('button', { name: 'Take theirs' }).click();
    await shown('a5', 'b', 'c3', 'd');

    await type(3, 'd6');
    await page.click('[role=tab]:text-is("History")');
    await page.setInputFiles('vat-history input[type=file]', { name: 'edited.srt', mimeType: 'application/x-subrip', buffer: Buffer.from('1\n00:00:00,000 --> 00:00:02,500\nimported\n') });
    await shown('imported');
    assert.equal(await page.locator('dialog[open]').count(), 0);
    const before = (await api(`${path}/revisions`)).items.length;
    assert.equal((await api(`${path}?revision=${before - 1}`)).segments[3].text, 'd6', 'a revision of its own');
    await type(0, 'edited');
    await page.locator('vat-history').getByRole('button', { name: 'Restore' }).last().click();
    await eventually('both are revisions', 20, async () => (await api(`${path}/revisions`)).items.length === before + 2);
    assert.equal((await api(`${path}?revision=${before + 1}`)).segments[0].text, 'edited');
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
    await page.fill('[name=words]', 'tree');
    await page.fill('[name=replacement]', 'tree house');
    await page.click('button:text-is("Replace")');
    await page.click('button:text-is("Replace")');
    assert.deepEqual(await page.locator('vat-text p').allTextContents(), ['A tree house and a tree house.', 'No Tree.'], 'the next one each time');
    await page.locator('main').focus();
    await page.keyboard.press('?');
    await page.waitForSelector('dialog[open]');
    await checkAccess(page, 'keys');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    await close(page);
    await browser.close();
  },
}, server);

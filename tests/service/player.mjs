// Recordings and results that are opened in a tab of a real browser play there.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { launch } from './browser.mjs';
import { Server, jobEnd, makeSpeech, runTests } from './server.mjs';

const server = await new Server().start();
const form = new FormData();
for (const [name, value] of [['engine', 'pocketsphinx'], ['formats', 'txt'], ['speech', 'true']]) form.append(name, value);
form.append('file', new Blob([fs.readFileSync(await makeSpeech('talk.wav', 'One two three four five.'))]), 'talk.wav');
const made = await (await fetch(`${server.origin}/api/v1/jobs`, { method: 'POST', body: form })).json();
const job = await jobEnd(server.origin, made.items[0].id);
const browser = await launch();

async function plays(url) {
  const page = await browser.newPage();
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(server.origin + url);
  const media = await page.waitForSelector('video, audio', { timeout: 10_000, state: 'attached' });
  const seen = await media.evaluate(async (element) => {
    element.play().catch(() => {});
    for (let i = 0; i < 100 && !element.error && element.currentTime === 0; i++) await new Promise((resolve) => setTimeout(resolve, 50));
    return { error: element.error?.message, time: element.currentTime, duration: element.duration };
  });
  await page.close();
  assert.ok(seen.time > 0 && seen.duration > 1, `${url}: ${JSON.stringify(seen)} ${complaints.join('; ')}`);
}

await runTests({
  async 'the recording'() {
    await plays(`/api/v1/jobs/${job.id}/media`);
  },
  async 'the speech that was made of it'() {
    const speech = job.files.find((file) => file.kind === 'speech');
    await plays(speech.url);
  },
  async 'and a text is not shown, but downloaded'() {
    const answer = await fetch(server.origin + job.files.find((file) => file.kind === 'transcript').url);
    assert.match(answer.headers.get('content-disposition'), /^attachment/);
    await browser.close();
  },
}, server);

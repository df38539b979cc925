// A service for one person, who need not sign in, and a browser, for the tests beside this file.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { launch, openPage } from './browser.mjs';
import { Server, jobEnd, makeSpeech } from './server.mjs';

/** `more`: of Server. */
export async function startAlone(flags = [], more = {}) {
  const server = await new Server({ flags, ...more }).start();
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
  return { browser, server, wav, api, open, finished, jobNamed };
}

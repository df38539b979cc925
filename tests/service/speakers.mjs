// What tells voices apart is fetched by the first job that needs it, and whatever becomes of that, the transcript is there.
// That speakers are told apart with it is tested in tests/real.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import { once } from 'node:events';
import { Server, eventually, jobEnd, makeSpeech, runTests } from './server.mjs';

const wav = await makeSpeech('talk.wav', 'The quick brown fox jumps over the lazy dog.');

/** Sends the beginning of a file and no more of it, or, once it refuses, 404. */
const mirror = { refuses: false, asked: [], waiting: [] };
const listener = http.createServer((request, answer) => {
  mirror.asked.push(request.url);
  if (mirror.refuses) return answer.writeHead(404).end();
  answer.writeHead(200);
  answer.write('the beginning');
  mirror.waiting.push(once(answer, 'close'));
}).listen(0, '127.0.0.1');
await once(listener, 'listening');

const server = await new Server({
  online: true, flags: ['--model-sources', 'mirror', '--model-url', `http://127.0.0.1:${listener.address().port}/{file}`],
}).start();

/** A job that wants speakers; returns its id. */
async function makeJob() {
  const form = new FormData();
  form.append('file', new Blob([fs.readFileSync(wav)]), 'talk.wav');
  form.append('options', JSON.stringify({ speakers: 'auto', speech: false, formats: ['txt'] }));
  const answer = await fetch(`${server.origin}/api/v1/jobs`, { method: 'POST', body: form });
  assert.equal(answer.status, 202, await answer.clone().text());
  return (await answer.json()).items[0].id;
}
const job = async (id) => (await fetch(`${server.origin}/api/v1/jobs/${id}`)).json();
/** Until the job's fetch has begun. */
const fetching = (count) => eventually('the models are asked for', 60, () => mirror.waiting.length === count);

await runTests({
  async 'a job that is cancelled while it fetches stops the fetch'() {
    const id = await makeJob();
    await fetching(1);
    assert.equal((await eventually('it works', 20, async () => (await job(id)).state === 'processing' && job(id))).stage, 'prepare');
    assert.equal((await fetch(`${server.origin}/api/v1/jobs/${id}/cancel`, { method: 'POST' })).status, 200);
    await mirror.waiting[0];
    assert.equal((await jobEnd(server.origin, id)).state, 'cancelled');
  },

  async 'a service that is killed while it fetches finishes the job when it is back'() {
    const id = await makeJob();
    await fetching(2);
    await server.kill();
    await mirror.waiting[1];
    mirror.refuses = true;
    await server.start();
    const ended = await jobEnd(server.origin, id);
    assert.equal(ended.state, 'completed', JSON.stringify(ended));
  },

  async 'models that cannot be had cost the speakers alone, and are not asked for by every job'() {
    const ended = await jobEnd(server.origin, await makeJob());
    assert.equal(ended.state, 'completed', JSON.stringify(ended));
    assert.match(ended.warnings.join(' '), /Speakers are not told apart: .*404/);
    const asked = mirror.asked.length;
    const again = await jobEnd(server.origin, await makeJob());
    assert.match(again.warnings.join(' '), /Speakers are not told apart: /);
    assert.equal(mirror.asked.length, asked);
    const text = await (await fetch(`${server.origin}/api/v1/jobs/${again.id}/transcript?format=txt`)).text();
    assert.match(text, /fox/i);
  },
}, server);

// One sentence of a speech is made again while others do the same, while it is downloaded, and while the server is killed
// (SIGKILL) at random moments: the speech is always whole, and what was acknowledged is in it.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { Server, jobEnd, makeRandom, runTests } from './server.mjs';

const random = makeRandom();
const server = await new Server({ flags: ['--speech-engine', 'flite'] }).start();
const json = { 'Content-Type': 'application/json' };
const head = 44;
const rate = 24_000;

async function get(path) {
  const answer = await fetch(server.origin + path);
  assert.equal(answer.status, 200, `${path}: ${await answer.clone().text()}`);
  return answer;
}
const text = Array.from({ length: 40 }, (_, number) => `Sentence number ${number} is spoken in its turn.`).join(' ');
const made = await (await fetch(`${server.origin}/api/v1/speech`, { method: 'POST', headers: json, body: JSON.stringify({ text, as_job: true, audio_format: 'wav' }) })).json();
const { id, files: [{ url }] } = await jobEnd(server.origin, made.id);
const list = async () => (await get(`${url}/sentences`)).json();
const again = (index, revision, body = {}) => fetch(`${server.origin}${url}/sentences/${index}`, { method: 'POST', headers: { ...json, 'If-Match': `"${revision}"` }, body: JSON.stringify(body) });

/** The speech is one whole file, that of its job and of its sentences, which are as many as at first. */
async function checkWhole() {
  const { files: [file] } = await (await get(`/api/v1/jobs/${id}`)).json();
  const bytes = Buffer.from(await (await get(url)).arrayBuffer());
  assert.equal(crypto.createHash('sha256').update(bytes).digest('hex'), file.sha256);
  const sentences = await list();
  assert.equal(sentences.items.length, 40);
  assert.ok(Math.abs((bytes.length - head) / 2 / rate - sentences.duration_seconds) < 0.1, `${bytes.length} bytes, ${sentences.duration_seconds} s`);
  return sentences;
}

await runTests({
  async 'of several at once, one is first and the others are told'() {
    const { revision } = await checkWhole();
    const statuses = (await Promise.all([0, 1, 2].map(async (index) => (await again(index, revision)).status))).sort();
    assert.deepEqual(statuses, [200, 412, 412]);
    const { items } = await checkWhole();
    assert.equal(items.filter(({ takes }) => takes === 2).length, 1);
  },

  async 'who downloads the speech meanwhile gets the old one or the new one'() {
    const before = crypto.createHash('sha256').update(Buffer.from(await (await get(url)).arrayBuffer())).digest('hex');
    const changed = again(39, (await list()).revision, { speed: 0.5 });
    const digests = new Set();
    let going = true;
    changed.finally(() => (going = false));
    while (going) digests.add(crypto.createHash('sha256').update(Buffer.from(await (await get(url)).arrayBuffer())).digest('hex'));
    assert.equal((await changed).status, 200);
    const { files: [file] } = await (await get(`/api/v1/jobs/${id}`)).json();
    assert.notEqual(file.sha256, before);
    for (const digest of digests) assert.ok([before, file.sha256].includes(digest));
    await checkWhole();
  },

  async 'after any of 15 kills the speech is whole, and has what was acknowledged'() {
    let acknowledged = 0;
    for (let round = 0; round < 15; round++) {
      const { revision, items } = await list();
      const index = random(items.length);
      const asked = again(index, revision, { voice: round % 2 ? 'rms' : 'slt' }).then(async (answer) => answer.ok && (await answer.json()), () => null);
      await new Promise((resolve) => setTimeout(resolve, random(1200)));
      await server.kill();
      const answer = await asked;
      await server.start();
      const now = await checkWhole();
      if (answer) {
        acknowledged++;
        assert.equal(now.revision, answer.revision);
        assert.deepEqual(now.items, answer.items);
      } else {
        assert.ok(now.items[index].takes - items[index].takes <= 1);
      }
    }
    console.log(`${acknowledged} of 15 were acknowledged before the kill`);
  },
}, server);

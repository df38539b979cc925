// PUT and multipart uploads while the server is killed (SIGKILL) at random moments, in the middle of bodies and right
// after a response: every acknowledged upload is there, byte for byte, and nothing is left of the others.
// For tus uploads see tus.mjs.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Server, eventually, makeRandom, makeSpeech, repeated, runTests } from './server.mjs';

const random = makeRandom();

const spoken = fs.readFileSync(await makeSpeech('word.wav', 'What was acknowledged is not lost.'));
let made = 0;
/** A unique recording: a few megabytes of the spoken samples, with its number at the end. */
const recording = () => repeated(spoken, 1 + random(30), (samples) => samples.writeUInt32LE(++made, samples.length - 4));

const server = await new Server({ flags: ['--jobs', 0] }).start();
const digest = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');
const acknowledged = [];
let answers = 0;

/** One upload after another until the server is gone. */
async function client(put, onAnswer) {
  for (;;) {
    try {
      if (put) {
        const bytes = recording();
        const answer = await fetch(`${server.origin}/api/v1/uploads?filename=put.wav`, { method: 'PUT', headers: { 'Content-Type': 'application/octet-stream' }, body: bytes });
        const text = answer.ok ? await answer.text() : assert.fail(`${answer.status} ${await answer.text()}`);
        acknowledged.push({ upload: JSON.parse(text).id, digest: digest(bytes) });
      } else {
        const recordings = [recording(), recording()];
        const form = new FormData();
        for (const bytes of recordings) form.append('file', new Blob([bytes]), 'part.wav');
        const answer = await fetch(`${server.origin}/api/v1/jobs`, { method: 'POST', body: form });
        const text = answer.ok ? await answer.text() : assert.fail(`${answer.status} ${await answer.text()}`);
        JSON.parse(text).items.forEach((job, index) => acknowledged.push({ job: job.id, digest: digest(recordings[index]) }));
      }
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return;
    }
    answers++;
    onAnswer?.();
  }
}

await runTests({
  async 'what was acknowledged before any of 30 kills is there'() {
    for (let round = 0; round < 30; round++) {
      const before = answers;
      let kill;
      const killed = new Promise((resolve) => (kill = () => resolve(server.kill())));
      // Every third round is killed right after a response, the others at any time.
      const clients = [true, false, true].map((put) => client(put, round % 3 === 0 ? kill : undefined));
      if (round % 3 !== 0) setTimeout(kill, random(400));
      await killed;
      await Promise.all(clients);
      if (round % 3 === 0) assert.ok(answers > before);
      await server.start();
    }
    assert.ok(acknowledged.length >= 10, `only ${acknowledged.length} were acknowledged`);
    for (const { upload, job, digest: expected } of acknowledged) {
      let id = job;
      if (upload) {
        const answer = await fetch(`${server.origin}/api/v1/jobs`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ upload_id: upload }) });
        assert.equal(answer.status, 202, `${upload}: ${await answer.clone().text()}`);
        id = (await answer.json()).items[0].id;
      }
      const media = await fetch(`${server.origin}/api/v1/jobs/${id}/media`);
      assert.equal(media.status, 200, `${id}: ${media.status}`);
      assert.equal(digest(Buffer.from(await media.arrayBuffer())), expected, id);
    }
    console.log(`${acknowledged.length} uploads were acknowledged in ${answers} answers`);
  },

  async 'nothing is left of what was cut off, when it has lain for a while'() {
    await server.kill();
    const staging = path.join(server.data, 'staging');
    const hourAgo = Date.now() / 1000 - 3600;
    const left = fs.readdirSync(staging);
    assert.ok(left.length > 0, 'no kill came in the middle of a body');
    for (const name of left) fs.utimesSync(path.join(staging, name), hourAgo, hourAgo);
    await server.start();
    // The server is ready before it has cleaned up.
    await eventually(`${staging} is empty`, 60, () => fs.readdirSync(staging).length === 0);
  },
}, server);

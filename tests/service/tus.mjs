// tus-js-client against the server, interrupted over and over: uploads are aborted, connections are cut, and the server
// is killed (SIGKILL) and restarted. What that client does not support is tested by hand: checksums and concatenation.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import { once } from 'node:events';
import * as tus from 'tus-js-client';
import { Server, makeRandom, makeSpeech, repeated, runTests } from './server.mjs';

const random = makeRandom();

// Real media of some megabytes: one WAV file in which a recording is repeated as often as necessary.
const spoken = fs.readFileSync(await makeSpeech('word.wav', 'Resumable uploads are not lost.'));
const media = repeated(spoken, Math.ceil((6 << 20) / spoken.length));

const server = await new Server({ flags: ['--jobs', 0] }).start();
const endpoint = `${server.origin}/api/v1/uploads`;
const base64 = (bytes) => Buffer.from(bytes).toString('base64');
const get = async (id) => (await fetch(`${endpoint}/${id}`)).json();

/** Passes connections on to the server, slowly enough that they can be cut in the middle; `cut()` cuts all of them. */
class Proxy {
  sockets = new Set();
  passed = 0;
  async start() {
    this.listener = net.createServer((client) => {
      const upstream = net.connect(server.port, '127.0.0.1');
      for (const socket of [client, upstream]) {
        this.sockets.add(socket);
        socket.on('error', () => {}).on('close', () => {
          this.sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
      }
      client.on('data', (bytes) => {
        this.passed += bytes.length;
        if (!upstream.write(bytes)) (client.pause(), upstream.once('drain', () => client.resume()));
        if (this.passed >= this.limit) this.cut();
      });
      upstream.pipe(client);
    }).listen(0, '127.0.0.1');
    await once(this.listener, 'listening');
    this.port = this.listener.address().port;
    return this;
  }
  cut() {
    this.limit = Infinity;
    for (const socket of this.sockets) socket.destroy();
  }
  stop() {
    this.cut();
    this.listener.close();
  }
}

/** The same addresses through the proxy. */
const through = (port, url) => Object.assign(new URL(url), { port: String(port) }).href;

/** Uploads `media`, calling interrupt(upload, bytes, goOn) on each progress until it is complete. Returns the id. */
function upload(options, onProgress) {
  return new Promise((resolve, reject) => {
    const made = new tus.Upload(media, {
      endpoint, chunkSize: 512 << 10, retryDelays: Array(50).fill(20), metadata: { filename: 'talk.wav', filetype: 'audio/wav' }, ...options,
      onError: reject,
      onProgress: (bytes) => onProgress?.(made, bytes),
      onSuccess: () => resolve(made.url.split('/').pop()),
    });
    made.start();
  });
}
async function expectWhole(id) {
  const whole = await get(id);
  assert.equal(whole.state, 'complete', JSON.stringify(whole));
  assert.equal(whole.size, media.length);
  const job = await fetch(`${server.origin}/api/v1/jobs`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ upload_id: id }) });
  const stored = await fetch(`${server.origin}/api/v1/jobs/${(await job.json()).items[0].id}/media`);
  assert.ok(media.equals(Buffer.from(await stored.arrayBuffer())), 'the bytes that were sent are those that are stored');
}

/** One request by hand. */
async function raw(method, url, headers, body) {
  const answer = await fetch(new URL(url, server.origin), { method, headers: { 'Tus-Resumable': '1.0.0', ...headers }, body });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}
const append = (url, offset, bytes, headers) => raw('PATCH', url, { 'Upload-Offset': offset, 'Content-Type': 'application/offset+octet-stream', ...headers }, bytes);
async function create(headers) {
  const made = await raw('POST', '/api/v1/uploads', headers);
  assert.equal(made.status, 201, made.text);
  return made.headers.get('location');
}
const digest = (algorithm, bytes) => `${algorithm} ${crypto.createHash(algorithm).update(bytes).digest('base64')}`;

await runTests({
  async 'an upload in one piece, and one in pieces'() {
    await expectWhole(await upload({ chunkSize: Infinity }));
    await expectWhole(await upload({}));
    await expectWhole(await upload({ uploadDataDuringCreation: true }));
    await expectWhole(await upload({ uploadLengthDeferred: true, uploadSize: undefined }));
    await expectWhole(await upload({ parallelUploads: 3 }));
    await expectWhole(await upload({ overridePatchMethod: true }));
  },

  async 'aborted at 20 random points and resumed each time'() {
    let left = 20;
    let next = random(200 << 10);
    const id = await upload({ chunkSize: 300_000 }, (made, bytes) => {
      if (left === 0 || bytes < next) return;
      left--;
      next = bytes + random(400 << 10);
      made.abort().then(() => made.start());
    });
    await expectWhole(id);
    assert.ok(left < 20);
  },

  async 'the connection is cut at 20 random points'() {
    const proxy = await new Proxy().start();
    let cuts = 0;
    proxy.limit = random(400 << 10);
    const id = await upload({
      endpoint: through(proxy.port, endpoint), chunkSize: 2 << 20,
      onShouldRetry: () => {
        if (++cuts < 20) proxy.limit = proxy.passed + random(500 << 10);
        return true;
      },
      // The server builds Location from the Host of the request.
      onBeforeRequest: (request) => assert.equal(new URL(request.getURL()).port, String(proxy.port)),
    });
    proxy.stop();
    await expectWhole(id);
    assert.ok(cuts >= 10, `only ${cuts} cuts`);
  },

  async 'the server is killed at 12 random points and started again'() {
    let kills = 0;
    let next = random(300 << 10);
    let restarting = null;
    let id;
    while (kills < 12) {
      id = await upload({ chunkSize: 150_000, retryDelays: Array(1000).fill(50) }, (made, bytes) => {
        if (kills === 12 || restarting || bytes < next) return;
        kills++;
        next = bytes + random(300 << 10);
        restarting = server.kill().then(() => server.start()).finally(() => (restarting = null));
      });
      await restarting;
      await expectWhole(id);
      next = random(300 << 10);
    }
    // Acknowledged bytes survive another kill after the end.
    await server.kill();
    await server.start();
    await expectWhole(id);
    const job = await fetch(`${server.origin}/api/v1/jobs`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ upload_id: id }) });
    assert.equal(job.status, 202, await job.text());
  },

  async 'an upload that was terminated is gone'() {
    const made = new tus.Upload(media, { endpoint, chunkSize: 1 << 20, metadata: { filename: 'talk.wav' } });
    await new Promise((resolve, reject) => Object.assign(made.options, { onError: reject, onChunkComplete: resolve }) && made.start());
    await made.abort(true);
    assert.equal((await raw('HEAD', made.url)).status, 404);
  },

  async 'bytes with a wrong checksum are thrown away'() {
    const url = await create({ 'Upload-Length': media.length, 'Upload-Metadata': `filename ${base64('talk.wav')}` });
    const half = media.length >> 1;
    const damaged = Buffer.from(media.subarray(0, half));
    damaged[1000] ^= 1;
    for (const algorithm of ['sha1', 'sha256']) {
      assert.equal((await append(url, 0, damaged, { 'Upload-Checksum': digest(algorithm, media.subarray(0, half)) })).status, 460);
      assert.equal((await raw('HEAD', url)).headers.get('upload-offset'), '0');
    }
    assert.equal((await append(url, 0, media.subarray(0, half), { 'Upload-Checksum': digest('sha1', media.subarray(0, half)) })).status, 204);
    assert.equal((await append(url, half, media.subarray(half), { 'Upload-Checksum': digest('sha256', media.subarray(half)) })).status, 204);
    await expectWhole(url.split('/').pop());
  },

  async 'parts become one file, in the order of the final request'() {
    const bounds = [0, 1_000_003, 3_500_000, media.length];
    const parts = [];
    for (let index = 2; index >= 0; index--) {
      const bytes = media.subarray(bounds[index], bounds[index + 1]);
      parts[index] = await create({ 'Upload-Length': bytes.length, 'Upload-Concat': 'partial' });
      assert.equal((await append(parts[index], 0, bytes)).status, 204);
    }
    const final = await create({ 'Upload-Concat': `final;${parts.map((url) => new URL(url, server.origin).pathname).join(' ')}`, 'Upload-Metadata': `filename ${base64('talk.wav')}` });
    const head = await raw('HEAD', final);
    assert.match(head.headers.get('upload-concat'), /^final;/);
    assert.equal(head.headers.get('upload-length'), String(media.length));
    await expectWhole(final.split('/').pop());
    assert.equal((await append(final, 0, 'x')).status, 403);
    const unfinished = await create({ 'Upload-Length': 10, 'Upload-Concat': 'partial' });
    assert.ok([400, 409].includes((await raw('POST', '/api/v1/uploads', { 'Upload-Concat': `final;${unfinished}` })).status));
  },

  async 'the offset decides: nothing is written twice or with a gap'() {
    const url = await create({ 'Upload-Length': 10 });
    assert.equal((await append(url, 0, 'abcd')).status, 204);
    for (const offset of [0, 3, 5, 10]) assert.equal((await append(url, offset, 'x')).status, 409);
    assert.ok([400, 413].includes((await append(url, 4, 'much more than ten bytes')).status));
    assert.equal((await raw('HEAD', url)).headers.get('upload-offset'), '4');
  },
}, server);

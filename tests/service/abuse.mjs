// What machines and clients do to a service: kills, suspended processes, clocks that are set, slow clients and full disks.
// Prints what was tried and what held. VAT_ABUSE=long repeats each more often. `abuse.mjs clock` tries one kind.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { readEvents } from './client.mjs';
import { Server, eventually, folder, jobEnd, makeSpeech, repeated, runTests } from './server.mjs';

const long = process.env.VAT_ABUSE === 'long';
const times = (short, more) => (long ? more : short);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const spoken = fs.readFileSync(await makeSpeech('talk.wav', 'One two three four five six seven eight nine ten.'));
const short = fs.readFileSync(await makeSpeech('short.wav', 'One.'));
/** A job that takes a few seconds. */
const recording = (copies = 4) => repeated(spoken, copies);
/** Different sentences with pauses between them, so that there are several segments. */
async function sentences(count) {
  const nouns = ['river', 'table', 'window', 'garden', 'mountain', 'kitchen', 'letter', 'doctor', 'summer', 'village'];
  const files = [];
  for (let i = 0; i < count; i++) files.push(fs.readFileSync(await makeSpeech(`part${i}.wav`, `The ${nouns[i % 10]} is near the old ${nouns[(i * 3 + 1) % 10]} and the number is ${i}.`)));
  const samplesAt = spoken.indexOf('data') + 8;
  const silence = Buffer.alloc(2 * spoken.readUInt32LE(28));
  const header = Buffer.from(spoken.subarray(0, samplesAt));
  const samples = Buffer.concat(files.flatMap((file) => [file.subarray(file.indexOf('data') + 8), silence]));
  header.writeUInt32LE(samples.length + samplesAt - 8, 4);
  header.writeUInt32LE(samples.length, samplesAt - 4);
  return Buffer.concat([header, samples]);
}

async function upload(server, bytes, name = 'talk.wav') {
  const answer = await fetch(`${server.origin}/api/v1/uploads?filename=${name}`, { method: 'PUT', body: bytes });
  assert.equal(answer.status, 201, await answer.clone().text());
  return answer.json();
}
async function start(server, bytes, options = { formats: ['txt'], speech: false }) {
  const { id } = await upload(server, bytes);
  const answer = await fetch(`${server.origin}/api/v1/jobs`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ upload_id: id, options }) });
  assert.equal(answer.status, 202, await answer.clone().text());
  return (await answer.json()).items[0].id;
}
const job = async (server, id) => (await fetch(`${server.origin}/api/v1/jobs/${id}`)).json();
const running = (server, id) => eventually(`${id} runs`, 60, async () => (await job(server, id)).stage === 'transcribe');
/** The sum of a metric's values whose labels contain the text. */
async function metric(server, name, labels = '') {
  const text = await (await fetch(`${server.origin}/metrics`)).text();
  return text.split('\n').filter((line) => line.startsWith(name) && line.includes(labels)).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
const data = (name) => path.join(folder, name);
let faketime = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';
if (!fs.existsSync(faketime)) faketime = fs.existsSync('/usr/lib/faketime/libfaketimeMT.so.1') ? '/usr/lib/faketime/libfaketimeMT.so.1' : '';
/** A server whose wall clock is the machine's plus an offset that `set(seconds)` changes; its monotonic clock is real. */
function onShiftedClock(options) {
  const file = data(`clock-${path.basename(options.data)}`);
  const set = (seconds) => fs.writeFileSync(file, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}\n`);
  set(0);
  const env = { LD_PRELOAD: faketime, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1', ...options.env };
  return { set, server: new Server({ ...options, env }) };
}
function skipped(why) {
  console.log(`SKIPPED: ${why}`);
}

await runTests({
  async 'a process that is stopped (SIGSTOP) for longer than the lease, again and again'() {
    const server = await new Server({ data: data('stopped'), flags: ['--lease', 1] }).start();
    const id = await start(server, recording(times(4, 40)));
    await running(server, id);
    let stops = 0;
    for (; stops < times(3, 20) && (await job(server, id)).state === 'processing'; stops++) {
      server.child.kill('SIGSTOP');
      await sleep(1600);
      server.child.kill('SIGCONT');
      await sleep(150);
    }
    assert.ok(stops >= 2, 'the job was too short to be stopped');
    const end = await jobEnd(server.origin, id);
    assert.equal(end.state, 'completed', JSON.stringify(end.error));
    assert.equal(end.attempt, 1);
    const kept = await metric(server, 'vat_leases_late_total', '"kept"');
    assert.ok(kept >= 2, `${kept} of ${stops}`);
    console.log(`        ${stops} stops, ${kept} late leases, 1 attempt`);
    await server.stop();
  },

  async 'the wall clock jumps, forward and back, while a job runs'() {
    if (!faketime) return skipped('libfaketime is not installed');
    const { server, set } = onShiftedClock({ data: data('jumps'), flags: ['--lease', 1, '--jobs-per-user', 3] });
    await server.start();
    const id = await start(server, recording(times(12, 40)));
    await running(server, id);
    for (const seconds of [3600, -3600, 86400 * 30, -86400 * 30, 0]) {
      set(seconds);
      // Whoever claims the next job looks at the leases of the others.
      await jobEnd(server.origin, await start(server, short));
    }
    const end = await jobEnd(server.origin, id);
    assert.equal(end.state, 'completed', JSON.stringify(end.error));
    assert.equal(end.attempt, 1);
    await server.stop();
  },

  async 'a server that is killed and starts again with its clock an hour back'() {
    if (!faketime) return skipped('libfaketime is not installed');
    const { server, set } = onShiftedClock({ data: data('back'), flags: ['--lease', 1] });
    await server.start();
    const id = await start(server, recording());
    await running(server, id);
    await server.kill();
    set(-3600);
    await server.start();
    const end = await jobEnd(server.origin, id, 60);
    assert.equal(end.state, 'completed', JSON.stringify(end.error));
    assert.equal(end.attempt, 2);
    await server.stop();
  },

  async 'clients that stop reading, stop sending, or leave, are no failures of the server'() {
    const server = await new Server({ data: data('slow'), flags: ['--body-timeout', 1, '--write-timeout', 1, '--header-timeout', 1, '--jobs', 0] }).start();
    const id = await start(server, repeated(spoken, 200));
    const ways = {
      'half a header': ['GET /api/v1/jobs HTTP/1.1\r\nHo', 'wait'],
      'half a body': ['PUT /api/v1/uploads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc', 'wait'],
      'half a body, then gone': ['PUT /api/v1/uploads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc', 'leave'],
      'half a chunk, then gone': ['PUT /api/v1/uploads HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc', 'leave'],
      'a download that is not read': [`GET /api/v1/jobs/${id}/media HTTP/1.1\r\nHost: localhost\r\n\r\n`, 'wait'],
      'a download, then gone': [`GET /api/v1/jobs/${id}/media HTTP/1.1\r\nHost: localhost\r\n\r\n`, 'leave'],
      'events, then gone': [`GET /api/v1/jobs/${id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`, 'leave'],
    };
    await Promise.all(Object.values(ways).map(([text, then]) => new Promise((resolve) => {
      const socket = net.connect(server.port, '127.0.0.1');
      socket.on('error', () => {}).on('close', resolve);
      socket.pause();
      socket.write(text, () => setTimeout(() => (then === 'leave' ? socket.resetAndDestroy() : setTimeout(() => socket.destroy(), 3000)), 300));
    })));
    assert.equal(await metric(server, 'vat_http_requests_total', 'status="5'), 0);
    assert.ok(await metric(server, 'vat_http_requests_total', 'status="499"') >= 2);
    assert.doesNotMatch(server.log, /"level":"error"|status":5/);
    console.log(`        ${Object.keys(ways).join('; ')}`);
    await server.stop();
  },

  async 'a disk that fills up: uploads keep the reserve, and things can be deleted'() {
    const disk = data('disk');
    fs.mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      return skipped('a small disk cannot be mounted here; root can');
    }
    let server;
    try {
      server = await new Server({ data: path.join(disk, 'data'), flags: ['--reserved-disk', '16M', '--upload-limit', '1G'] }).start();
      const free = () => { const at = fs.statfsSync(disk); return at.bavail * at.bsize; };
      const id = await start(server, spoken);
      assert.equal((await jobEnd(server.origin, id)).state, 'completed');
      const { id: unused } = await upload(server, repeated(spoken, 2));
      // Chunked: nobody knows the length before.
      let least = free();
      const status = await new Promise((resolve) => {
        let answered = false;
        const end = (code) => ((answered = true), resolve(code));
        const request = http.request(`${server.origin}/api/v1/uploads?filename=big.wav`, { method: 'PUT' }, (answer) => (answer.resume(), end(answer.statusCode)));
        request.on('error', () => end(0));
        const piece = Buffer.alloc(1 << 20);
        const more = (left) => {
          if (answered || left === 0) return request.destroy();
          least = Math.min(least, free());
          request.write(piece, () => setImmediate(more, left - 1));
        };
        more(200);
      });
      assert.ok(least > 12 << 20, `only ${least} bytes were left`);
      assert.equal(status, 507);
      await eventually('the refused bytes are gone', 10, () => free() > 16 << 20);
      // Somebody else fills the rest.
      const filler = fs.openSync(path.join(disk, 'filler'), 'w');
      try {
        for (let size = 1 << 20; size >= 512; size >>= 1) for (;;) {
          try {
            if (fs.writeSync(filler, Buffer.alloc(size)) === 0) break;
          } catch {
            break;
          }
        }
      } finally {
        fs.closeSync(filler);
      }
      assert.equal(free(), 0);
      assert.equal((await fetch(`${server.origin}/api/v1/uploads?filename=x.wav`, { method: 'PUT', body: spoken })).status, 507);
      for (const target of [`/api/v1/uploads/${unused}`, `/api/v1/jobs/${id}`]) {
        const answer = await fetch(server.origin + target, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' } });
        assert.equal(answer.status, 204, `${target}: ${await answer.text()}`);
        assert.equal((await fetch(server.origin + target, { headers: { 'Tus-Resumable': '1.0.0' } })).status, 404);
      }
      assert.ok(free() > 0);
      await server.stop();
    } finally {
      if (server?.child.exitCode === null) await server.kill();
      execFileSync('umount', ['-l', disk]);
    }
  },

  async 'transcripts of very many segments, while others work'() {
    const server = await new Server({ data: data('long'), flags: ['--transcript-limit', '200M'] }).start();
    const id = await start(server, spoken);
    await jobEnd(server.origin, id);
    const memory = () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]) >> 10;
    const before = memory();
    const segments = Array.from({ length: times(20_000, 500_000) }, (_, i) => ({ start: i * 2, end: i * 2 + 1.5, text: `Segment number ${i} says something.` }));
    const edit = await fetch(`${server.origin}/api/v1/jobs/${id}/transcript`, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'If-Match': '*' }, body: JSON.stringify({ segments }) });
    assert.equal(edit.status, 200, await edit.clone().text());
    let reading = times(8, 12);
    let others = 0;
    const reads = Array.from({ length: reading }, async () => {
      const answer = await fetch(`${server.origin}/api/v1/jobs/${id}/transcript?format=srt`);
      assert.equal(answer.status, 200);
      assert.match((await answer.text()).slice(-100), new RegExp(`number ${segments.length - 1} `));
      reading--;
    });
    while (reading > 0) {
      assert.equal((await fetch(`${server.origin}/api/v1/jobs/${id}`)).status, 200);
      others++;
    }
    await Promise.all(reads);
    assert.ok(others > 50, `only ${others} others were answered meanwhile`);
    console.log(`        ${others} requests were answered meanwhile; ${before} MiB before, ${memory()} after`);
    assert.ok(memory() < before + times(150, 600), `${memory()} MiB are kept`);
    await server.stop();
  },

  async 'event streams, cut off and resumed while attempts change, give the text once'() {
    const server = await new Server({ data: data('text'), flags: ['--lease', 1, '--lost-workers', 100] }).start();
    const id = await start(server, await sentences(times(10, 40)));
    const text = [];
    let last = '';
    let done = false;
    let cuts = 0;
    const seen = new Set();
    while (!done) {
      try {
        const answer = await fetch(`${server.origin}/api/v1/jobs/${id}/events`, { headers: last ? { 'Last-Event-ID': last } : {} });
        if (answer.status === 204) break;
        for await (const { id: number, event, data: fields } of readEvents(answer.body)) {
          if (number) {
            assert.ok(!seen.has(number), `event ${number} came twice`);
            seen.add((last = number));
          }
          if (event === 'segment') {
            text.length = Math.min(text.length, fields.index);
            text.push(fields.text);
            if (cuts < times(2, 6) && text.length >= 1 + cuts) {
              cuts++;
              await server.kill();
            }
          }
          if (event === 'done') done = true;
        }
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
      }
      if (server.child.exitCode !== null || server.child.signalCode !== null) await server.start();
    }
    const transcript = await (await fetch(`${server.origin}/api/v1/jobs/${id}/transcript`)).json();
    assert.deepEqual(text, transcript.segments.map((segment) => segment.text));
    assert.ok(cuts > 0, 'the job was too short to be interrupted');
    console.log(`        ${cuts} kills, ${text.length} segments`);
    await server.stop();
  },

  async 'webhooks without a network are not sent, and then are'() {
    const calls = [];
    const receiver = http.createServer((request, answer) => {
      calls.push(request.headers['webhook-id']);
      request.resume().on('end', () => answer.writeHead(200).end(Buffer.alloc(1 << 20)));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => receiver.on('listening', resolve));
    const options = { data: data('offline'), flags: ['--allow-private-webhooks'] };
    const offline = await new Server(options).start();
    const { id } = await upload(offline, spoken);
    const made = await fetch(`${offline.origin}/api/v1/jobs`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ upload_id: id, webhook_url: `http://127.0.0.1:${receiver.address().port}/`, options: { formats: ['txt'], speech: false } }) });
    const job = (await made.json()).items[0].id;
    await jobEnd(offline.origin, job);
    const deliveries = async (server) => (await (await fetch(`${server.origin}/api/v1/jobs/${job}/deliveries`)).json()).items;
    assert.deepEqual((await deliveries(offline)).map(({ state, attempt }) => [state, attempt]), [['pending', 0]]);
    await offline.stop();
    assert.equal(calls.length, 0);
    const online = await new Server({ ...options, online: true }).start();
    await eventually('it is delivered', 30, async () => (await deliveries(online))[0].state === 'delivered');
    assert.equal(calls.length, 1, 'a large answer is a success');
    await online.stop();
    receiver.closeAllConnections();
    receiver.close();
  },

  async 'nobody else reads what belongs to users, old files included'() {
    const place = data('modes');
    const server = await new Server({ data: place }).start();
    const [objects, staging] = ['objects', 'staging'].map((name) => path.join(place, name));
    const speech = path.join(folder, 'cache', 'speech');
    const all = () => [objects, staging, speech].flatMap((top) => [top, ...fs.readdirSync(top, { recursive: true }).map((name) => path.join(top, name))]).concat(fs.readdirSync(place).filter((name) => name.startsWith('vat.db')).map((name) => path.join(place, name)));
    const mode = (name, ifFolder, ifFile) => (fs.statSync(name).isDirectory() ? ifFolder : ifFile);
    const wrong = () => all().filter((name) => (fs.statSync(name).mode & 0o777) !== mode(name, 0o700, 0o600));
    const end = await jobEnd(server.origin, await start(server, spoken, { formats: ['txt'], speech: true }));
    assert.equal(end.state, 'completed', JSON.stringify(end.error));
    assert.deepEqual(wrong(), []);
    await server.kill();
    for (const name of all()) fs.chmodSync(name, mode(name, 0o755, 0o644));
    await server.start();
    assert.deepEqual(wrong(), []);
    await server.stop();
  },
});

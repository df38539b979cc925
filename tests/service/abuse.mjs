// What machines and clients do to a service: kills, suspended processes, clocks that are set, slow clients and full disks.
// Prints what was tried and what held. VAT_ABUSE=long repeats each more often. `abuse.mjs clock` tries one kind.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { readEvents } from './client.mjs';
import { Server, eventually, folder, jobEnd, makeSpeech, repeated, run, runTests } from './server.mjs';

const long = process.env.VAT_ABUSE === 'long';
const times = (short, more) => (long ? more : short);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const spoken = fs.readFileSync(await makeSpeech('talk.wav', 'One two three four five six seven eight nine ten.'));
/** A job that takes a few seconds. */
const recording = (copies = 8) => repeated(spoken, copies);

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
    const id = await start(server, recording(times(8, 40)));
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
    const id = await start(server, recording(times(16, 40)));
    await running(server, id);
    for (const seconds of [3600, -3600, 86400 * 30, -86400 * 30, 0]) {
      set(seconds);
      // Whoever claims the next job looks at the leases of the others.
      await jobEnd(server.origin, await start(server, spoken));
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
});

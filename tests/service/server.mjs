// Starts the real `vat serve` in a folder of its own, for the tests beside this file. Environment: VAT_PROGRAM is the
// program, VAT_MAKE_MODEL the one that writes a Whisper model. Node 18 or later.
import { execFile, spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { once } from 'node:events';
import { promisify } from 'node:util';

export const run = promisify(execFile);
export const program = process.env.VAT_PROGRAM;
if (!program) throw new Error('VAT_PROGRAM names the program to test');

/** The tests' folder; removed when the process ends. */
export const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vat-service-'));
const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  fs.rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/** A port that is free at the moment. */
export async function freePort() {
  const listener = net.createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  await once(listener, 'close');
  return port;
}

/** A recording of the text, spoken by Flite. */
export async function makeSpeech(name, text, ...flags) {
  const file = path.join(folder, name);
  await run(program, ['speak', '--text', text, '--speech-engine', 'flite', '-o', file, '--force', '--quiet', ...flags]);
  return file;
}

/** A video of the sound in `wav`, with what FFmpeg's `source` shows: half a minute at most. */
export async function makeVideo(name, wav, source) {
  const file = path.join(folder, name);
  await run('ffmpeg', ['-v', 'error', '-y', '-t', '30', '-f', 'lavfi', '-i', source, '-i', wav, '-shortest', '-c:v', 'libvpx', '-deadline', 'realtime', '-b:v', '500k', '-c:a', 'libopus', file]);
  return file;
}

/** One WAV file with the samples of another repeated `times` times. `change` may modify them. */
export function repeated(wav, times, change = () => {}) {
  const samplesAt = wav.indexOf('data') + 8;
  const samples = Buffer.concat(Array(times).fill(wav.subarray(samplesAt)));
  change(samples);
  const header = Buffer.from(wav.subarray(0, samplesAt));
  header.writeUInt32LE(samples.length + samplesAt - 8, 4);
  header.writeUInt32LE(samples.length, samplesAt - 4);
  return Buffer.concat([header, samples]);
}

/** A generator of whole numbers from 0 to max - 1 (the LCG of Numerical Recipes); VAT_TEST_SEED repeats a sequence. */
export function makeRandom() {
  let state = Number(process.env.VAT_TEST_SEED ?? crypto.randomInt(1 << 30));
  console.log(`VAT_TEST_SEED=${state}`);
  return (max) => Math.floor(((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32) * max);
}

/** A server whose engine is Whisper, with a small model that always says the same words, and those words. Its layers are so small that threads would mostly wait for one another. */
export async function startWhisper() {
  const model = path.join(folder, 'model.bin');
  const words = (await run(process.env.VAT_MAKE_MODEL, [model])).stdout.trim();
  const server = new Server({ data: path.join(folder, 'whisper-data'), engine: 'whisper', flags: ['--model', model, '--threads', 1] });
  return { server: await server.start(), words };
}

/** Calls `poll` until it returns something, and resolves to that; fails after `seconds`. The longer it takes, the less often it is called. */
export async function eventually(what, seconds, poll) {
  const begin = Date.now();
  for (;;) {
    const value = await poll();
    if (value) return value;
    const passed = Date.now() - begin;
    if (passed > seconds * 1000) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, Math.min(20 + passed / 20, 250)));
  }
}

export class Server {
  constructor({ data = path.join(folder, 'data'), flags = [], env = {}, engine = 'pocketsphinx', online = false, voices = false, program: which = program } = {}) {
    Object.assign(this, { program: which, data, flags: [...(online ? [] : ['--offline']), ...(voices ? [] : ['--no-voice-fetching']), ...flags], env, engine, port: 0, log: '' });
  }
  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }
  /** Until /readyz answers with the status `ready`. */
  async start(ready = 200) {
    this.port ||= await freePort();
    const flags = ['serve', '--address', '127.0.0.1', '--port', this.port, '--data', this.data, '--engine', this.engine, ...this.flags];
    const child = spawn(this.program, flags.map(String), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, VAT_CACHE: path.join(folder, 'cache'), ...this.env } });
    this.child = child;
    running.add(child);
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (this.log += text));
    this.ended = once(child, 'exit').finally(() => running.delete(child));
    await eventually('the server is ready', 120, async () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`vat serve ended (${child.exitCode ?? child.signalCode}):\n${this.log.slice(-4000)}`);
      return new Promise((resolve) => http.get(this.origin + '/readyz', (answer) => (answer.resume(), resolve(answer.statusCode === ready))).on('error', () => resolve(false)));
    });
    return this;
  }
  async kill() {
    this.child.kill('SIGKILL');
    await this.ended;
  }
  /** SIGTERM; the exit code must be 0. */
  async stop() {
    this.child.kill('SIGTERM');
    const [code, signal] = await this.ended;
    if (code !== 0) throw new Error(`vat serve ended with ${code ?? signal} after SIGTERM:\n${this.log.slice(-4000)}`);
  }
}

/** The data of a job once it has ended. */
export async function jobEnd(origin, id, seconds = 120) {
  return eventually(`job ${id} ends`, seconds, async () => {
    const job = await (await fetch(`${origin}/api/v1/jobs/${id}`)).json();
    return ['completed', 'failed', 'cancelled'].includes(job.state) && job;
  });
}

/** Runs the functions of `tests`, or those whose names match the first argument, one after another, and exits with their outcome. */
export async function runTests(tests, server) {
  let failures = 0;
  for (const [name, test] of Object.entries(tests)) {
    if (process.argv[2] && !new RegExp(process.argv[2]).test(name)) continue;
    const begin = Date.now();
    try {
      await test();
      console.log(`ok      ${name} (${Date.now() - begin} ms)`);
    } catch (error) {
      failures++;
      console.log(`FAILED  ${name} (${Date.now() - begin} ms)\n${error.stack ?? error}${error.cause ? `\ncause: ${error.cause}` : ''}`);
    }
  }
  if (failures > 0 && server) console.log(`--- the server's last words:\n${server.log.slice(-6000)}`);
  if (failures === 0 && server) await server.stop();
  process.exit(failures === 0 ? 0 : 1);
}

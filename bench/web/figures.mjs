// What the benchmarks beside this file begin with, and how they print.
import fs from 'node:fs';
import { Server, jobEnd, makeSpeech } from '../../tests/service/server.mjs';

/** One figure on a line. Milliseconds without another unit. */
export const say = (what, value, unit = 'ms') => console.log(`${what.padEnd(64)}${(typeof value === 'number' ? value.toFixed(value < 10 && unit !== '' ? 1 : 0) : value).padStart(8)} ${unit}`);
export const percentile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

/** A service with one finished recording, whose number is `id`. */
export async function startWithOne() {
  const server = await new Server().start();
  const form = new FormData();
  form.append('speech', 'false');
  form.append('file', new Blob([fs.readFileSync(await makeSpeech('talk.wav', 'One two three.'))]), 'talk.wav');
  const made = await (await fetch(`${server.origin}/api/v1/jobs`, { method: 'POST', body: form })).json();
  const { id } = await jobEnd(server.origin, made.items[0].id);
  return { server, id };
}

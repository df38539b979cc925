import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Peaks, following, moved, resolutionFor, zoomed } from '../src/recording/peaks.js';

const lowest = (point) => -((point * 37) % 100);
const highest = (point) => (point * 37) % 50;

/** As the service has it. */
function file(points) {
  const bytes = new DataView(new ArrayBuffer(24 + 2 * points));
  bytes.setUint32(16, points, true);
  for (let point = 0; point < points; ++point) {
    bytes.setInt8(24 + 2 * point, lowest(point));
    bytes.setInt8(25 + 2 * point, highest(point));
  }
  return bytes.buffer;
}
function serve(seconds, ranges = true) {
  const asked = [];
  globalThis.fetch = async (path, { headers }) => {
    const [, resolution] = /resolution=(\d+)/.exec(path);
    const [, first, last] = /bytes=(\d+)-(\d+)/.exec(headers.Range);
    asked.push(`${resolution}:${first}`);
    const all = file(seconds * resolution);
    assert.ok(Number(first) < all.byteLength, 'nothing beyond the end is asked for');
    return ranges ? new Response(all.slice(Number(first), Number(last) + 1), { status: 206 }) : new Response(all);
  };
  return asked;
}
const changes = (peaks, count) => new Promise((resolve) => peaks.addEventListener('change', () => --count === 0 && resolve()));

test('the coarsest resolution with a point for each pixel is enough', () => {
  assert.equal(resolutionFor(36_000, 2_000), 1);
  assert.equal(resolutionFor(600, 2_000), 10);
  assert.equal(resolutionFor(5, 2_000), 100);
});

test('zooming keeps its centre where it is, within the recording', () => {
  assert.deepEqual(zoomed({ from: 0, to: 100 }, 2, 50, 100), { from: 25, to: 75 });
  assert.deepEqual(zoomed({ from: 25, to: 75 }, 0.5, 30, 100), { from: 0, to: 100 });
  assert.deepEqual(zoomed({ from: 0, to: 100 }, 1000, 100, 100), { from: 98, to: 100 });
  assert.deepEqual(zoomed({ from: 0, to: 1 }, 4, 0.5, 1), { from: 0, to: 1 });
  assert.deepEqual(moved({ from: 80, to: 90 }, 50, 100), { from: 90, to: 100 });
});

test('what plays is in view', () => {
  const view = { from: 10, to: 20 };
  assert.equal(following(view, 15, 100), view);
  assert.deepEqual(following(view, 21, 100), { from: 20, to: 30 });
  assert.deepEqual(following(view, 5, 100), { from: 4, to: 14 });
  assert.deepEqual(following(view, 100, 100), { from: 90, to: 100 });
});

test('columns are the extremes of their time, of the loudest', async () => {
  for (const ranges of [true, false]) {
    serve(200, ranges);
    const peaks = new Peaks('/waveform');
    assert.equal(peaks.columns(0, 200, 2), null);
    await changes(peaks, 1);
    const [low, high, second] = peaks.columns(0, 200, 2);
    assert.equal(low, -1);
    assert.ok(Math.abs(high - 49 / 99) < 1e-6);
    assert.equal(second, -1);
    const few = Array.from({ length: 20 }, (_, point) => point);
    assert.equal(peaks.columns(0, 20, 1)[0], Math.fround(Math.min(...few.map(lowest)) / 99));
  }
});

test('of ten hours little is fetched, and the coarse stands in for the fine', async () => {
  const asked = serve(36_000);
  const peaks = new Peaks('/waveform');
  peaks.columns(0, 36_000, 2_000);
  await changes(peaks, 2);
  assert.deepEqual(asked, ['1:0', '1:65560']);
  assert.equal(peaks.columns(0, 36_000, 2_000).length, 4_000);
  const coarse = peaks.columns(35_000, 35_100, 1_000);
  assert.ok(coarse, 'drawn from what is there');
  await changes(peaks, 2);
  assert.deepEqual(asked.slice(2), ['10:0', `10:${24 + 65_536 * 10}`]);
  assert.notDeepEqual(peaks.columns(35_000, 35_100, 1_000), coarse);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { boundsOf, retimed, viewOf } from '../src/recording/cue_times.js';

const segments = [{ start: 0, end: 2 }, { start: 3, end: 5 }, { start: 5.5, end: 8 }];
const cue = { ...segments[1], ...boundsOf(segments, 1, 10) };

test('a cue has the room between its neighbours', () => {
  assert.deepEqual([cue.least, cue.most], [2, 5.5]);
  assert.deepEqual(boundsOf(segments, 0, 10), { least: 0, most: 3 });
  assert.deepEqual(boundsOf(segments, 2, 10), { least: 5, most: 10 });
});

test('one that overlaps may stay where it is, and overlaps no more', () => {
  assert.deepEqual(boundsOf([{ start: 0, end: 4 }, { start: 3, end: 6 }, { start: 5, end: 9 }], 1, 9), { least: 3, most: 6 });
});

test('an edge stops at the neighbour, and before the other edge', () => {
  assert.deepEqual(retimed(cue, 'start', -0.504), { start: 2.5, end: 5 });
  assert.deepEqual(retimed(cue, 'start', -9), { start: 2, end: 5 });
  assert.deepEqual(retimed(cue, 'start', 9), { start: 4.9, end: 5 });
  assert.deepEqual(retimed(cue, 'end', Infinity), { start: 3, end: 5.5 });
  assert.deepEqual(retimed(cue, 'end', -Infinity), { start: 3, end: 3.1 });
});

test('the whole keeps its length', () => {
  assert.deepEqual(retimed(cue, 'whole', -0.25), { start: 2.75, end: 4.75 });
  assert.deepEqual(retimed(cue, 'whole', -Infinity), { start: 2, end: 4 });
  assert.deepEqual(retimed(cue, 'whole', Infinity), { start: 3.5, end: 5.5 });
});

test('what is seen is around the cue, within the recording', () => {
  assert.deepEqual(viewOf({ start: 30, end: 32 }, 100, 2), { from: 28, to: 34 });
  assert.deepEqual(viewOf({ start: 0, end: 2 }, 100, 2), { from: 0, to: 6 });
  assert.deepEqual(viewOf({ start: 99, end: 100 }, 100, 2), { from: 97, to: 100 });
  assert.equal(viewOf({ start: 0, end: 4 }, 10, 2), null);
});

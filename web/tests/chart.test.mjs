import assert from 'node:assert/strict';
import test from 'node:test';
import { roundUp, stepPath } from '../src/admin/chart_shape.js';

test('an axis ends at a round number that nothing is above', () => {
  for (const [value, end] of [[0, 1], [NaN, 1], [0.7, 1], [1, 1], [42, 50], [101, 200], [5e8, 5e8], [6e8, 1e9]]) assert.equal(roundUp(value), end);
  for (let value = 1e-4; value < 1e12; value *= 1.37) assert.ok(roundUp(value) >= value);
});

test('steps are joined, and a gap stays one', () => {
  const step = (from, to, height) => ({ from, to, height });
  assert.equal(stepPath([step(0, 10, 5), step(10, 20, 7.04), null, step(30, 40, 1)]), 'M0 5L10 5L10 7L20 7M30 1L40 1');
  assert.equal(stepPath([null, null]), '');
});

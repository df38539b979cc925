import assert from 'node:assert/strict';
import test from 'node:test';
import { placeOf } from '../src/recording/filmstrip.js';
import { Touches } from '../src/recording/touches.js';

const strip = { interval_seconds: 2, frames: 12, columns: 10, width: 160, height: 90 };

test('a moment has its picture, and those beyond the ends the nearest', () => {
  const at = (seconds) => Object.values(placeOf(strip, seconds)).slice(0, 2);
  assert.deepEqual(at(0), [0, 0]);
  assert.deepEqual(at(1.99), [0, 0]);
  assert.deepEqual(at(2), [160, 0]);
  assert.deepEqual(at(20), [0, 90]);
  assert.deepEqual(at(1000), [160, 90]);
  assert.deepEqual(at(-1), [0, 0]);
});

test('one finger moves what is seen, and what it touched stays below it', () => {
  const touches = new Touches();
  touches.press(1, 0.5, { from: 40, to: 60 });
  assert.equal(touches.move(1, 0.51, 100), null, 'it is held still');
  assert.deepEqual(touches.move(1, 0.75, 100), { from: 35, to: 55 });
  assert.deepEqual(touches.move(1, 0.5, 100), { from: 40, to: 60 }, 'and back');
  assert.equal(touches.release(1, { from: 40, to: 60 }), false, 'it was no touch alone');
});

test('what is seen ends where the recording does', () => {
  const touches = new Touches();
  touches.press(1, 0.5, { from: 0, to: 20 });
  assert.deepEqual(touches.move(1, 1, 100), { from: 0, to: 20 });
  assert.deepEqual(touches.move(1, -9, 100), { from: 80, to: 100 });
});

test('two fingers change the size around the place between them', () => {
  const touches = new Touches();
  touches.press(1, 0.4, { from: 0, to: 100 });
  touches.press(2, 0.6, { from: 0, to: 100 });
  touches.move(1, 0.3, 100);
  const view = touches.move(2, 0.7, 100);
  assert.deepEqual([view.from, view.to].map(Math.round), [25, 75]);
  assert.equal(touches.release(1, view), false);
  assert.equal(touches.count, 1);
  const rest = touches.move(2, 0.6, 100);
  assert.deepEqual([rest.from, rest.to].map(Math.round), [30, 80], 'the one that is left goes on moving it');
  assert.equal(touches.release(2, view), false);
});

test('a finger that comes and goes is a touch', () => {
  const touches = new Touches();
  touches.press(1, 0.5, { from: 0, to: 10 });
  assert.equal(touches.release(1, { from: 0, to: 10 }), true);
  assert.equal(touches.release(1, { from: 0, to: 10 }), false, 'once');
});

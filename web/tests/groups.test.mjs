import assert from 'node:assert/strict';
import test from 'node:test';
import { Groups } from '../src/library/groups.js';

const list = (from, to) => Array.from({ length: to - from }, (_, index) => ({ id: from + index }));
const numbers = (groups) => new Map(groups.flatMap(({ number, items }) => items.map(({ id }) => [id, number])));

test('a list is split into groups, in its order and without a loss', () => {
  const groups = new Groups().split(list(0, 120));
  assert.deepEqual(groups.map(({ items }) => items.length), [50, 50, 20]);
  assert.deepEqual(groups.flatMap(({ items }) => items), list(0, 120));
  assert.deepEqual(new Groups().split([]), []);
});

test('groups stay as they are when others come before, behind and between, or go', () => {
  const split = new Groups();
  const before = numbers(split.split(list(100, 220)));
  const grown = split.split([...list(0, 100), ...list(100, 130), { id: 'new' }, ...list(130, 300)]);
  assert.deepEqual(grown.flatMap(({ items }) => items.map(({ id }) => id)).length, 301);
  for (const [id, number] of before) assert.equal(numbers(grown).get(id), number, id);
  assert.ok(grown.every(({ items }) => items.length <= 51), 'none becomes long');
  const shrunk = split.split(list(160, 300));
  for (const [id, number] of numbers(grown)) if (id >= 160) assert.equal(numbers(shrunk).get(id), number, id);
  assert.equal(new Set(shrunk.map(({ number }) => number)).size, shrunk.length, 'each is there once');
});

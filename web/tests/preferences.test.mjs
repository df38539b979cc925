import assert from 'node:assert/strict';
import test from 'node:test';
import { apply, compose, difference, same, without } from '../src/base/merge_patch.js';
import { adopt, offer, prefer, preference, preferences, unsent, wasSent } from '../src/base/preferences.js';
import { save } from '../src/base/storage.js';

const heard = [];
preferences.addEventListener('change', ({ detail }) => heard.push(detail));
/** As a browser that nobody used. */
function forget() {
  for (const key of ['theme', 'language', 'profile', 'speakOptions', 'formats', 'unsent']) save(key, null);
  heard.length = 0;
}

test('a patch replaces, goes deeper and removes', () => {
  assert.deepEqual(apply({ a: 1, b: { c: 2, d: [3] } }, { a: null, b: { d: [4] }, e: { f: null } }), { b: { c: 2, d: [4] }, e: {} });
});

test('the difference of two documents makes the one of the other', () => {
  const before = { a: 1, b: { c: 2, d: [3] }, g: true };
  const after = { b: { c: 2, d: [3, 4] }, e: 'x', g: true };
  assert.deepEqual(difference(before, after), { a: null, b: { d: [3, 4] }, e: 'x' });
  assert.deepEqual(apply(before, difference(before, after)), after);
});

test('two patches in one do what both do', () => {
  const document = { a: 1, b: { c: 2 } };
  const [first, second] = [{ a: null, b: { d: 1 } }, { a: 5, b: { c: null } }];
  assert.deepEqual(apply(document, compose(first, second)), apply(apply(document, first), second));
});

test('the order of members says nothing', () => {
  assert.ok(same({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }));
  assert.ok(!same({ a: 1 }, { a: 1, b: undefined }));
  assert.ok(!same([1, 2], { 0: 1, 1: 2 }));
});

test('what was chosen while something was sent is still to be sent', () => {
  assert.deepEqual(without({ a: 1, b: { c: 2, d: 3 }, e: null }, { a: 1, b: { c: 2, d: 4 } }), { b: { d: 3 }, e: null });
});

test('a choice is here at once, and only what changed is sent', () => {
  forget();
  prefer('profile', { voice: 'slt', speech: true });
  wasSent(unsent());
  assert.deepEqual(unsent(), {});
  prefer('profile', { speech: true, model: 'base' });
  assert.deepEqual(preference('profile'), { speech: true, model: 'base' });
  assert.deepEqual(unsent(), { profile: { voice: null, model: 'base' } });
});

test('what was chosen here without a connection stands when the account says otherwise, and is sent', () => {
  forget();
  prefer('theme', 'dark');
  adopt({ theme: 'light', language: 'de', profile: { voice: 'slt' } });
  assert.equal(preference('theme'), 'dark');
  assert.equal(preference('language'), 'de');
  assert.deepEqual(unsent(), { theme: 'dark' });
  assert.deepEqual(heard, ['language', 'profile']);
});

test('what another browser removed is removed here', () => {
  forget();
  adopt({ theme: 'dark' });
  adopt({});
  assert.equal(preference('theme'), null);
  assert.deepEqual(heard, ['theme', 'theme']);
});

test('two that meet for the first time keep what the account has, and what only the browser has', () => {
  forget();
  save('theme', 'dark');
  save('profile', { speech: true });
  const account = { theme: 'light' };
  offer(account);
  adopt(account);
  assert.deepEqual([preference('theme'), preference('profile')], ['light', { speech: true }]);
  assert.deepEqual(unsent(), { profile: { speech: true } });
});

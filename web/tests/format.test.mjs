import assert from 'node:assert/strict';
import test from 'node:test';
import { linkIn } from '../src/base/link.js';
import { bytes, clock, length, parseClock, percent, preciseClock, roughly, when } from '../src/base/format.js';

test('times of recordings', () => {
  assert.deepEqual([0, 59.9, 60, 3599, 3600, 36000].map(clock), ['0:00', '0:59', '1:00', '59:59', '1:00:00', '10:00:00']);
  assert.equal(clock(NaN), '0:00');
  assert.deepEqual([18.4, 18.6, 3599.5].map(length), ['0:18', '0:19', '1:00:00']);
  assert.equal(preciseClock(83.456), '1:23.46');
  assert.equal(preciseClock(59.999), '1:00.00');
});

test('what is written as a time is read', () => {
  assert.equal(parseClock('1:23.4'), 83.4);
  assert.equal(parseClock('01:02:03,456'), 3723.456);
  assert.equal(parseClock('83.4'), 83.4);
  for (const wrong of ['', 'x', '1:60', '1:2:99', '-3', '1:99:00']) assert.equal(parseClock(wrong), null, wrong);
});

test('a link is a whole address, with or without its scheme', () => {
  assert.equal(linkIn(' https://example.com/a%20b.mp4?x=1 '), 'https://example.com/a%20b.mp4?x=1');
  assert.equal(linkIn('example.com/talk.mp4'), 'https://example.com/talk.mp4');
  for (const text of ['', 'talk.mp4', 'see https://example.com/', 'ftp://example.com/a', 'javascript:alert(1)', 'https://']) assert.equal(linkIn(text), null, text);
});

test('sizes, shares and lengths are short', () => {
  assert.deepEqual([0, 999, 1536, 999_600, 20_000_000, 1.5e9].map(bytes), ['0 bytes', '999 bytes', '1.5 kB', '1 MB', '20 MB', '1.5 GB']);
  assert.equal(percent(99.9), '99%');
  assert.deepEqual([0.2, 59, 90, 3600, 3900].map(roughly), ['1 sec', '59 sec', '2 min', '1 hr', '1 hr 5 min']);
});

test('dates are relative until a day old', () => {
  const now = new Date('2025-06-15T12:00:00');
  const ago = (seconds) => when(new Date(now - seconds * 1000), now);
  assert.deepEqual([5, 300, 7200].map(ago), ['just now', '5 minutes ago', '2 hours ago']);
  assert.equal(ago(3 * 86400), 'Jun 12');
  assert.equal(ago(400 * 86400), 'May 11, 2024');
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { UploadQueue } from '../src/uploads/queue.js';
import { Rate } from '../src/uploads/rate.js';

/** A queue whose transfers do what the test says. */
function makeQueue(limit = 2) {
  const begun = [];
  let clock = 0;
  const queue = new UploadQueue({ limit, now: () => clock, begin: (item, told) => {
    const transfer = { item, told, stopped: false, stop: () => (transfer.stopped = true) };
    begun.push(transfer);
    return transfer;
  } });
  return { queue, begun, pass: (milliseconds) => (clock += milliseconds) };
}
const file = (name, size = 1000) => ({ name, size, file: {} });

test('as many at once as allowed, the next when one ends', () => {
  const { queue, begun } = makeQueue();
  for (const name of ['a', 'b', 'c']) queue.add(file(name));
  assert.deepEqual(queue.items.map(({ state }) => state), ['sending', 'sending', 'waiting']);
  begun[0].told.finished('job');
  assert.deepEqual(queue.items.map(({ state }) => state), ['finished', 'sending', 'sending']);
  assert.equal(queue.items[0].jobId, 'job');
});

test('a paused upload gives its place away and waits for its turn again', () => {
  const { queue, begun } = makeQueue(1);
  const [a, b] = ['a', 'b'].map((name) => queue.add(file(name)));
  queue.pause(a);
  assert.deepEqual([a.state, b.state, begun[0].stopped], ['paused', 'sending', true]);
  begun[0].told.progress(500);
  begun[0].told.failed(new Error('aborted'));
  assert.deepEqual([a.state, a.sent], ['paused', 0], 'a stopped transfer has nothing more to say');
  queue.resume(a);
  assert.equal(a.state, 'waiting');
  begun[1].told.finished('job');
  assert.equal(a.state, 'sending');
});

test('one that lost the network goes on when it is back', () => {
  const { queue, begun } = makeQueue();
  const item = queue.add(file('a'));
  begun[0].told.offline();
  assert.equal(item.state, 'offline');
  queue.online();
  assert.equal(item.state, 'sending');
  assert.equal(begun.length, 2);
});

test('one that was begun before a reload needs its file', () => {
  const { queue, begun } = makeQueue();
  const item = queue.add({ name: 'a', size: 1000, sent: 400, state: 'lost', file: null });
  queue.resume(item);
  assert.deepEqual([item.state, begun.length, queue.unfinished.length], ['lost', 0, 0]);
  item.file = {};
  queue.resume(item);
  assert.equal(item.state, 'sending');
});

test('a cancelled one is forgotten here and at the service, a finished one only here', () => {
  const { queue, begun } = makeQueue();
  const discarded = [];
  queue.discard = (item) => discarded.push(item.name);
  const [a, b] = ['a', 'b'].map((name) => queue.add(file(name)));
  begun[1].told.finished('job');
  queue.cancel(a);
  queue.cancel(b);
  assert.deepEqual([queue.items.length, discarded, begun[0].stopped], [0, ['a'], true]);
});

test('a failed one says why and can be tried again', () => {
  const { queue, begun } = makeQueue();
  const item = queue.add(file('a'));
  begun[0].told.failed(new Error('too large'));
  assert.deepEqual([item.state, item.error.message], ['failed', 'too large']);
  queue.resume(item);
  assert.deepEqual([item.state, item.error], ['sending', null]);
});

test('speed and time left come from the last seconds', () => {
  const rate = new Rate();
  assert.equal(rate.perSecond, null);
  rate.add(0, 0);
  rate.add(100, 100);
  assert.equal(rate.perSecond, null, 'too early to say');
  for (let second = 1; second <= 20; second++) rate.add(second * 1000, second * 1000);
  assert.equal(rate.perSecond, 1000);
  for (let second = 21; second <= 40; second++) rate.add(20_000 + (second - 20) * 3000, second * 1000);
  assert.equal(rate.perSecond, 3000);
  assert.equal(rate.secondsFor(6000), 2);
  rate.add(5, 41_000);
  assert.equal(rate.perSecond, null, 'it began anew');
});

test('the whole: bytes of all, and seconds of what is left', () => {
  const { queue, begun, pass } = makeQueue();
  queue.add(file('a', 4000));
  queue.add(file('b', 4000));
  for (const sent of [0, 1000]) {
    for (const transfer of begun) transfer.told.progress(sent);
    pass(1000);
  }
  assert.deepEqual(queue.total, { size: 8000, sent: 2000, seconds: 3 });
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { JobList } from '../src/api/jobs.js';
import { Labels } from '../src/library/labels.js';
import { Selection } from '../src/library/selection.js';
import { optionsOf, emptyProfile } from '../src/library/profile.js';

const job = (id, state = 'completed', more = {}) => ({ id, state, kind: 'process', title: `job ${id}`, ...more });
const tell = (source, type, detail) => source.dispatchEvent(new CustomEvent(type, { detail }));
const settle = () => new Promise((resolve) => setTimeout(resolve, 100));

/** A list over a service of these jobs, newest last. */
function makeList(stored) {
  const source = new EventTarget();
  const asked = [];
  const list = new JobList(source, async (path) => {
    asked.push(path);
    const url = new URL(path, 'http://localhost');
    const id = url.pathname.split('/')[4];
    if (id) return stored.find((each) => each.id === id);
    const limit = Number(url.searchParams.get('limit'));
    const before = url.searchParams.get('cursor');
    const items = stored.filter((each) => !before || each.id < before).reverse();
    return { items: items.slice(0, limit), next_cursor: items.length > limit ? items[limit - 1].id : null };
  });
  return { list, source, asked };
}
const ids = (list) => list.items.map(({ id }) => id);

test('progress and text are shown as they come', async () => {
  const { list, source } = makeList([job('1', 'processing')]);
  await list.show({});
  tell(source, 'progress', { job_id: '1', percent: 40, stage: 'transcribe' });
  tell(source, 'segment', { job_id: '1', index: 0, text: ' Ask not ' });
  assert.deepEqual([list.items[0].percent, list.items[0].sentence], [40, 'Ask not']);
});

test('the places in the queue are asked for again, and the rest of the job stays', async () => {
  const waiting = (place) => ({ reason: 'worker', place, until: null, model: null });
  const stored = [job('1', 'queued', { waiting: waiting(1) }), job('2', 'queued', { waiting: waiting(2), eta_seconds: 9 })];
  const { list } = makeList(stored);
  await list.show({});
  stored.splice(0, 2, job('2', 'queued', { waiting: waiting(1) }));
  await list.refreshQueue();
  assert.deepEqual([list.find('2').waiting.place, list.find('2').eta_seconds], [1, 9]);
});

test('a new job appears, once, and a deleted one goes', async () => {
  const stored = [job('1')];
  const { list, source, asked } = makeList(stored);
  await list.show({});
  stored.push(job('2', 'queued'));
  for (let times = 0; times < 3; times++) tell(source, 'state', { job_id: '2', state: 'queued' });
  await settle();
  assert.deepEqual(ids(list), ['2', '1']);
  assert.equal(asked.filter((path) => path.endsWith('/2')).length, 1);
  tell(source, 'state', { job_id: '1', state: 'cancelled' });
  tell(source, 'deleted', { job_id: '1' });
  assert.deepEqual(ids(list), ['2']);
  await settle();
  assert.equal(asked.filter((path) => path.endsWith('/1')).length, 0, 'one that is gone is not asked for');
});

test('a job that does not fit the filter any more leaves', async () => {
  const stored = [job('1', 'processing')];
  const { list, source } = makeList(stored);
  await list.show({ state: 'processing' });
  stored[0] = job('1');
  tell(source, 'state', { job_id: '1', state: 'completed' });
  await settle();
  assert.deepEqual(ids(list), []);
});

test('after missed events the first page is fetched again, and later pages stay', async () => {
  const stored = Array.from({ length: 120 }, (_, index) => job(String(index).padStart(3, '0')));
  const { list, source } = makeList(stored);
  await list.show({});
  await list.loadMore();
  assert.equal(list.items.length, 120);
  assert.equal(list.more, false);
  stored.splice(110, 1);
  source.dispatchEvent(new Event('resync'));
  await settle();
  assert.equal(list.items.length, 119);
  assert.equal(list.find('110'), undefined);
});

test('a hidden job comes back by undo', async () => {
  const { list } = makeList([job('1'), job('2')]);
  await list.show({});
  list.hide('1');
  assert.deepEqual(ids(list), ['2']);
  list.unhide('1');
  assert.deepEqual(ids(list), ['2', '1']);
});

test('a range is chosen from the last one, and what left the list is forgotten', () => {
  const chosen = new Selection();
  const order = ['e', 'd', 'c', 'b', 'a'];
  chosen.toggle('d', order);
  chosen.toggle('b', order, true);
  assert.deepEqual(chosen.among(order.map((id) => ({ id }))).map(({ id }) => id), ['d', 'c', 'b']);
  chosen.toggle('c', order);
  assert.equal(chosen.size, 2);
  assert.deepEqual(chosen.among([{ id: 'b' }]), [{ id: 'b' }]);
  assert.equal(chosen.size, 1);
});

test('a profile leaves to the service what it does not say', () => {
  assert.deepEqual(optionsOf(emptyProfile), { translate: false, speech: false, formats: ['txt', 'srt', 'vtt', 'json'] });
  assert.deepEqual(optionsOf({ ...emptyProfile, language: 'de', voice: 'slt', preset: 'bbc' }), { translate: false, speech: false, formats: ['txt', 'srt', 'vtt', 'json'], language: 'de', preset: 'bbc' });
  assert.equal(optionsOf({ ...emptyProfile, speech: true, voice: 'slt' }).voice, 'slt');
  assert.equal(optionsOf({ ...emptyProfile, hotwords: 'Ada, Zoë' }).hotwords, 'Ada, Zoë');
  const dubbed = optionsOf({ ...emptyProfile, dub: 'duck', voice: 'slt' }, 'A talk.MP4');
  assert.deepEqual([dubbed.dub, dubbed.background, dubbed.voice], [true, 'duck', 'slt']);
  assert.equal('dub' in optionsOf({ ...emptyProfile, dub: 'duck' }, 'talk.mp3'), false, 'only videos are dubbed');
});

test('speakers are asked for as the service names the choice', () => {
  const option = (values) => optionsOf({ ...emptyProfile, ...values }).speakers;
  assert.equal(option({ speakers: 'off' }), undefined);
  assert.equal(option({ speakers: 'auto' }), 'auto');
  assert.equal(option({ speakers: 'channels' }), 'channels');
  assert.equal(option({ speakers: 'number', fewest: 2, most: 3 }), '3');
  assert.equal(option({ speakers: 'range', fewest: 2, most: 5 }), '2-5');
  assert.equal(option({ speakers: 'range', fewest: 3, most: 3 }), '3');
});

test('labels that others gave and took are shown, and bring jobs into the filter and out of it', async () => {
  const x = { id: 'x', name: 'talks' };
  const stored = [job('1', 'completed', { labels: [] }), job('2', 'completed', { labels: [x] })];
  const { list, source } = makeList(stored);
  await list.show({ label: 'x' });
  stored[0] = { ...stored[0], labels: [x] };
  tell(source, 'labels', { job_id: '1', labels: [x] });
  tell(source, 'labels', { job_id: '2', labels: [] });
  assert.equal(list.find('2'), undefined);
  await settle();
  assert.deepEqual(list.find('1').labels, [x]);
});

test('rows bear the names that labels have now, and none of a label that is gone', async () => {
  const [x, y, z] = ['x', 'y', 'z'].map((id) => ({ id, name: id, jobs: 1 }));
  const { list, source } = makeList([job('1', 'completed', { labels: [x, y, z] })]);
  await list.show({});
  let answers = [x, y];
  const labels = new Labels(source, list, async () => ({ items: answers }));
  tell(source, 'label_list', {});
  await settle();
  assert.deepEqual(labels.items, [], 'nobody has asked for them');
  await labels.fetch();
  assert.deepEqual(list.find('1').labels.map(({ name }) => name), ['x', 'y', 'z'], 'one that is newer than the list stays');
  answers = [{ ...y, name: 'why' }, z];
  for (let times = 0; times < 3; times++) tell(source, 'label_list', {});
  await new Promise((resolve) => labels.addEventListener('change', resolve, { once: true }));
  assert.deepEqual(list.find('1').labels.map(({ name }) => name), ['why', 'z']);
});

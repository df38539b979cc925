import assert from 'node:assert/strict';
import test from 'node:test';
import { TranscriptDocument, plain } from '../src/recording/document.js';
import { findAll } from '../src/recording/matches.js';
import { changes, diffWords, merge, takeTheirs } from '../src/recording/merge.js';
import { dealWords, lastStarted, placeWords, timeAt } from '../src/recording/words.js';
import { readCues, readingSpeed } from '../src/recording/cues.js';

const transcript = () => ({
  segments: [{ start: 0, end: 2, text: ' Ask not what' }, { start: 2, end: 4, text: 'your country can do' }, { start: 4, end: 6, text: 'for you.' }],
  words: [['Ask', 0, 0.5], ['not', 0.5, 1], ['what', 1, 2], ['your', 2, 2.5], ['country', 2.5, 3], ['can', 3, 3.5], ['do', 3.5, 4], ['for', 4, 5], ['you.', 5, 6]].map(([word, start, end]) => ({ word, start, end })),
});
const open = () => new TranscriptDocument(transcript(), '"1"');
const texts = ({ segments }) => segments.map(({ text }) => text);

test('words belong to their segments, and stand where they stand', () => {
  const { segments, words } = transcript();
  assert.deepEqual(dealWords(segments, words).map((list) => list.length), [3, 4, 2]);
  const placed = placeWords('no, no and no', [{ word: 'no,', start: 0, end: 1 }, { word: ' missing', start: 1, end: 2 }, { word: 'no', start: 2, end: 3 }, { word: 'no', start: 3, end: 4 }]);
  assert.deepEqual(placed.map(({ from, to, start }) => [from, to, start]), [[0, 3, 0], [4, 6, 2], [11, 13, 3]]);
});

test('the place of a click is a time, and a time is a segment', () => {
  const segment = { start: 10, end: 20, text: 'one two' };
  assert.equal(timeAt(segment, placeWords(segment.text, [{ word: 'one', start: 10, end: 11 }, { word: 'two', start: 17, end: 18 }]), 5), 17);
  assert.equal(timeAt({ ...segment, text: '0123456789' }, [], 5), 15);
  assert.deepEqual([-1, 0, 3.9, 4, 99].map((time) => lastStarted(transcript().segments, time)), [-1, 0, 1, 2, 2]);
});

test('a sentence keeps its speaker when it is edited and divided, and gets another', () => {
  const known = transcript();
  known.speakers = [{ id: 'S1', name: 'Anna' }, { id: 'S2', name: '' }];
  known.segments[0].speaker = 'S1';
  const document = new TranscriptDocument(known, '"1"');
  const [first, second] = document.segments;
  document.setText(first.key, 'Ask why');
  document.split(first.key, 4);
  document.setSpeaker(second.key, 'S2');
  document.setSpeaker(second.key, 'S2');
  assert.deepEqual(document.toEdit().segments.map(({ speaker }) => speaker), ['S1', 'S1', 'S2', null]);
  document.setSpeaker(second.key, '');
  assert.deepEqual(document.toEdit().segments.map(({ speaker }) => speaker), ['S1', 'S1', null, null]);
  document.undo();
  document.undo();
  assert.equal(document.segments[2].speaker, undefined);
  assert.ok(!('speaker' in open().toEdit().segments[0]), 'nothing is said of speakers where there are none');
});

test('who speaks is a part of the content, so that edits of it are merged', () => {
  const base = [{ start: 0, end: 1, text: 'a', speaker: 'S1' }, { start: 1, end: 2, text: '-' }, { start: 2, end: 3, text: 'b', speaker: 'S2' }];
  const [mine, theirs] = [{ ...base[2], speaker: 'S1' }, { ...base[0], text: 'A' }];
  assert.deepEqual(merge(base, [base[0], base[1], mine], [theirs, base[1], base[2]]), { conflicts: [], segments: [theirs, base[1], mine] });
});

test('edits are undone and redone, all the way', () => {
  const document = open();
  const [first, second] = document.segments;
  document.setText(first.key, 'Ask');
  document.setText(first.key, 'Ask');
  document.mergeWithPrevious(second.key);
  assert.deepEqual(texts(document), ['Ask your country can do', 'for you.']);
  document.undo();
  document.undo();
  assert.equal(document.changed, false);
  assert.equal(document.canUndo, false);
  document.redo();
  assert.deepEqual(texts(document)[0], 'Ask');
  document.redo();
  assert.equal(document.segments.length, 2);
});

test('a split is at a word, in text and in time', () => {
  const document = open();
  const second = document.split(document.segments[1].key, 'your '.length);
  assert.deepEqual(plain(document.segments).slice(1, 3), [{ start: 2, end: 2.5, text: 'your' }, { start: 2.5, end: 4, text: 'country can do' }]);
  assert.equal(document.segments[2].key, second);
  assert.deepEqual(document.segments[2].words.map(({ word }) => word), ['country', 'can', 'do']);
  assert.equal(document.split(second, 0), null);
  assert.deepEqual(document.mergeWithPrevious(second), { key: document.segments[1].key, place: 4 });
  assert.deepEqual(texts(document)[1], 'your country can do');
});

test('a segment keeps its language through edits, drafts, splits and merges', () => {
  const spoken = transcript();
  spoken.segments[1].language = 'de';
  const document = new TranscriptDocument(spoken, '"1"');
  document.setText(document.segments[1].key, 'dein Land kann');
  document.split(document.segments[1].key, 'dein'.length);
  assert.deepEqual(document.toEdit().segments.map(({ language }) => language), [undefined, 'de', 'de', undefined]);
  const draft = plain(document.segments);
  document.undo();
  document.adopt(draft);
  assert.deepEqual(plain(document.segments), draft);
  const merged = merge(plain(document.original), draft, plain(document.original).map((segment, index) => (index === 2 ? { ...segment, text: 'theirs' } : segment)));
  assert.deepEqual(merged.segments.map(({ language }) => language), [undefined, 'de', 'de', undefined]);
});

test('replacing everywhere is one step', () => {
  const document = open();
  assert.equal(document.replaceAll(/o/g, '0'), 6);
  document.undo();
  assert.equal(document.changed, false);
});

test('what is stored has no empty segments', () => {
  const document = open();
  document.setText(document.segments[0].key, '');
  assert.deepEqual(document.toEdit().segments.map(({ text }) => text), ['your country can do', 'for you.']);
});

test('words are found in either case, and what looks like a pattern is none', () => {
  const segments = [{ key: 1, text: 'Is it (really) so? IS it?' }, { key: 2, text: 'is' }];
  assert.deepEqual(findAll(segments, 'is'), [{ key: 1, from: 0, to: 2 }, { key: 1, from: 19, to: 21 }, { key: 2, from: 0, to: 2 }]);
  assert.deepEqual(findAll(segments, '(really)'), [{ key: 1, from: 6, to: 14 }]);
  assert.deepEqual(findAll(segments, ''), []);
});

test('segments stay with their neighbours when others are split, joined or merged', () => {
  const long = { segments: Array.from({ length: 100 }, (_, index) => ({ start: index, end: index + 1, text: `sentence ${index}` })) };
  const document = new TranscriptDocument(long, '"1"');
  assert.deepEqual(document.groups.map((group) => group.length), [40, 40, 20]);
  document.split(document.segments[39].key, 'sentence'.length);
  document.mergeWithPrevious(document.segments[81].key);
  assert.deepEqual(document.groups.map((group) => group.length), [41, 40, 19]);
  document.adopt([...plain(document.segments).slice(0, 60), { start: 60, end: 61, text: 'new' }, ...plain(document.segments).slice(60)]);
  assert.deepEqual(document.groups.map((group) => group.length), [41, 41, 19]);
});

const base = ['a', 'b', 'c', 'd', 'e'].map((text, index) => ({ start: index, end: index + 1, text }));
const edited = (changes) => base.flatMap((segment) => (segment.text in changes ? changes[segment.text] : [segment]));
const at = (index, text) => ({ start: index, end: index + 1, text });

test('edits in different places are put together', () => {
  const merged = merge(base, edited({ b: [at(1, 'B')] }), edited({ d: [], e: [at(4, 'E')] }));
  assert.deepEqual(merged.conflicts, []);
  assert.deepEqual(texts(merged), ['a', 'B', 'c', 'E']);
});

test('the same edit twice is no conflict', () => {
  const both = edited({ b: [at(1, 'B')] });
  assert.deepEqual(merge(base, both, both), { segments: both, conflicts: [] });
});

test('revisions are compared place by place, and word by word', () => {
  assert.deepEqual(changes(base, base), []);
  assert.deepEqual(changes(base, edited({ b: [at(1, 'B'), at(1.5, 'too')], e: [] })), [{ before: [base[1]], after: [at(1, 'B'), at(1.5, 'too')] }, { before: [base[4]], after: [] }]);
  assert.deepEqual(diffWords('the old  red house', 'the red houses'), [{ text: 'the', kind: 'same' }, { text: 'old', kind: 'del' }, { text: 'red', kind: 'same' }, { text: 'house', kind: 'del' }, { text: 'houses', kind: 'ins' }]);
  assert.deepEqual(diffWords('', 'new'), [{ text: 'new', kind: 'ins' }]);
});

test('times are set by hand, between those of the neighbours', () => {
  const document = open();
  const { key } = document.segments[1];
  assert.equal(document.setTimes(key, 1.5, 3.9), true);
  for (const [start, end] of [[-1, 2], [3, 3], [4.1, 5]]) assert.equal(document.setTimes(key, start, end), false, `${start} to ${end}`);
  assert.deepEqual(plain(document.segments)[1], { start: 1.5, end: 3.9, text: 'your country can do' });
  document.undo();
  assert.equal(document.changed, false);
});

test('different edits of one place are a conflict, which can be settled either way', () => {
  const merged = merge(base, edited({ b: [at(1, 'mine')], d: [at(3, 'D')] }), edited({ b: [at(1, 'theirs'), at(1.5, 'too')] }));
  assert.deepEqual(texts(merged), ['a', 'mine', 'c', 'D', 'e']);
  assert.equal(merged.conflicts.length, 1);
  assert.deepEqual(takeTheirs(merged).map(({ text }) => text), ['a', 'theirs', 'too', 'c', 'D', 'e']);
});

test('long transcripts are merged', () => {
  const long = Array.from({ length: 5000 }, (_, index) => at(index, `sentence ${index}`));
  const change = (step) => long.map((segment, index) => (index % step === 1 ? { ...segment, text: `${segment.text}, ${step}` } : segment));
  const { segments, conflicts } = merge(long, change(97), change(89));
  assert.equal(segments.length, 5000);
  assert.equal(conflicts.length, 2, 'both changed place 1, and neighbours at 1068');
});

test('cues are read as the service writes them', () => {
  const cues = readCues('WEBVTT\n\n1\n00:01.000 --> 00:02.500 line:90%\nTom &amp; <i>Jerry</i>\nrun\n\nNOTE nothing\n\n01:00:00.000 --> 01:00:01.000\nEnd');
  assert.deepEqual(cues, [{ start: 1, end: 2.5, text: 'Tom & Jerry\nrun' }, { start: 3600, end: 3601, text: 'End' }]);
  assert.equal(readingSpeed({ start: 0, end: 2, text: 'ab\ncd' }), 2);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { offered, rememberSettings, sensible, settingsOf, transcriptUrl } from '../src/recording/format_settings.js';

test('what is remembered of a format is what makes a difference to it', () => {
  assert.deepEqual(rememberSettings('srt', { preset: 'bbc', line_length: 30, lines: 0, speakers: true, times: false, paragraph_seconds: 5 }), { preset: 'bbc', line_length: 30 });
  assert.deepEqual(settingsOf('srt'), { preset: 'bbc', line_length: 30 });
  assert.deepEqual(settingsOf('vtt'), {}, 'each has its own');
  assert.deepEqual(rememberSettings('txt', { times: false, speakers: false, sounds: true, paragraph_seconds: 5 }), { times: false, speakers: false, sounds: true, paragraph_seconds: 5 });
  assert.deepEqual(rememberSettings('srt', {}), {});
  assert.deepEqual(settingsOf('srt'), {});
});

test('what cannot be asked is left out', () => {
  assert.deepEqual(sensible('srt', { line_length: 5, lines: 9, preset: 7 }), {});
  assert.deepEqual(sensible('srt', { line_length: Number.NaN, lines: 1.5, preset: '' }), {});
  assert.deepEqual(sensible('md', null), {});
  assert.deepEqual(sensible('rttm', { speakers: false }), {});
});

test('only what the transcript has can be left out of it', () => {
  const nothing = { speakers: false, sounds: false };
  assert.deepEqual(offered('txt', {}, nothing), ['paragraph_seconds']);
  assert.deepEqual(offered('txt', {}, { speakers: true, sounds: true }), ['times', 'speakers', 'sounds', 'paragraph_seconds']);
  assert.deepEqual(offered('txt', { speakers: false }, { speakers: true, sounds: false }), ['speakers', 'paragraph_seconds']);
  assert.deepEqual(offered('srt', { preset: 'plain' }, nothing), ['preset', 'line_length']);
  assert.deepEqual(offered('json', {}, nothing), []);
  assert.deepEqual(offered('json', {}, {}), [], 'what is not known is not there');
});

test('an address says what differs from the usual', () => {
  assert.equal(transcriptUrl('1', 'srt', {}), '/api/v1/jobs/1/transcript?format=srt');
  assert.equal(transcriptUrl('1', 'txt', { times: false, paragraph_seconds: 5 }, { max_segments: 40 }), '/api/v1/jobs/1/transcript?format=txt&times=false&paragraph_seconds=5&max_segments=40');
});

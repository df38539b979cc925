import assert from 'node:assert/strict';
import test from 'node:test';
import { editedSince } from '../src/recording/edited_sentences.js';

const said = ['The harbour was quiet.', 'The last ferry left.', 'Nobody was there.'];

test('a sentence that was edited is found between those that were not', () => {
  assert.deepEqual(editedSince(said, said.join('\n')), [null, null, null]);
  assert.deepEqual(editedSince(said, 'The harbour was quiet. The very last ferry\n left at ten. Nobody was there.'), [null, 'The very last ferry left at ten.', null]);
  assert.deepEqual(editedSince(said, 'It was quiet. The last ferry left. Nobody was there.'), ['It was quiet.', null, null]);
  assert.deepEqual(editedSince(said, 'The harbour was quiet. The last ferry left. Somebody was there. Two of them.'), [null, null, 'Somebody was there. Two of them.']);
});

test('where it is not clear what belongs to which, nothing is said', () => {
  assert.deepEqual(editedSince(said, 'It was quiet. The ferry was gone. Nobody was there.'), [null, null, null]);
  assert.deepEqual(editedSince(said, 'The harbour was quiet. Nobody was there.'), [null, null, null], 'it was deleted');
  assert.deepEqual(editedSince(said, 'Something else.'), [null, null, null]);
  assert.deepEqual(editedSince(said, ''), [null, null, null]);
  assert.deepEqual(editedSince([], 'Text.'), []);
});

test('sentences that are said twice keep their order', () => {
  assert.deepEqual(editedSince(['Yes.', 'No.', 'Yes.'], 'Yes. Perhaps. Yes.'), [null, 'Perhaps.', null]);
  assert.deepEqual(editedSince(['Yes.', 'Yes.', 'No.'], 'Yes. Yes. Never.'), [null, null, 'Never.']);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { sharedAddress } from '../src/worker/shared_address.js';

test('a shared link is the first in what was shared, wherever the phone put it', () => {
  const address = (texts) => sharedAddress(new URLSearchParams(texts));
  assert.equal(address({}), '/dashboard');
  assert.equal(address({ title: 'A talk', text: 'no link' }), '/dashboard');
  assert.equal(address({ url: 'https://example.com/a?b=1&c' }), `/dashboard?link=${encodeURIComponent('https://example.com/a?b=1&c')}`);
  assert.equal(address({ text: 'Look: https://example.com/v\nbye' }), `/dashboard?link=${encodeURIComponent('https://example.com/v')}`);
  assert.equal(address({ text: 'javascript:alert(1)' }), '/dashboard');
});

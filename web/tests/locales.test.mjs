/* global SOURCES */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { fill, languages, preferredLanguage } from '../src/base/language.js';

const read = (name) => JSON.parse(fs.readFileSync(path.join(SOURCES, 'locales', `${name}.json`), 'utf8'));
const english = read('en');
const sources = fs.readdirSync(path.join(SOURCES, 'src'), { recursive: true }).filter((name) => name.endsWith('.js')).map((name) => fs.readFileSync(path.join(SOURCES, 'src', name), 'utf8')).join('\n');
const formsOf = (entry) => (typeof entry === 'string' ? { other: entry } : entry);
const valuesIn = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test('every text that the sources name exists', () => {
  for (const [, key] of sources.matchAll(/\bt\('([\w.-]+)'/g)) assert.ok(key in english, key);
});

test('every kind of file that the service stores has a name', () => {
  const { components } = JSON.parse(fs.readFileSync(path.join(SOURCES, '../src/api/openapi.json'), 'utf8'));
  for (const kind of ['recording', ...components.schemas.AdminStorage.properties.kinds.items.properties.kind.enum]) assert.ok(`stored.${kind}` in english, kind);
});

test('every text is used', () => {
  const literal = new Set([...sources.matchAll(/'([a-z]\w*\.[\w.-]+)'/g)].map(([, key]) => key));
  const prefixes = [...sources.matchAll(/`([a-z]\w*\.)\$\{/g)].map(([, prefix]) => prefix);
  for (const key of Object.keys(english)) assert.ok(literal.has(key) || prefixes.some((prefix) => key.startsWith(prefix)), `${key} is used nowhere`);
});

for (const code of Object.keys(languages)) {
  test(`${code}: complete, with the same values and the plurals of the language`, () => {
    const texts = read(code);
    assert.deepEqual(Object.keys(texts).sort(), Object.keys(english).sort());
    for (const [key, entry] of Object.entries(texts)) {
      const values = valuesIn(formsOf(english[key]).other);
      for (const [form, text] of Object.entries(formsOf(entry))) {
        assert.ok(text.trim(), `${key} is empty`);
        // A form for exactly one or two may leave the number out.
        const wanted = ['zero', 'one', 'two'].includes(form) ? values.filter((name) => name !== 'n' || valuesIn(text).includes('n')) : values;
        assert.deepEqual(valuesIn(text), wanted, `${code} ${key} ${form}`);
      }
      if (typeof english[key] !== 'string') {
        for (const form of new Intl.PluralRules(code).resolvedOptions().pluralCategories) assert.ok(form === 'many' && code === 'es' || form in formsOf(entry), `${code} ${key} lacks the form "${form}"`);
      }
    }
  });
}

test('a text with numbers takes the form of the language', () => {
  const entry = { one: '{n} upload', other: '{n} uploads' };
  assert.equal(fill(entry, { n: 1 }, new Intl.PluralRules('en')), '1 upload');
  assert.equal(fill(entry, { n: 3 }, new Intl.PluralRules('en')), '3 uploads');
  assert.equal(fill('{a} and {b}', { a: 'x' }, new Intl.PluralRules('en')), 'x and {b}');
});

test('the language is the chosen one, else the first that the browser accepts and that is there', () => {
  assert.equal(preferredLanguage('de', ['es']), 'de');
  assert.equal(preferredLanguage(null, ['fr-FR', 'zh-CN', 'en']), 'zh');
  assert.equal(preferredLanguage('xx', ['fr']), 'en');
});

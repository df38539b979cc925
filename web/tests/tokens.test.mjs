/* global SOURCES */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';

const css = fs.readFileSync(path.join(SOURCES, 'styles/tokens.css'), 'utf8');
const tokens = new Map([...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [name, { light, dark }]));

function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

test('the measure is that of WCAG', () => {
  assert.equal(contrast('#FFFFFF', '#000000'), 21);
  assert.ok(Math.abs(contrast('#777777', '#FFFFFF') - 4.48) < 0.01);
});

for (const theme of ['light', 'dark']) {
  const pair = (text, ground, least) => {
    const ratio = contrast(tokens.get(text)[theme], tokens.get(ground)[theme]);
    assert.ok(ratio >= least, `${text} on ${ground} in the ${theme} theme: ${ratio.toFixed(2)}, which is less than ${least}`);
  };
  test(`every text can be read in the ${theme} theme`, () => {
    for (const ground of ['paper', 'surface', 'sunken']) for (const text of ['ink', 'soft', 'faint', 'accent', 'good', 'warn', 'bad', 'idle']) pair(text, ground, 4.5);
    for (const text of ['ink', 'soft']) pair(text, 'accent-soft', 4.5);
    pair('accent-ink', 'accent', 4.5);
  });
  test(`edges of fields and the focus can be seen in the ${theme} theme`, () => {
    for (const ground of ['paper', 'surface', 'sunken']) for (const edge of ['edge', 'accent']) pair(edge, ground, 3);
  });
}

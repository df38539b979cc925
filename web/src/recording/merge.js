import { contentOf, sameContent } from './document.js';

/** The indices of the longest rising sequence of `values`. */
function longestRise(values) {
  const tails = [];
  const before = [];
  values.forEach((value, index) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[tails[middle]] < value) low = middle + 1;
      else high = middle;
    }
    before[index] = low > 0 ? tails[low - 1] : -1;
    tails[low] = index;
  });
  const rise = [];
  for (let at = tails.at(-1) ?? -1; at >= 0; at = before[at]) rise.unshift(at);
  return rise;
}

/** For each segment of `base` the index of the same one in `other`, or -1; in order. */
function match(base, other) {
  const places = new Map();
  other.forEach((segment, index) => places.set(contentOf(segment), places.has(contentOf(segment)) ? -1 : index));
  const candidates = [];
  base.forEach((segment, index) => {
    const place = places.get(contentOf(segment)) ?? -1;
    if (place >= 0) candidates.push({ index, place });
  });
  const matched = Array(base.length).fill(-1);
  for (const at of longestRise(candidates.map(({ place }) => place))) matched[candidates[at].index] = candidates[at].place;
  return matched;
}

/** Where two transcripts differ: `{ before, after }`, the segments of each such place. */
export function changes(before, after) {
  const matched = match(before, after);
  const found = [];
  let [b, a] = [0, 0];
  const add = (toBefore, toAfter) => {
    if (toBefore > b || toAfter > a) found.push({ before: before.slice(b, toBefore), after: after.slice(a, toAfter) });
  };
  matched.forEach((place, index) => {
    if (place < 0) return;
    add(index, place);
    [b, a] = [index + 1, place + 1];
  });
  add(before.length, after.length);
  return found;
}

const mostCompared = 1000;

/** Two texts word by word: `{ text, kind }`, whose kind is 'same', 'del' or 'ins'. */
export function diffWords(before, after) {
  const [one, other] = [before, after].map((text) => text.split(/\s+/).filter(Boolean));
  if (one.length > mostCompared || other.length > mostCompared) return [{ text: before, kind: 'del' }, { text: after, kind: 'ins' }];
  const longest = Array.from({ length: one.length + 1 }, () => new Uint16Array(other.length + 1));
  for (let i = one.length - 1; i >= 0; i--) for (let j = other.length - 1; j >= 0; j--) longest[i][j] = one[i] === other[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
  const parts = [];
  const add = (text, kind) => {
    if (parts.at(-1)?.kind === kind) parts.at(-1).text += ` ${text}`;
    else parts.push({ text, kind });
  };
  let [i, j] = [0, 0];
  while (i < one.length || j < other.length) {
    if (i < one.length && j < other.length && one[i] === other[j]) add(one[(j++, i++)], 'same');
    else if (i < one.length && (j === other.length || longest[i + 1][j] >= longest[i][j + 1])) add(one[i++], 'del');
    else add(other[j++], 'ins');
  }
  return parts;
}

/**
 * Two edits of the same transcript as one: `{ segments, conflicts }`. Where both changed the same stretch in different
 * ways, `segments` has mine, and `conflicts` an entry `{ at, length, mine, theirs }`: its place in `segments`, and both versions.
 */
export function merge(base, mine, theirs) {
  const inMine = match(base, mine);
  const inTheirs = match(base, theirs);
  const segments = [];
  const conflicts = [];
  let [b, m, t] = [0, 0, 0];
  const settle = (toBase, toMine, toTheirs) => {
    const [old, ours, others] = [base.slice(b, toBase), mine.slice(m, toMine), theirs.slice(t, toTheirs)];
    if (sameContent(ours, others) || sameContent(others, old)) {
      segments.push(...ours);
    } else if (sameContent(ours, old)) {
      segments.push(...others);
    } else {
      conflicts.push({ at: segments.length, length: ours.length, mine: ours, theirs: others });
      segments.push(...ours);
    }
  };
  for (let index = 0; index < base.length; index++) {
    if (inMine[index] < 0 || inTheirs[index] < 0) continue;
    settle(index, inMine[index], inTheirs[index]);
    segments.push(mine[inMine[index]]);
    [b, m, t] = [index + 1, inMine[index] + 1, inTheirs[index] + 1];
  }
  settle(base.length, mine.length, theirs.length);
  return { segments, conflicts };
}

/** The merged segments with their version of the conflicts. */
export function takeTheirs({ segments, conflicts }) {
  const result = [...segments];
  for (const { at, length, theirs } of [...conflicts].reverse()) result.splice(at, length, ...theirs);
  return result;
}

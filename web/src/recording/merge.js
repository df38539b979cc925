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

/** Where each word stands in the text of its segment: `[{ start, end, from, to, confidence }]`, times in seconds,
 * places in characters. */
export function placeWords(text, words) {
  const placed = [];
  let at = 0;
  for (const { word, start, end, confidence } of words) {
    const plain = word.trim();
    const from = plain ? text.indexOf(plain, at) : -1;
    if (from < 0) continue;
    at = from + plain.length;
    placed.push({ start, end, from, to: at, confidence });
  }
  return placed;
}

/** Gives each segment its words, which the service returns in one list for all. */
export function dealWords(segments, words) {
  let next = 0;
  return segments.map((segment, index) => {
    const until = segments[index + 1]?.start ?? Infinity;
    const first = next;
    while (next < words.length && words[next].start < Math.max(segment.end, segment.start + 0.01) && words[next].start < until) next++;
    return words.slice(first, next);
  });
}

/** The index of the last item that starts at or before the time; -1 if none does. */
export function lastStarted(items, time) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle].start <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** When the character at this place is said: exactly where words are known, else by its share of the segment. */
export function timeAt({ start, end, text }, placed, place) {
  const word = placed.findLast(({ from }) => from <= place);
  if (word) return word.start;
  return start + (end - start) * (text.length ? Math.min(1, place / text.length) : 0);
}

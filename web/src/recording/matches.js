/** The words as they stand, in either case. */
export const pattern = (words) => new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'giu');

/** Where the words are in the segments: `{ key, from, to }`, in order. */
export function findAll(segments, words) {
  if (!words) return [];
  const wanted = pattern(words);
  return segments.flatMap(({ key, text }) => [...text.matchAll(wanted)].map((match) => ({ key, from: match.index, to: match.index + match[0].length })));
}

/** Less is no cue, in seconds. */
const shortest = 0.1;
const within = (value, least, most) => Math.max(least, Math.min(most, value));
const hundredths = (seconds) => Math.round(seconds * 100) / 100;

/** Between which times the segment may be moved without overlapping its neighbours; where it does already, it may stay. */
export function boundsOf(segments, index, duration) {
  const { start, end } = segments[index];
  return { least: Math.min(segments[index - 1]?.end ?? 0, start), most: Math.max(segments[index + 1]?.start ?? duration, end) };
}

/** The times of a cue, `{ start, end, least, most }`, whose `part` ('start', 'end' or 'whole') is moved by so many seconds. */
export function retimed({ start, end, least, most }, part, seconds) {
  if (part === 'start') return { start: hundredths(within(start + seconds, least, Math.max(least, end - shortest))), end };
  if (part === 'end') return { start, end: hundredths(within(end + seconds, Math.min(most, start + shortest), most)) };
  const by = within(seconds, least - start, most - end);
  return { start: hundredths(start + by), end: hundredths(end + by) };
}

/** What to see of a recording for such a cue: as much again on both sides, and nothing beyond its ends. */
export function viewOf({ start, end }, duration, shortestView) {
  const length = Math.max(shortestView, 3 * (end - start));
  if (length >= duration) return null;
  const from = within((start + end - length) / 2, 0, duration - length);
  return { from, to: from + length };
}

import { dealWords, placeWords, timeAt } from './words.js';

const longestHistory = 500;
const groupSize = 40;
let nextKey = 1;

const withKey = (segment) => ({ ...segment, key: nextKey++ });

/**
 * A transcript that is being edited. Its segments, `{ key, group, start, end, text, words, language, speaker }` (the last two only where they are known), are never changed in place, so
 * that equal objects are equal content. Segments of one `group` are neighbours, and stay together when others are split or
 * joined. `change` is told after every change.
 */
export class TranscriptDocument extends EventTarget {
  #undo = [];
  #redo = [];

  /** `transcript` as GET /api/v1/jobs/ID/transcript has it; `revision`: its entity tag. */
  constructor(transcript, revision) {
    super();
    const words = dealWords(transcript.segments, transcript.words ?? []);
    this.speakers = transcript.speakers ?? [];
    this.original = transcript.segments.map(({ start, end, text, language, speaker }, index) => withKey({ start, end, text: text.trim(), ...(language && { language }), ...(speaker && { speaker }), words: words[index], group: Math.floor(index / groupSize) }));
    this.segments = this.original;
    this.revision = revision;
  }
  get changed() {
    return this.segments !== this.original && !sameContent(this.segments, this.original);
  }
  get canUndo() {
    return this.#undo.length > 0;
  }
  get canRedo() {
    return this.#redo.length > 0;
  }
  /** The segments, by their groups. */
  get groups() {
    const groups = [];
    for (const segment of this.segments) {
      if (groups.at(-1)?.[0].group === segment.group) groups.at(-1).push(segment);
      else groups.push([segment]);
    }
    return groups;
  }
  indexOf(key) {
    return this.segments.findIndex((segment) => segment.key === key);
  }
  undo() {
    if (!this.canUndo) return;
    this.#redo.push(this.segments);
    this.#show(this.#undo.pop());
  }
  redo() {
    if (!this.canRedo) return;
    this.#undo.push(this.segments);
    this.#show(this.#redo.pop());
  }
  setText(key, text) {
    this.#replace(key, (segment) => (segment.text === text ? [segment] : [{ ...segment, text }]));
  }
  /** Whether it may have these times: it ends after its start, and starts between its neighbours. */
  setTimes(key, start, end) {
    const index = this.indexOf(key);
    if (!(start >= 0 && end > start) || start < (this.segments[index - 1]?.start ?? 0) || start > (this.segments[index + 1]?.start ?? Infinity)) return false;
    this.#replace(key, (segment) => (segment.start === start && segment.end === end ? [segment] : [{ ...segment, start, end }]));
    return true;
  }
  /** Who says it; an empty id: nobody knows. */
  setSpeaker(key, id) {
    this.#replace(key, ({ speaker, ...segment }) => [(speaker ?? '') === id ? this.segments[this.indexOf(key)] : { ...segment, ...(id && { speaker: id }) }]);
  }
  remove(key) {
    this.#replace(key, () => []);
  }
  /** At this place of the text; the second half gets a key of its own, which is returned (null: nothing to split). */
  split(key, place) {
    const segment = this.segments[this.indexOf(key)];
    const before = segment?.text.slice(0, place).trim();
    const after = segment?.text.slice(place).trim();
    if (!before || !after) return null;
    const from = segment.text.indexOf(after, place);
    const time = Math.min(Math.max(timeAt(segment, placeWords(segment.text, segment.words), from), segment.start + 0.01), segment.end);
    const second = withKey({ ...segment, start: time, end: segment.end, text: after, words: segment.words.filter((word) => word.start >= time) });
    this.#replace(key, () => [{ ...segment, end: time, text: before, words: segment.words.filter((word) => word.start < time) }, second]);
    return second.key;
  }
  /** Joins the segment to the one before it; returns that one's key and the place of the seam, or null. */
  mergeWithPrevious(key) {
    const index = this.indexOf(key);
    if (index < 1) return null;
    const [before, segment] = this.segments.slice(index - 1, index + 1);
    const text = [before.text, segment.text].filter(Boolean).join(' ');
    const merged = { ...before, end: Math.max(before.end, segment.end), text, words: [...before.words, ...segment.words] };
    this.#set([...this.segments.slice(0, index - 1), merged, ...this.segments.slice(index + 1)]);
    return { key: before.key, place: before.text.length };
  }
  /** In every segment; returns how many places there were. */
  replaceAll(pattern, replacement) {
    let count = 0;
    const segments = this.segments.map((segment) => {
      const found = segment.text.match(pattern)?.length ?? 0;
      count += found;
      return found ? { ...segment, text: segment.text.replace(pattern, () => replacement) } : segment;
    });
    if (count) this.#set(segments);
    return count;
  }
  /** Other segments in place of all: a draft, or what a merge gave. */
  adopt(segments) {
    const known = new Map(this.segments.map((segment) => [contentOf(segment), segment]));
    let group = 0;
    this.#set(segments.map((segment) => {
      const found = known.get(contentOf(segment));
      group = Math.max(group, found?.group ?? 0);
      return found && found.group === group ? found : withKey({ words: found?.words ?? [], ...segment, group });
    }));
  }
  /** As PUT /api/v1/jobs/ID/transcript takes it. The service keeps the times of words that are still there. */
  toEdit() {
    const segments = plain(this.segments).filter(({ text }) => text);
    return { segments: this.speakers.length ? segments.map((segment) => ({ speaker: null, ...segment })) : segments };
  }
  #replace(key, change) {
    const index = this.indexOf(key);
    if (index < 0) return;
    const parts = change(this.segments[index]);
    if (parts.length === 1 && parts[0] === this.segments[index]) return;
    this.#set([...this.segments.slice(0, index), ...parts, ...this.segments.slice(index + 1)]);
  }
  #set(segments) {
    this.#undo.push(this.segments);
    if (this.#undo.length > longestHistory) this.#undo.shift();
    this.#redo = [];
    this.#show(segments);
  }
  #show(segments) {
    this.segments = segments;
    this.dispatchEvent(new Event('change'));
  }
}

export const plain = (segments) => segments.map(({ start, end, text, language, speaker }) => ({ start, end, text, ...(language && { language }), ...(speaker && { speaker }) }));
export const contentOf = ({ start, end, text, language = '', speaker = '' }) => `${start} ${end} ${language} ${speaker} ${text}`;

export function sameContent(one, other) {
  return one.length === other.length && one.every((segment, index) => contentOf(segment) === contentOf(other[index]));
}

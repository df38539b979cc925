import { lastStarted, placeWords } from './words.js';

/** Lights the word that is being said, without changing the page's elements (CSS Custom Highlight API). */
export class SpokenWord {
  #range = null;
  #placed = new WeakMap();

  words(segment) {
    if (!this.#placed.has(segment)) this.#placed.set(segment, placeWords(segment.text, segment.words));
    return this.#placed.get(segment);
  }
  /** `paragraph`: the element whose only text is the segment's; null lights nothing. */
  show(segment, paragraph, time) {
    if (!globalThis.CSS?.highlights) return;
    const word = paragraph && this.words(segment)[lastStarted(this.words(segment), time)];
    const text = paragraph && textNodeOf(paragraph);
    if (!word || !text || word.to > text.length) {
      CSS.highlights.delete('spoken');
      return;
    }
    this.#range ??= new Range();
    this.#range.setStart(text, word.from);
    this.#range.setEnd(text, word.to);
    CSS.highlights.set('spoken', new Highlight(this.#range));
  }
}

const unsure = 0.5;
/** Underlines the words that the engine was not sure of. `rows`: paragraphs and their segments. */
export function markUnsure(rows) {
  if (!globalThis.CSS?.highlights) return;
  const highlight = new Highlight();
  for (const { paragraph, segment } of rows) {
    const text = paragraph && textNodeOf(paragraph);
    if (!text || text.data !== segment.text) continue;
    for (const { from, to, confidence } of placeWords(segment.text, segment.words)) {
      if (!(confidence < unsure)) continue;
      const range = new StaticRange({ startContainer: text, startOffset: from, endContainer: text, endOffset: to });
      highlight.add(range);
    }
  }
  if (highlight.size) CSS.highlights.set('unsure', highlight);
  else CSS.highlights.delete('unsure');
}

/** Marks a place that was looked for; null marks nothing. */
export function markFound(paragraph, from, to) {
  if (!globalThis.CSS?.highlights) return;
  const text = paragraph && textNodeOf(paragraph);
  if (!text || to > text.length) {
    CSS.highlights.delete('found');
    return;
  }
  const range = new Range();
  range.setStart(text, from);
  range.setEnd(text, to);
  CSS.highlights.set('found', new Highlight(range));
}

export function textNodeOf(element) {
  return [...element.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.length > 0) ?? null;
}

/** The place in the element's text at this point of the window; null if it has none there. */
export function placeAt(element, x, y) {
  const found = document.caretPositionFromPoint?.(x, y);
  const [node, offset] = found ? [found.offsetNode, found.offset] : (({ startContainer, startOffset } = {}) => [startContainer, startOffset])(document.caretRangeFromPoint?.(x, y) ?? {});
  return node === textNodeOf(element) ? offset : null;
}

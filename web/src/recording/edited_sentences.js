const plain = (text) => text.replace(/\s+/g, ' ').trim();
const longest = 4_000;

/**
 * For each sentence of a speech what `text`, that of its transcript as it is now, has in its place, if that is something else;
 * or null. It is found between neighbours that are still the same, so where two in a row were edited, nothing is said.
 */
export function editedSince(sentences, text) {
  const now = plain(text);
  const said = sentences.map(plain);
  const edited = Array(said.length).fill(null);
  let place = 0; // behind the sentence before, or -1 where that is not known
  let searched = 0;
  said.forEach((sentence, index) => {
    const found = now.indexOf(sentence, searched);
    const next = index + 1 < said.length ? now.indexOf(said[index + 1], searched) : now.length;
    if (found >= 0 && (next < 0 || found <= next)) {
      searched = place = found + sentence.length;
      return;
    }
    const instead = place >= 0 && next >= 0 ? now.slice(place, next).trim() : '';
    if (instead && instead.length <= longest) edited[index] = instead;
    place = -1;
  });
  return edited;
}

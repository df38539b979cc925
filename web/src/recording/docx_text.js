const endSignature = 0x06054b50;
const endBytes = 22;
const entryBytes = 46;
const localBytes = 30;
const deflated = 8;

/** The bytes of a file in a ZIP archive, or null (APPNOTE.TXT 4.3). */
export async function unzipped(archive, wanted) {
  const view = new DataView(archive);
  let end = archive.byteLength - endBytes;
  while (end >= 0 && view.getUint32(end, true) !== endSignature) end--;
  if (end < 0) return null;
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const name = new TextDecoder().decode(new Uint8Array(archive, at + entryBytes, nameLength));
    if (name === wanted) {
      const local = view.getUint32(at + 42, true);
      const start = local + localBytes + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      const content = archive.slice(start, start + view.getUint32(at + 20, true));
      if (view.getUint16(at + 10, true) !== deflated) return content;
      return new Response(new Blob([content]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).arrayBuffer();
    }
    at += entryBytes + nameLength + extraLength + commentLength;
  }
  return null;
}

/** The paragraphs of a Word document of the service's: `{ style, text }`. */
export async function docxParagraphs(archive) {
  const bytes = await unzipped(archive, 'word/document.xml');
  if (!bytes) return [];
  const document = new DOMParser().parseFromString(new TextDecoder().decode(bytes), 'application/xml');
  return [...document.getElementsByTagName('w:p')].map((paragraph) => ({
    style: paragraph.getElementsByTagName('w:pStyle')[0]?.getAttribute('w:val') ?? '',
    text: [...paragraph.getElementsByTagName('w:t')].map(({ textContent }) => textContent).join(''),
  }));
}

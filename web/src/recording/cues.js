const arrow = /^(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})\s+-->\s+(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})/;

const seconds = (hours, minutes, whole, thousandths) => Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(whole) + Number(thousandths) / 1000;

const entities = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&nbsp;': ' ', '&lrm;': '', '&rlm;': '' };

/** The cues of a WebVTT file that the service wrote: `{ start, end, text }`, without markup. */
export function readCues(vtt) {
  const cues = [];
  for (const block of vtt.replaceAll('\r\n', '\n').split(/\n{2,}/)) {
    const lines = block.split('\n');
    const at = lines.findIndex((line) => arrow.test(line));
    if (at < 0) continue;
    const [, ...times] = arrow.exec(lines[at]);
    const text = lines.slice(at + 1).join('\n').replace(/<[^>]*>/g, '').replace(/&\w+;/g, (name) => entities[name] ?? name).trim();
    cues.push({ start: seconds(...times.slice(0, 4)), end: seconds(...times.slice(4)), text });
  }
  return cues;
}

/** Characters per second. */
export function readingSpeed({ start, end, text }) {
  return end > start ? [...text.replace(/\n/g, '')].length / (end - start) : 0;
}

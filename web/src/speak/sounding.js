/** What plays sound from its pieces; iPhones have only the managed one. */
const Source = globalThis.ManagedMediaSource ?? globalThis.MediaSource;
/** As a media source names what the service sends. It plays no Ogg, FLAC or WAV. */
const playable = { 'audio/mpeg': 'audio/mpeg', 'audio/mp4': 'audio/mp4; codecs="mp4a.40.2"' };

const happened = (target, type) => new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));

/** Opens a media source in the element; resolves to it and its buffer, or to null where the type cannot be played in pieces. */
async function open(audio, type) {
  if (!Source?.isTypeSupported(playable[type] ?? '')) return null;
  const media = new Source();
  const opened = happened(media, 'sourceopen');
  audio.disableRemotePlayback = true; // without it the managed one does not open
  audio.src = URL.createObjectURL(media);
  audio.play().catch(() => {});
  await opened;
  URL.revokeObjectURL(audio.src);
  return { media, buffer: media.addSourceBuffer(playable[type]) };
}

/** False once the browser takes no more: it has no room, or cannot play what it got. */
async function append({ media, buffer }, piece) {
  try {
    const taken = happened(buffer, 'updateend');
    buffer.appendBuffer(piece);
    await taken;
    return media.readyState === 'open';
  } catch {
    return false;
  }
}

/**
 * Plays the sound of an answer in the element, from its first bytes on where the browser can. Resolves when all of it has
 * arrived: `{ sound, heard }`, a Blob, and whether the element has it. Rejects when it breaks off, after which what came
 * can still be heard.
 */
export async function playAnswer(answer, audio) {
  const type = answer.headers.get('Content-Type');
  const source = await open(audio, type);
  const pieces = [];
  let taken = source !== null;
  const reader = answer.body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      pieces.push(next.value);
      if (taken) taken = await append(source, next.value);
    }
  } finally {
    if (source?.media.readyState === 'open') source.media.endOfStream();
  }
  return { sound: new Blob(pieces, { type }), heard: taken };
}

/** Plays the sound of an address, from where the element was. */
export function playOn(audio, url) {
  const time = audio.currentTime;
  audio.src = url;
  audio.currentTime = time;
  audio.play().catch(() => {});
}

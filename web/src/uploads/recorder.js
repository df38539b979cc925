import { exactly } from '../base/format.js';
import { t } from '../base/language.js';
import { addPiece, begin } from './kept.js';
import { hold } from './locks.js';

const pieceLength = 2000;
const types = [['audio/webm;codecs=opus', 'webm'], ['audio/mp4', 'm4a'], ['audio/ogg;codecs=opus', 'ogg']];

/** Why there is no sound, as a sentence. */
function reason(error) {
  if (error.name === 'NotAllowedError') return t('record.refused');
  if (error.name === 'NotFoundError') return t('record.noMicrophone');
  return t('record.failed', { reason: error.message });
}

/**
 * One recording from the microphone. Every two seconds what came is stored. `change` is told as it goes on: `seconds`,
 * `level` (0 to 1), `state` ('recording', 'paused', 'stopped').
 */
export class Recorder extends EventTarget {
  seconds = 0;
  level = 0;
  state = 'recording';
  #begun = Date.now();

  static async start() {
    if (!navigator.mediaDevices || !globalThis.MediaRecorder) throw new Error(t('record.unsupported'));
    try {
      return new Recorder(await navigator.mediaDevices.getUserMedia({ audio: true }));
    } catch (error) {
      throw new Error(reason(error));
    }
  }
  constructor(stream) {
    super();
    const [type, ending] = types.find(([each]) => MediaRecorder.isTypeSupported(each)) ?? ['', 'webm'];
    this.id = crypto.randomUUID();
    this.stream = stream;
    this.release = hold(`recording-${this.id}`);
    this.name = `${t('record.title', { time: exactly(new Date(this.#begun)) }).replace(/[/\\:]/g, '.')}.${ending}`;
    this.type = type.split(';')[0];
    this.media = new MediaRecorder(stream, type ? { mimeType: type } : undefined);
    this.written = begin({ id: this.id, name: this.name, type: this.type, begun: this.#begun });
    this.pieces = [];
    this.media.ondataavailable = ({ data }) => this.#keep(data);
    this.media.start(pieceLength);
    this.#watch();
  }
  #keep(blob) {
    if (!blob.size) return;
    this.pieces.push(blob);
    // Without room it is still in memory.
    this.written = this.written.then(() => addPiece(this.id, blob)).catch(() => {});
  }
  #watch() {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(this.stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let last = performance.now();
    this.timer = setInterval(() => {
      const now = performance.now();
      if (this.state === 'recording') this.seconds += (now - last) / 1000;
      last = now;
      analyser.getFloatTimeDomainData(samples);
      this.level = Math.min(1, Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length) * 4);
      this.dispatchEvent(new Event('change'));
    }, 100);
    this.context = context;
  }
  pause() {
    this.media.pause();
    this.state = 'paused';
  }
  resume() {
    this.media.resume();
    this.state = 'recording';
  }
  /** Ends it; resolves to the file, when all of it is stored. */
  async stop() {
    const ended = new Promise((resolve) => (this.media.onstop = resolve));
    this.media.stop();
    await ended;
    clearInterval(this.timer);
    for (const track of this.stream.getTracks()) track.stop();
    await this.context.close();
    this.state = 'stopped';
    await this.written;
    this.release();
    return new File(this.pieces, this.name, { type: this.type, lastModified: this.#begun });
  }
}

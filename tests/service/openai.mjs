// OpenAI's own client library against the routes below /v1.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import OpenAI from 'openai';
import { Server, folder, makeSpeech, runTests, startWhisper } from './server.mjs';

const sentence = 'The quick brown fox jumps over the lazy dog.';
const wav = await makeSpeech('talk.wav', sentence);
const server = await new Server().start();
const client = new OpenAI({ baseURL: `${server.origin}/v1`, apiKey: await makeKey(), maxRetries: 0 });
const file = () => fs.createReadStream(wav);
const transcribe = (options, request) => client.audio.transcriptions.create({ model: 'whisper-1', file: file(), ...options }, request);

async function makeKey() {
  const answer = await fetch(`${server.origin}/api/v1/keys`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"name":"openai"}' });
  return (await answer.json()).secret;
}
/** Whether the first bytes are those of the format. */
const magic = {
  mp3: (bytes) => bytes.subarray(0, 3).toString() === 'ID3' || (bytes[0] === 0xff && (bytes[1] & 0xe0) === 0xe0),
  wav: (bytes) => bytes.subarray(0, 4).toString() === 'RIFF' && bytes.subarray(8, 12).toString() === 'WAVE',
  flac: (bytes) => bytes.subarray(0, 4).toString() === 'fLaC',
  opus: (bytes) => bytes.subarray(0, 4).toString() === 'OggS',
  aac: (bytes) => bytes[0] === 0xff && (bytes[1] & 0xf6) === 0xf0, // ADTS's sync word
  pcm: (bytes) => bytes.length % 2 === 0 && bytes.subarray(0, 4).toString() !== 'RIFF',
};

await runTests({
  async 'a transcription is an object with text'() {
    const { text } = await transcribe();
    assert.match(text, /fox/i);
    assert.match((await transcribe({ response_format: 'json', language: 'en', prompt: 'fox', temperature: 0 })).text, /fox/i);
  },

  async 'text, srt and vtt are strings'() {
    assert.match(await transcribe({ response_format: 'text' }), /fox.*\n$/i);
    assert.match(await transcribe({ response_format: 'srt' }), /^1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\n/);
    assert.match(await transcribe({ response_format: 'vtt' }), /^WEBVTT\n\n/);
  },

  async 'verbose_json has segments and, when asked for, words with their times'() {
    const verbose = await transcribe({ response_format: 'verbose_json' });
    assert.equal(verbose.language, 'english');
    assert.ok(verbose.duration > 1 && verbose.duration < 10, String(verbose.duration));
    assert.ok(verbose.segments.length > 0);
    assert.equal(verbose.words, undefined);
    const words = await transcribe({ response_format: 'verbose_json', timestamp_granularities: ['word'] });
    assert.ok(words.words.length > 5);
    for (const [index, { word, start, end }] of words.words.entries()) {
      assert.equal(typeof word, 'string');
      assert.ok(end >= start && start >= (words.words[index - 1]?.start ?? 0));
    }
    assert.equal(words.segments, undefined);
    const both = await transcribe({ response_format: 'verbose_json', timestamp_granularities: ['word', 'segment'] });
    assert.ok(both.words.length > 0 && both.segments.length > 0);
  },

  async 'a stream tells the text piece by piece and then the whole'() {
    let text = '';
    let done;
    for await (const event of await transcribe({ stream: true })) {
      if (event.type === 'transcript.text.delta') text += event.delta;
      if (event.type === 'transcript.text.done') done = event.text;
    }
    assert.match(done, /fox/i);
    assert.equal(text.trim(), done.trim());
  },

  async 'every field that the library knows is taken, and a warning says what is ignored'() {
    const wav64 = `data:audio/wav;base64,${fs.readFileSync(wav).toString('base64')}`;
    const { data, response } = await transcribe({
      model: 'gpt-4o-transcribe-diarize', language: 'en', prompt: '', temperature: 0, response_format: 'json', stream: false,
      include: ['logprobs'], known_speaker_names: ['Ann', 'Bob'], known_speaker_references: [wav64, wav64],
      chunking_strategy: { type: 'server_vad', threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 500 },
    }).withResponse();
    assert.match(data.text, /fox/i);
    for (const name of ['chunking_strategy', 'known_speaker_names'])
      assert.match(response.headers.get('warning'), new RegExp(`299 - "${name} is ignored: [^"]+\\."`));
    if (data.logprobs) {
      assert.equal(data.logprobs.map(({ token }) => token).join(''), data.text);
      assert.ok(data.logprobs.every(({ logprob, bytes }) => logprob <= 0 && bytes.length > 0));
    } else {
      assert.match(response.headers.get('warning'), /no logprobs/);
    }
    const auto = await transcribe({ chunking_strategy: 'auto', stream: false, timestamp_granularities: ['segment'], response_format: 'verbose_json' }).withResponse();
    assert.equal(auto.response.headers.get('warning'), null);
    const hinted = await transcribe({ model: 'gpt-transcribe', keywords: ['fox', 'lazy dog'], languages: ['en'] }).withResponse();
    assert.match(hinted.data.text, /fox/i);
    assert.equal(hinted.response.headers.get('warning'), null);
    const several = await transcribe({ model: 'gpt-transcribe', languages: ['en', 'de'] }).withResponse();
    assert.match(several.response.headers.get('warning'), /languages is ignored/);
    // This server lacks the models that tell voices apart, which costs the labels alone.
    const diarized = await transcribe({ model: 'gpt-4o-transcribe-diarize', response_format: 'diarized_json' }).withResponse();
    assert.match(diarized.data.segments.map(({ text }) => text).join(' '), /fox/i);
    assert.ok(diarized.data.segments.every(({ type, speaker }) => type === 'transcript.text.segment' && speaker === 'unknown'));
    assert.match(diarized.response.headers.get('warning'), /not told apart/);
    const segments = [];
    for await (const event of await transcribe({ model: 'gpt-4o-transcribe-diarize', response_format: 'diarized_json', stream: true }))
      if (event.type === 'transcript.text.segment') segments.push(event);
    assert.deepEqual(segments, diarized.data.segments);
    const known = await transcribe({ model: 'gpt-4o-transcribe-diarize', response_format: 'diarized_json', known_speaker_names: ['Ann'], known_speaker_references: [wav64] }).withResponse();
    assert.match(known.response.headers.get('warning'), /known_speaker_names is ignored: what tells voices apart is not available/);
    const unpaired = await transcribe({ response_format: 'diarized_json', known_speaker_names: ['Ann'] }).then(() => null, (error) => error);
    assert.equal(unpaired.param, 'known_speaker_names[]');
  },

  async 'an engine that does not translate says so'() {
    const error = await client.audio.translations.create({ model: 'whisper-1', file: file() }).then(() => null, (caught) => caught);
    assert.ok(error instanceof OpenAI.BadRequestError, String(error));
    assert.match(error.message, /translate/);
  },

  async 'Whisper translates, in every format'() {
    const { server: whisper, words } = await startWhisper();
    const translator = new OpenAI({ baseURL: `${whisper.origin}/v1`, apiKey: 'sk-none', maxRetries: 0 });
    const translate = (options) => translator.audio.translations.create({ model: 'whisper-1', file: file(), ...options });
    const squeezed = (text) => text.replace(/\s+/g, ' ').trim();
    assert.equal(squeezed((await translate()).text), words);
    assert.equal(squeezed((await translate({ response_format: 'json', prompt: 'fox', temperature: 0.2 })).text), words);
    assert.equal(squeezed(await translate({ response_format: 'text' })), words);
    assert.match(await translate({ response_format: 'srt' }), /^1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\n/);
    assert.match(await translate({ response_format: 'vtt' }), /^WEBVTT\n\n/);
    const verbose = await translate({ response_format: 'verbose_json' });
    assert.equal(verbose.task, 'translate');
    assert.equal(verbose.language, 'english');
    assert.equal(squeezed(verbose.segments.map((segment) => segment.text).join('')), words);
    const refused = await translate({ language: 'de' }).then(() => null, (caught) => caught);
    assert.ok(refused instanceof OpenAI.BadRequestError, String(refused));
    await whisper.stop();
  },

  async 'speech in every format'() {
    for (const [format, looksRight] of Object.entries(magic)) {
      const answer = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: sentence, response_format: format });
      const bytes = Buffer.from(await answer.arrayBuffer());
      assert.ok(bytes.length > 1000 && looksRight(bytes), `${format}: ${bytes.subarray(0, 16).toString('hex')}`);
    }
  },

  async 'speech comes as events when asked for, and every field is taken'() {
    const { data, response } = await client.audio.speech.create({
      model: 'gpt-4o-mini-tts', voice: { id: 'slt' }, input: sentence, response_format: 'wav', speed: 1, stream_format: 'sse', instructions: 'Be kind.',
    }).withResponse();
    assert.match(response.headers.get('warning'), /instructions is ignored/);
    const events = (await data.text()).trim().split('\n\n').map((event) => JSON.parse(event.replace(/^data: /, '')));
    assert.equal(events.pop().type, 'speech.audio.done');
    assert.ok(magic.wav(Buffer.concat(events.map(({ audio }) => Buffer.from(audio, 'base64')))));
    for (const input of ['$', '♪♪', '→', '|||']) {
      const error = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input }).then(() => null, (caught) => caught);
      assert.ok(error instanceof OpenAI.BadRequestError, `${input}: ${error}`);
    }
  },

  async 'speech goes into a file as it comes, and is understood'() {
    const answer = await client.audio.speech.create({ model: 'tts-1', voice: 'slt', input: sentence, response_format: 'wav', speed: 1 });
    const target = path.join(folder, 'said.wav');
    const { Readable } = await import('node:stream');
    const { pipeline } = await import('node:stream/promises');
    await pipeline(Readable.fromWeb(answer.body), fs.createWriteStream(target));
    const { text } = await client.audio.transcriptions.create({ model: 'whisper-1', file: fs.createReadStream(target) });
    assert.match(text, /fox/i);
  },

  async 'a key of another service is let in, because the library cannot do without one'() {
    const other = new OpenAI({ baseURL: `${server.origin}/v1`, apiKey: 'sk-none', maxRetries: 0 });
    assert.ok((await other.models.list()).data.length > 0);
  },

  async 'models are listed and found'() {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    assert.ok(ids.includes('whisper-1'), ids.join());
    assert.equal((await client.models.retrieve('whisper-1')).object, 'model');
  },

  async "errors have the classes and the shape of OpenAI's"() {
    const caught = async (promise) => promise.then(() => assert.fail('no error'), (error) => error);
    const unknown = await caught(client.models.retrieve('nobody'));
    assert.ok(unknown instanceof OpenAI.NotFoundError);
    const wrong = await caught(transcribe({ response_format: 'docx' }));
    assert.ok(wrong instanceof OpenAI.BadRequestError);
    assert.equal(wrong.param, 'response_format');
    assert.equal(wrong.type, 'invalid_request_error');
    assert.equal(wrong.code, 'invalid_argument');
    const stranger = new OpenAI({ baseURL: `${server.origin}/v1`, apiKey: 'vat_nobody', maxRetries: 0 });
    assert.ok((await caught(stranger.models.list())) instanceof OpenAI.AuthenticationError);
    const noMedia = path.join(folder, 'notes.mp3');
    fs.writeFileSync(noMedia, 'This is no recording.');
    const media = await caught(client.audio.transcriptions.create({ model: 'whisper-1', file: fs.createReadStream(noMedia) }));
    assert.ok(media instanceof OpenAI.UnprocessableEntityError, String(media));
    assert.ok(media.requestID);
  },
}, server);

// Drives every operation of src/api/openapi.json against the running server, in success and in its main errors, and
// validates every response against the document. Fails if an operation was not called, if a documented response never
// came (except those listed below), or if the server has a route that the document lacks.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { once } from 'node:events';
import { Client, readEvents, seen } from './client.mjs';
import { check, document, isOpenAI, isSecured, operations } from './document.mjs';
import { Server, eventually, folder, jobEnd, makeSpeech, makeVideo, program, run, runTests, startWhisper } from './server.mjs';

const sentence = 'The quick brown fox jumps over the lazy dog.';
const wav = await makeSpeech('talk.wav', sentence);
const silent = path.join(folder, 'notes.txt');
fs.writeFileSync(silent, 'This is a text and no recording.');
const stranger = '019395a1-8f0e-7c3a-9d52-000000000000';

const deliveries = [];
const receiver = http.createServer((request, answer) => {
  const parts = [];
  request.on('data', (bytes) => parts.push(bytes)).on('end', () => {
    deliveries.push({ url: request.url, headers: request.headers, body: Buffer.concat(parts).toString() });
    answer.end();
  });
}).listen(0, '127.0.0.1');
await once(receiver, 'listening');
receiver.unref();

const server = await new Server({ flags: ['--allow-private-webhooks', '--link-networks', '127.0.0.1'], online: true }).start();
const api = new Client(server.origin);
const form = (fields, ...files) => {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.append(name, value);
  for (const file of files) made.append('file', new Blob([fs.readFileSync(file)]), path.basename(file));
  return made;
};
const base64 = (text) => Buffer.from(text).toString('base64');
const tus = { 'Tus-Resumable': '1.0.0' };
const octets = 'application/offset+octet-stream';
const quick = { engine: 'pocketsphinx', language: 'en', formats: ['txt', 'srt', 'json'] };
let job, webhook;

async function tusUpload(file, name = path.basename(file)) {
  const content = fs.readFileSync(file);
  const made = await api.call('createUpload', 201, { headers: { ...tus, 'Upload-Length': content.length, 'Upload-Metadata': `filename ${base64(name)}` } });
  const id = made.headers.get('location').split('/').pop();
  await api.call('continueUpload', 204, { params: { id }, headers: { ...tus, 'Upload-Offset': 0, 'Content-Type': octets }, body: content });
  return id;
}

/** Its ranges and conditions; its bytes. */
async function checkFile(id, params) {
  const whole = await api.call(id, 200, { params });
  const part = await api.call(id, 206, { params, headers: { Range: 'bytes=2-5' } });
  assert.deepEqual(part.body, whole.body.subarray(2, 6));
  assert.equal(part.headers.get('content-range'), `bytes 2-5/${whole.body.length}`);
  const several = await api.call(id, 206, { params, headers: { Range: 'bytes=0-1,4-5' } });
  assert.match(several.headers.get('content-type'), /^multipart\/byteranges/);
  await api.call(id, 304, { params, headers: { 'If-None-Match': whole.headers.get('etag') } });
  await api.call(id, 412, { params, headers: { 'If-Match': '"other"' } });
  await api.call(id, 416, { params, headers: { Range: 'bytes=999999999-' } });
  await api.call(id, 200, { params, query: { download: 'true' } });
  await api.call(id, 400, { params, query: { download: 'perhaps' } });
  return whole.body;
}

const tests = {
  async 'operation'() {
    await api.call('getHealth', 200);
    await api.call('getReadiness', 200);
    const metrics = await api.call('getMetrics', 200);
    assert.match(metrics.text, /^# (HELP|TYPE) /m);
  },

  async 'account, keys and catalogue'() {
    const me = (await api.call('getMe', 200)).json;
    await api.call('getPicture', 404);
    assert.equal(me.id, '00000000-0000-7000-8000-000000000001');
    assert.equal(me.role, 'admin');
    assert.equal(me.csrf_token, null);
    assert.deepEqual((await api.call('listProviders', 200)).json, { mode: 'local', items: [] });
    assert.deepEqual((await api.call('listSessions', 200)).json.items, []);
    await api.call('endSessions', 204);
    assert.deepEqual((await api.call('signOut', 200, { headers: { Accept: 'application/json' } })).json, { location: '/' });
    await api.call('signOutByProvider', 400);
    await api.call('getLimits', 200);
    await api.call('listModels', 200);
    assert.ok((await api.call('listVoices', 200)).json.items.length > 1);
    const voices = (await api.call('listVoices', 200, { query: { language: 'en', engine: 'flite' } })).json.items;
    assert.ok(voices.length > 0 && voices.every((voice) => voice.engine === 'flite'));
    await api.call('listVoices', 400, { query: { engine: 'nobody' } });
    assert.ok((await api.call('listLanguages', 200)).json.items.some((language) => language.code === 'en'));

    const key = (await api.call('createKey', 201, { json: { name: 'laptop' } })).json;
    const listed = (await api.call('listKeys', 200)).json.items;
    assert.ok(listed.some((item) => item.id === key.id && item.name === 'laptop'));
    assert.ok(!JSON.stringify(listed).includes(key.secret));
    await api.call('getMe', 200, { headers: { Authorization: `Bearer ${key.secret}` } });
    assert.deepEqual(key.scopes, ['read', 'write', 'admin']);
    const asKey = { headers: { Authorization: `Bearer ${key.secret}` } };
    const tokens = (await api.call('createToken', 200, { ...asKey, json: { scope: 'read' } })).json;
    await api.call('getMe', 200, { headers: { Authorization: `Bearer ${tokens.access_token}` } });
    const { kid } = JSON.parse(Buffer.from(tokens.access_token.split('.')[0], 'base64url'));
    assert.ok((await api.call('getTokenKeys', 200)).json.keys.some((one) => one.kid === kid && !one.d));
    const renewed = (await api.call('refreshToken', 200, { json: { refresh_token: tokens.refresh_token } })).json;
    await api.call('refreshToken', 401, { json: { refresh_token: tokens.refresh_token } });
    await api.call('getMe', 401, { headers: { Authorization: `Bearer ${renewed.access_token}` } });
    await api.call('deleteKey', 204, { params: { id: key.id } });
    await api.call('getMe', 401, { headers: { Authorization: `Bearer ${key.secret}` } });
  },

  async 'preferences are changed member by member'() {
    const empty = await api.call('getPreferences', 200);
    assert.deepEqual(empty.json, {});
    const headers = { 'Content-Type': 'application/merge-patch+json', 'If-Match': empty.headers.get('etag') };
    const dark = await api.call('changePreferences', 200, { headers, body: JSON.stringify({ theme: 'dark', profile: { voice: 'slt', speakers: 'auto' } }) });
    assert.notEqual(dark.headers.get('etag'), empty.headers.get('etag'));
    await api.call('changePreferences', 412, { headers, body: '{"theme":"light"}' });
    const now = await api.call('changePreferences', 200, { json: { profile: { voice: null }, formats: { srt: { preset: 'netflix' } } } });
    assert.deepEqual(now.json, { theme: 'dark', profile: { speakers: 'auto' }, formats: { srt: { preset: 'netflix' } } });
    const refused = await api.call('changePreferences', 400, { json: { profile: { colour: 'red' } } });
    assert.equal(refused.json.field, 'profile.colour');
    await api.call('changePreferences', 415, { headers: { 'Content-Type': 'text/plain' }, body: '{}' });
    await api.call('changePreferences', 413, { json: { theme: 'x'.repeat(200_000) } });
    assert.deepEqual((await api.call('changePreferences', 200, { json: { theme: null, profile: null, formats: null } })).json, {});
  },

  async 'models are downloaded and removed'() {
    let refuse = false;
    const waiting = [];
    const mirror = http.createServer((request, answer) => {
      if (refuse) return answer.writeHead(404).end();
      answer.writeHead(200, { 'Content-Length': 77691713 });
      answer.write('ggml');
      waiting.push(answer);
    }).listen(0, '127.0.0.1');
    await once(mirror, 'listening');
    const url = `http://127.0.0.1:${mirror.address().port}/{file}`;
    const online = await new Server({ data: path.join(folder, 'online-data'), online: true, flags: ['--model-sources', 'mirror', '--model-url', url] }).start();
    const models = new Client(online.origin);
    const params = { name: 'tiny' };
    const started = await models.call('pullModel', 202, { params });
    assert.equal(started.headers.get('location'), '/api/v1/models/tiny');
    const state = async (wanted) => eventually(`tiny is ${wanted}`, 30, async () => {
      const model = (await models.call('getModel', 200, { params })).json;
      return model.state === wanted && model;
    });
    const running = await state('downloading');
    assert.equal(running.source, `the mirror 127.0.0.1:${mirror.address().port}`);
    assert.equal(running.total_bytes, 77691713);
    await models.call('pullModel', 202, { params });
    assert.equal(waiting.length, 1, 'the second request joins the first');
    await models.call('deleteModel', 204, { params });
    assert.equal((await state('missing')).error, null);
    refuse = true;
    await models.call('pullModel', 202, { params });
    const failed = await eventually('the download fails', 30, async () => (await models.call('getModel', 200, { params })).json.error);
    assert.match(failed, /404/);
    const own = { name: 'own' };
    fs.mkdirSync(path.join(folder, 'cache', 'models'), { recursive: true });
    await run(process.env.VAT_MAKE_MODEL, [path.join(folder, 'cache', 'models', 'ggml-own.bin')]);
    assert.equal((await models.call('pullModel', 200, { params: own })).json.state, 'installed');
    await models.call('deleteModel', 204, { params: own });
    await models.call('getModel', 404, { params: own });
    await models.call('deleteModel', 404, { params });
    for (const id of ['getModel', 'pullModel', 'deleteModel']) await models.call(id, 404, { params: { name: 'nobody' } });
    const link = { json: { url: 'http://169.254.169.254/latest/meta-data' } };
    assert.equal((await models.call('createJobs', 403, link)).json.field, 'url');
    await online.stop();
    mirror.closeAllConnections();
    mirror.close();
    const offline = await new Server({ data: path.join(folder, 'offline-data') }).start();
    await new Client(offline.origin).call('pullModel', 503, { params });
    await new Client(offline.origin).call('createJobs', 503, { json: { url: 'https://example.com/talk.mp4' } });
    assert.equal((await new Client(offline.origin).call('getLimits', 200)).json.links, false);
    await offline.stop();
  },

  async 'natural voices are fetched in the background, and simpler ones speak meanwhile'() {
    const requests = [];
    let refuse = false;
    const mirror = http.createServer((request, answer) => {
      requests.push(request.url);
      if (refuse) return answer.writeHead(404).end();
      // Without a length, as the first file differs between machines.
      answer.writeHead(200);
      answer.write('onnx');
    }).listen(0, '127.0.0.1');
    await once(mirror, 'listening');
    const flags = ['--model-sources', 'mirror', '--model-url', `http://127.0.0.1:${mirror.address().port}/{file}`];
    const speak = async (origin, more = {}) => {
      const made = await new Client(origin).call('speak', 202, { json: { text: sentence, as_job: true, ...more } });
      return jobEnd(origin, made.json.id);
    };
    const voices = async (origin) => (await new Client(origin).call('getReadiness', 200)).json.checks.voices;
    const quiet = await new Server({ data: path.join(folder, 'quiet-data'), online: true, voices: true, flags: [...flags, '--no-voice-fetching'] }).start();
    assert.deepEqual((await speak(quiet.origin)).warnings, []);
    await quiet.stop();
    assert.deepEqual(requests, []);
    const fetching = await new Server({ data: path.join(folder, 'voices-data'), online: true, voices: true, flags }).start();
    assert.equal(await voices(fetching.origin), 'ok');
    assert.deepEqual((await speak(fetching.origin, { speech_engine: 'flite' })).warnings, []);
    const first = await speak(fetching.origin);
    assert.equal(first.state, 'completed');
    assert.match(first.warnings[0], /being fetched \(\d+%\)\. A simpler one speaks meanwhile/);
    await eventually('it is told', 30, async () => requests.length > 0 && /being fetched/.test(await voices(fetching.origin)));
    const asked = await new Client(fetching.origin).call('speak', 503, { json: { text: sentence, voice: 'af_heart' } });
    assert.match(asked.json.detail, /Try again soon/);
    await fetching.stop();
    mirror.closeAllConnections();
    refuse = true;
    const failing = await new Server({ data: path.join(folder, 'voices-data'), online: true, voices: true, flags }).start();
    await speak(failing.origin);
    await eventually('it failed', 30, async () => /404/.test(await voices(failing.origin)));
    assert.match((await speak(failing.origin)).warnings[0], /could not be fetched.*404/);
    assert.equal(requests.length, 2, 'not again soon');
    await failing.stop();
    mirror.close();
  },

  async 'the options of a job are those of vat process'() {
    const { stdout } = await run(program, ['process', '--help']);
    const flags = new Set([...stdout.matchAll(/^ +(?:-\w, ?)?--([a-z-]+)/gm)].map(([, name]) => name));
    // Options that the command line negates, and those of the machine, its operator or the terminal.
    const names = { formats: 'format', speech: 'no-speech', temperature_step: 'no-fallback', word_times: 'no-word-times', voices: 'voice-for' };
    const others = ['help', 'quiet', 'verbose', 'progress', 'threads', 'models', 'model-url', 'model-sources', 'offline', 'output', 'force', 'skip-existing', 'no-resume', 'no-sandbox', 'yt-dlp', 'device', 'weights', 'check', 'lexicon', 'speakers-from',
      'google-api-key', 'google-credentials', 'google-tts-url', 'openai-url', 'openai-api-key', 'openai-tts-model'];
    const options = Object.keys(document.components.schemas.JobOptions.properties).map((name) => names[name] ?? name.replaceAll('_', '-'));
    assert.deepEqual([...options, ...others].sort(), [...flags].sort());
  },

  async 'a job from a file to its results'() {
    webhook = (await api.call('createWebhook', 201, { json: { url: `http://127.0.0.1:${receiver.address().port}/hook`, events: ['job.completed'] } })).json;
    const fields = { title: 'Fox', engine: 'pocketsphinx', language: 'en', formats: 'txt,srt,json', speech: 'true', priority: '3', webhook_url: `http://127.0.0.1:${receiver.address().port}/own` };
    const created = await api.call('createJobs', 202, { form: form(fields, wav) });
    job = created.json.items[0];
    assert.equal(created.headers.get('location'), `/api/v1/jobs/${job.id}`);
    assert.equal(job.title, 'Fox');
    assert.equal(job.priority, 3);

    const stream = await fetch(api.url('streamJobEvents', { params: { id: job.id } }));
    assert.equal(stream.headers.get('content-type').split(';')[0], 'text/event-stream');
    const events = [];
    for await (const event of readEvents(stream.body)) events.push(event);
    assert.ok(events.some((event) => event.event === 'segment' && /fox/i.test(event.data.text)), JSON.stringify(events));
    for (const { event, data } of events) check(`#/components/schemas/EventStream/x-events/${event}`, data, `an event ${event}`);
    assert.equal(events[0].event, 'job');
    assert.equal(events.at(-1).event, 'done');
    assert.equal(events.at(-1).data.state, 'completed', JSON.stringify(events.at(-1).data.error));
    assert.equal(events.filter((event) => event.event === 'state').at(-1).data.state, 'completed');
    assert.ok(events.some((event) => event.event === 'artifact') && events.some((event) => event.event === 'transcript'));

    job = (await api.call('getJob', 200, { params: { id: job.id } })).json;
    assert.equal(job.state, 'completed', JSON.stringify(job.error));
    assert.equal(job.percent, 100);
    assert.equal(job.engine, 'pocketsphinx');
    assert.ok(job.finished_at);
    // Replayed from the middle: exactly what came after that event.
    const numbered = events.filter((event) => event.id);
    const middle = numbered[Math.floor(numbered.length / 2)];
    const replay = await api.call('streamJobEvents', 200, { params: { id: job.id }, headers: { 'Last-Event-ID': middle.id } });
    const replayed = [...replay.text.matchAll(/^id: (\d+)$/gm)].map((match) => match[1]);
    assert.deepEqual(replayed, numbered.slice(numbered.indexOf(middle) + 1).map((event) => event.id));
    assert.deepEqual([...(await api.call('streamJobEvents', 200, { params: { id: job.id }, query: { last_event_id: middle.id } })).text.matchAll(/^id: (\d+)$/gm)].map((match) => match[1]), replayed);
    await api.call('streamJobEvents', 204, { params: { id: job.id }, headers: { 'Last-Event-ID': numbered.at(-1).id } });
  },

  async 'a job from a link'() {
    assert.equal((await api.call('getLimits', 200)).json.links, true);
    const content = fs.readFileSync(wav);
    const requests = [];
    const source = http.createServer((request, answer) => {
      requests.push(request);
      answer.writeHead(200, { 'Content-Length': content.length, 'Content-Disposition': 'attachment; filename="A fox.wav"' }).end(content);
    }).listen(0, '127.0.0.1');
    await once(source, 'listening');
    const url = `http://127.0.0.1:${source.address().port}/download?id=3`;
    const made = (await api.call('createJobs', 202, { json: { url, options: quick } })).json.items[0];
    assert.equal(made.source_url, url);
    assert.equal(made.stage, 'fetch');
    const stream = await api.call('streamJobEvents', 200, { params: { id: made.id } });
    assert.match(stream.text, /^event: done$/m);
    const done = (await api.call('getJob', 200, { params: { id: made.id } })).json;
    assert.equal(done.state, 'completed', JSON.stringify(done.error));
    assert.equal(done.title, 'A fox.wav');
    assert.equal(requests.length, 1);
    assert.deepEqual((await api.call('downloadJobMedia', 200, { params: { id: made.id } })).body, content);
    const again = (await api.call('rerunJob', 202, { params: { id: made.id }, json: {} })).json;
    assert.equal((await jobEnd(server.origin, again.id)).state, 'completed');
    assert.equal(requests.length, 1, 'a rerun has the recording');
    source.close();
    const gone = (await api.call('createJobs', 202, { json: { url: 'http://127.0.0.2/talk.mp4' } })).json.items[0];
    const failed = await jobEnd(server.origin, gone.id);
    assert.equal(failed.state, 'failed');
    assert.equal(failed.error.stage, 'fetch');
    assert.equal(failed.error.message, '127.0.0.2 is not a public internet address; only those are allowed.');
    for (const { id } of [made, again, gone]) await api.call('deleteJob', 204, { params: { id } });
  },

  async 'subtitles are checked and mended'() {
    const made = (await api.call('rerunJob', 202, { params: { id: job.id }, json: {} })).json;
    await jobEnd(server.origin, made.id);
    const params = { id: made.id };
    const sentence = 'Nobody who lived in that house had seen him leave it by night, nor had they asked.';
    const segments = [[0, 1, 'One two three.'], [4.5, 8.3, sentence], [8.3, 14, sentence]].map(([start, end, text]) => ({ start, end, text }));
    await api.call('editTranscript', 200, { params, headers: { 'If-Match': '"1"' }, json: { segments } });
    const found = (await api.call('checkSubtitles', 200, { params, query: { preset: 'netflix' } })).json;
    assert.deepEqual(found.items.map(({ cue, fault, fix }) => [cue, fault, fix.kind]), [[2, 'too_fast', 'start_earlier']]);
    await api.call('checkSubtitles', 400, { params, query: { preset: 'cinema' } });
    await api.call('fixSubtitles', 428, { params, json: {} });
    await api.call('fixSubtitles', 412, { params, json: {}, headers: { 'If-Match': '"1"' } });
    const saved = (await api.call('fixSubtitles', 200, { params, json: { preset: 'netflix', cue: 2 }, headers: { 'If-Match': '"2"' } })).json;
    assert.equal(saved.number, 3);
    assert.deepEqual((await api.call('checkSubtitles', 200, { params, query: { preset: 'netflix' } })).json.items, []);
    await api.call('fixSubtitles', 409, { params, json: { preset: 'netflix' }, headers: { 'If-Match': '"3"' } });
    await api.call('deleteJob', 204, { params });
  },

  async 'labels'() {
    const label = (await api.call('createLabel', 201, { json: { name: 'Animals' } })).json;
    await api.call('createLabel', 409, { json: { name: 'ANIMALS' } });
    const other = (await api.call('createLabel', 201, { json: { name: 'x' } })).json;
    await api.call('renameLabel', 409, { params: { id: other.id }, json: { name: 'animals' } });
    assert.equal((await api.call('renameLabel', 200, { params: { id: other.id }, json: { name: 'Birds' } })).json.name, 'Birds');
    await api.call('labelJobs', 204, { json: { job_ids: [job.id], add: [label.id, other.id] } });
    await api.call('labelJobs', 404, { json: { job_ids: [stranger], add: [label.id] } });
    await api.call('labelJobs', 204, { json: { job_ids: [job.id], remove: [other.id] } });
    assert.deepEqual((await api.call('listJobs', 200, { query: { label: label.id } })).json.items.map(({ id, labels }) => [id, labels[0].name]), [[job.id, 'Animals']]);
    assert.deepEqual((await api.call('listLabels', 200)).json.items.map(({ name, jobs }) => [name, jobs]), [['Animals', 1], ['Birds', 0]]);
    assert.deepEqual((await api.call('updateJob', 200, { params: { id: job.id }, json: { labels: [other.id] } })).json.labels.map(({ name }) => name), ['Birds']);
    for (const { id } of [label, other]) await api.call('deleteLabel', 204, { params: { id } });
    assert.deepEqual((await api.call('getJob', 200, { params: { id: job.id } })).json.labels, []);
  },

  async 'files'() {
    const params = { id: job.id };
    const files = (await api.call('listJobFiles', 200, { params })).json.items;
    assert.deepEqual(files.map((file) => file.name).sort(), job.files.map((file) => file.name).sort());
    assert.ok(files.some((file) => file.kind === 'speech'));
    for (const file of files) {
      const whole = await api.call('downloadJobFile', 200, { params: { ...params, name: file.name } });
      assert.equal(whole.body.length, file.size);
      assert.equal(whole.headers.get('content-type'), file.content_type);
      assert.match(whole.headers.get('content-disposition'), /filename/);
      assert.equal(new URL(file.url, server.origin).href, api.url('downloadJobFile', { params: { ...params, name: file.name } }));
    }
    const { url } = (await api.call('createShare', 201, { params, json: { recording: true } })).json;
    for (const [id, arguments_] of [['downloadJobFile', { ...params, name: files[0].name }], ['downloadJobMedia', params], ['getWaveform', params], ['getSharedMedia', { token: url.slice('/s/'.length) }]]) await checkFile(id, arguments_);
    assert.deepEqual((await api.call('downloadJobMedia', 200, { params })).body, fs.readFileSync(wav));
    await api.call('downloadJobFile', 404, { params: { ...params, name: 'other.srt' } });
    for (const resolution of [1, 10, 100]) {
      const { body } = await api.call('getWaveform', 200, { params, query: { resolution } });
      const points = Math.ceil(Math.round(job.duration_seconds * 16_000) / (16_000 / resolution));
      assert.deepEqual([0, 4, 8, 12, 16, 20].map((at) => body.readInt32LE(at)), [2, 1, 16_000, 16_000 / resolution, points, 1]);
      assert.equal(body.length, 24 + 2 * points);
    }
    await api.call('getWaveform', 400, { params, query: { resolution: 7 } });
  },

  async 'the sentences of a speech, and one of them again'() {
    const { name } = job.files.find((file) => file.kind === 'speech');
    const params = { id: job.id, name, index: '0' };
    const { json: before, headers } = await api.call('listSentences', 200, { params });
    const match = { 'If-Match': headers.get('etag') };
    assert.ok(before.items.length >= 1 && /fox/i.test(before.items.map(({ text }) => text).join(' ')), JSON.stringify(before));
    await api.call('listSentences', 304, { params, headers: { 'If-None-Match': headers.get('etag') } });
    await api.call('listSentences', 404, { params: { ...params, name: job.files.find((file) => file.kind === 'transcript').name } });
    await checkFile('playSentence', params);
    await api.call('playSentence', 404, { params: { ...params, index: '999' } });
    const old = await api.call('downloadJobFile', 200, { params });
    await api.call('makeSentenceAgain', 428, { params, json: {} });
    await api.call('makeSentenceAgain', 400, { params, json: { voice: 'nobody' }, headers: match });
    await api.call('undoSentence', 428, { params });
    await api.call('undoSentence', 409, { params, headers: match });
    const made = await api.call('makeSentenceAgain', 200, { params, json: { text: 'A quick brown fox.', voice: 'rms' }, headers: match });
    assert.deepEqual([made.json.items[0].text, made.json.items[0].takes], ['A quick brown fox.', 2]);
    const { files } = (await api.call('getJob', 200, { params })).json;
    assert.notEqual(files.find((file) => file.name === name).sha256, job.files.find((file) => file.name === name).sha256);
    await api.call('makeSentenceAgain', 412, { params, json: {}, headers: match });
    await api.call('undoSentence', 412, { params, headers: match });
    const back = await api.call('undoSentence', 200, { params, headers: { 'If-Match': made.headers.get('etag') } });
    assert.deepEqual(back.json.items, before.items);
    assert.deepEqual((await api.call('downloadJobFile', 200, { params })).body, old.body, 'byte for byte');
  },

  async 'a sentence of a dub keeps its place'() {
    const video = await makeVideo('dubbed.webm', wav, 'color=black:s=160x90:r=10');
    const [{ id }] = (await api.call('createJobs', 202, { form: form({ engine: 'pocketsphinx', formats: 'txt', speech: 'false', dub: 'true', background: 'duck' }, video) })).json.items;
    const { state, error, files } = await jobEnd(server.origin, id);
    assert.equal(state, 'completed', JSON.stringify(error));
    const { name, sha256, content_type: type } = files.find((file) => file.kind === 'dub');
    const params = { id, name, index: '0' };
    const before = await api.call('listSentences', 200, { params });
    assert.ok(before.json.timed);
    const made = await api.call('makeSentenceAgain', 200, { params, json: { text: 'Fox.', voice: 'rms' }, headers: { 'If-Match': before.headers.get('etag') } });
    assert.equal(made.json.items[0].start, before.json.items[0].start);
    assert.equal(made.json.duration_seconds, before.json.duration_seconds);
    const file = (await api.call('getJob', 200, { params })).json.files.find(({ kind }) => kind === 'dub');
    assert.notEqual(file.sha256, sha256);
    assert.equal(file.content_type, type);
    assert.equal((await api.call('downloadJobFile', 200, { params })).body.length, file.size);
    await api.call('makeSentenceAgain', 400, { params, json: { text: '<speak>Fox.</speak>' }, headers: { 'If-Match': made.headers.get('etag') } });
    await api.call('deleteJob', 204, { params: { id } });
  },

  async 'pictures of a video'() {
    const sound = { id: job.id };
    assert.deepEqual([job.thumbnail_url, job.filmstrip_url], [null, null]);
    for (const id of ['getThumbnail', 'getFilmstrip', 'getFilmstripSheet']) await api.call(id, 404, { params: sound });
    const content = fs.readFileSync(await makeVideo('clip.webm', wav, 'color=black:s=320x180:r=10:d=1[a];testsrc2=s=320x180:r=10[b];[a][b]concat'));
    const made = (await api.call('createJobs', 202, { form: form({ ...quick, speech: 'false' }, path.join(folder, 'clip.webm')) })).json.items[0];
    const done = await jobEnd(server.origin, made.id);
    assert.ok(content.length > 0 && done.state === 'completed', JSON.stringify(done.error));
    assert.deepEqual([done.thumbnail_url, done.filmstrip_url], ['thumbnail', 'filmstrip'].map((name) => `/api/v1/jobs/${done.id}/${name}`));
    const { url } = (await api.call('createShare', 201, { params: done, json: { recording: true } })).json;
    const shared = { token: url.slice('/s/'.length) };
    const { recording } = (await api.call('getShared', 200, { params: shared })).json;
    assert.deepEqual([recording.waveform_url, recording.thumbnail_url, recording.filmstrip_url], ['waveform', 'thumbnail', 'filmstrip'].map((name) => `/api/v1/shared/${shared.token}/${name}`));
    for (const [name, params] of [['get', { id: done.id }], ['getShared', shared]]) {
      const isJpeg = (bytes) => assert.deepEqual([...bytes.subarray(0, 3)], [0xff, 0xd8, 0xff]);
      isJpeg(await checkFile(`${name}Thumbnail`, params));
      isJpeg(await checkFile(`${name}FilmstripSheet`, params));
      const strip = JSON.parse(await checkFile(`${name}Filmstrip`, params));
      assert.deepEqual([strip.columns, strip.width, strip.height], [strip.frames, 160, 90]);
      assert.ok(Math.abs(strip.frames * strip.interval_seconds - done.duration_seconds) < 0.5, JSON.stringify(strip));
      isJpeg((await api.call(`${name}Thumbnail`, 200, { params, query: { size: 160 } })).body);
      await api.call(`${name}Thumbnail`, 400, { params, query: { size: 7 } });
    }
    assert.deepEqual(await checkFile('getSharedWaveform', shared), (await api.call('getWaveform', 200, { params: { id: done.id } })).body);
    await api.call('getSharedWaveform', 400, { params: shared, query: { resolution: 7 } });
    const text = (await api.call('createShare', 201, { params: done, json: {} })).json.url.slice('/s/'.length);
    for (const name of ['Waveform', 'Thumbnail', 'Filmstrip', 'FilmstripSheet']) await api.call(`getShared${name}`, 404, { params: { token: text } });
    await api.call('deleteJob', 204, { params: done });
    await api.call('getThumbnail', 404, { params: done });
  },

  async 'a transcript is shared by a link, and no longer'() {
    const params = { id: job.id };
    const made = (await api.call('createShare', 201, { params, json: { expires_at: '2100-01-01T00:00:00Z' } })).json;
    const token = { token: made.url.slice('/s/'.length) };
    assert.deepEqual(Object.keys((await api.call('listShares', 200, { params })).json.items[0]).sort(), ['created_at', 'expires_at', 'id', 'recording']);
    assert.equal((await api.call('getShared', 200, { params: token })).json.title, 'Fox');
    for (const format of ['txt', 'srt', 'vtt', 'json', 'tsv', 'csv', 'lrc', 'md']) {
      const answer = await api.call('getSharedTranscript', 200, { params: token, query: { format } });
      assert.match(answer.text, /fox/i, format);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      await api.call('getSharedTranscript', 304, { params: token, query: { format }, headers: { 'If-None-Match': answer.headers.get('etag') } });
    }
    await api.call('getSharedTranscript', 400, { params: token, query: { format: 'doc' } });
    await api.call('getSharedTranscript', 406, { params: token, headers: { Accept: 'image/png' } });
    await api.call('getSharedMedia', 404, { params: token });
    await api.call('deleteShare', 204, { params: { ...params, share_id: made.id } });
    for (const id of ['getShared', 'getSharedTranscript', 'getSharedMedia']) await api.call(id, 404, { params: token });
    assert.equal((await fetch(`${server.origin}${made.url}`, { headers: { Accept: 'text/html' } })).status, 404);
  },

  async 'the transcript in every format, its revisions, and the search'() {
    const params = { id: job.id };
    const types = { txt: 'text/plain', srt: 'application/x-subrip', vtt: 'text/vtt', json: 'application/json', tsv: 'text/tab-separated-values', csv: 'text/csv', lrc: 'text/x-lrc', md: 'text/markdown', docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', rttm: 'text/x-rttm' };
    for (const [format, type] of Object.entries(types)) {
      for (const request of [{ query: { format } }, { headers: { Accept: type } }]) {
        const answer = await api.call('getTranscript', 200, { params, ...request });
        assert.equal(answer.headers.get('content-type').split(';')[0], type);
        if (format === 'docx') assert.equal(answer.text.slice(0, 2), 'PK');
        else if (format === 'rttm') assert.equal(answer.text, '');
        else assert.match(answer.text, /fox/i);
      }
    }
    await api.call('getTranscript', 200, { params, query: { format: 'srt', preset: 'shorts' } });
    await api.call('getTranscript', 200, { params, query: { format: 'srt', line_length: '20', lines: '1', speakers: 'false', sounds: 'true', max_segments: '1' } });
    await api.call('getTranscript', 200, { params, query: { format: 'docx', times: 'false', paragraph_seconds: '5' } });
    await api.call('getTranscript', 400, { params, query: { format: 'srt', line_length: '2' } });
    await api.call('getTranscript', 400, { params, query: { format: 'pdf' } });
    await api.call('getTranscript', 400, { params, query: { revision: '0' } });
    await api.call('getTranscript', 404, { params, query: { revision: '7' } });
    const archive = await api.call('archiveTranscripts', 200, { query: { ids: params.id, formats: 'srt,txt' } });
    assert.equal(archive.text.slice(0, 2), 'PK');
    await api.call('archiveTranscripts', 400, { query: { ids: 'x' } });
    await api.call('archiveTranscripts', 400, { query: { ids: params.id, formats: 'pdf' } });
    await api.call('archiveTranscripts', 404, { query: { ids: `${params.id},00000000-0000-7000-8000-00000000dead` } });
    await api.call('getTranscript', 406, { params, headers: { Accept: 'image/png' } });
    const first = await api.call('getTranscript', 200, { params });
    const etag = first.headers.get('etag');
    await api.call('getTranscript', 304, { params, headers: { 'If-None-Match': etag } });

    const edited = { segments: first.json.segments.map(({ start, end }, index) => ({ start, end, text: index === 0 ? 'The quick brown wolf jumps.' : 'Later.' })) };
    await api.call('editTranscript', 428, { params, json: edited });
    await api.call('editTranscript', 412, { params, json: edited, headers: { 'If-Match': '"99"' } });
    const saved = await api.call('editTranscript', 200, { params, json: edited, headers: { 'If-Match': etag } });
    assert.equal(saved.json.number, 2);
    assert.notEqual(saved.headers.get('etag'), etag);
    await api.call('editTranscript', 412, { params, json: edited, headers: { 'If-Match': etag } });
    await api.call('editTranscript', 400, { params, json: { segments: [{ start: 2, end: 1, text: 'Backwards' }] }, headers: { 'If-Match': saved.headers.get('etag') } });
    const vtt = (await api.call('getTranscript', 200, { params, query: { format: 'vtt' } })).text;
    assert.match(vtt, /wolf/);
    await api.call('editTranscript', 200, { params, body: vtt.replace('jumps', 'leaps'), headers: { 'If-Match': '"2"', 'Content-Type': 'text/vtt' } });
    await api.call('editTranscript', 422, { params, body: 'WEBVTT\n\n00:xx --> 1\nWhat\n', headers: { 'If-Match': '"3"', 'Content-Type': 'text/vtt' } });
    assert.match((await api.call('getTranscript', 200, { params, query: { format: 'txt' } })).text, /wolf leaps/);
    assert.match((await api.call('getTranscript', 200, { params, query: { format: 'txt', revision: '1' } })).text, /fox/i);
    const revisions = (await api.call('listTranscriptRevisions', 200, { params })).json.items;
    assert.deepEqual(revisions.map(({ number, edited: by }) => [number, by]), [[1, false], [2, true], [3, true]]);

    assert.deepEqual((await api.call('listSpeakers', 200, { params })).json, { revision: 3, items: [] });
    await api.call('listSpeakers', 404, { params: { id: webhook.id } });
    const rttm = { body: 'SPEAKER talk 1 0 100 <NA> <NA> Anna <NA> <NA>\n', headers: { 'Content-Type': 'text/x-rttm' } };
    const [anna] = (await api.call('putSpeakerTurns', 200, { params, ...rttm })).json.items;
    assert.equal(anna.label, 'Anna');
    await api.call('putSpeakerTurns', 415, { params, ...rttm, headers: { 'Content-Type': 'text/csv' } });
    await api.call('putSpeakerTurns', 422, { params, ...rttm, body: 'SPEAKER talk 1 x 100 <NA> <NA> Anna <NA> <NA>\n' });
    assert.match((await api.call('getTranscript', 200, { params, query: { format: 'vtt' } })).text, /<v Anna>/);
    const { json: renamed } = await api.call('changeSpeakers', 200, { params, json: { rename: [{ id: anna.id, name: 'Bea' }] } });
    assert.deepEqual([renamed.revision, renamed.items[0].name], [5, 'Bea']);
    await api.call('changeSpeakers', 400, { params, json: { merge: [{ from: 'S9', into: anna.id }] } });
    await api.call('changeSpeakers', 400, { params, json: {} });
    await api.call('changeSpeakers', 404, { params: { id: webhook.id }, json: { rename: [] } });
    await api.call('changeSpeakers', 415, { params, body: 'rename', headers: { 'Content-Type': 'text/plain' } });
    await api.call('putSpeakerTurns', 404, { params: { id: webhook.id }, ...rttm });
    assert.match((await api.call('getTranscript', 200, { params, query: { format: 'rttm' } })).text, /^SPEAKER \S+ 1 0\.000 100\.000 <NA> <NA> Bea /);

    const hits = (await api.call('searchTranscripts', 200, { query: { q: 'wolf' } })).json.items;
    assert.equal(hits.length, 1);
    assert.equal(hits[0].job_id, job.id);
    assert.ok(hits[0].snippet.some((part) => part.match && /wolf/i.test(part.text)));
    assert.equal((await api.call('searchTranscripts', 200, { query: { q: 'giraffe' } })).json.items.length, 0);
    await api.call('searchTranscripts', 400);
    await api.call('searchTranscripts', 400, { query: { q: 'fox', cursor: 'nonsense' } });
  },

  async 'webhooks and their deliveries'() {
    assert.ok((await api.call('listWebhooks', 200)).json.items.some((item) => item.id === webhook.id));
    const params = { id: webhook.id };
    const delivered = await eventually('a delivery arrives', 30, async () => (await api.call('listDeliveries', 200, { params })).json.items.find((item) => item.state === 'delivered' && item.job_id === job.id));
    assert.equal(delivered.event, 'job.completed');
    const first = deliveries.find(({ url, headers }) => url === '/hook' && headers['webhook-id'] === delivered.id);
    const own = await eventually("the job's own address is told", 30, () => deliveries.find(({ url }) => url === '/own'));
    const key = Buffer.from(webhook.secret.replace(/^whsec_/, ''), 'base64');
    for (const { headers, body } of [first, own]) {
      check('#/components/schemas/WebhookPayload', JSON.parse(body), 'the payload');
      assert.equal(JSON.parse(body).job.id, job.id);
      const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers;
      assert.equal(signature, 'v1,' + crypto.createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64'));
    }

    const before = deliveries.length;
    await api.call('replayDelivery', 202, { params: { id: delivered.id } });
    await eventually('the replay arrives', 30, () => deliveries.length > before);
    assert.equal(deliveries.at(-1).headers['webhook-id'], delivered.id);
    await api.call('listDeliveries', 400, { params, query: { limit: '0' } });
    const told = (await api.call('listJobDeliveries', 200, { params: { id: job.id } })).json.items;
    assert.ok(told.some((item) => item.id === delivered.id));
    await api.call('listJobDeliveries', 400, { params: { id: job.id }, query: { limit: '0' } });
    await api.call('listJobDeliveries', 404, { params: { id: webhook.id } });
    await api.call('createWebhook', 400, { json: { url: 'ftp://hooks.acme.org/' } });
    await api.call('createWebhook', 400, { json: { url: 'https://hooks.acme.org/', events: ['job.sneezed'] } });
    await api.call('deleteWebhook', 204, { params });
  },

  async 'jobs: refused, listed, changed, cancelled, retried, run again, deleted'() {
    await api.call('createJobs', 422, { form: form({}, silent) });
    assert.equal((await api.call('createJobs', 400, { form: form({ lang: 'en' }, wav) })).json.field, 'lang');
    assert.equal((await api.call('createJobs', 400, { form: form({ beam_size: '9' }, wav) })).json.field, 'beam_size');
    await api.call('createJobs', 400, { form: form({ language: 'en' }) });
    await api.call('createJobs', 404, { json: { upload_id: stranger } });

    const several = (await api.call('createJobs', 202, { form: form({ options: JSON.stringify(quick) }, wav, wav) })).json.items;
    assert.equal(several.length, 2);
    const again = { form: form({ options: JSON.stringify(quick) }, wav), headers: { 'Idempotency-Key': 'once' } };
    const once1 = (await api.call('createJobs', 202, again)).json.items[0];
    const once2 = (await api.call('createJobs', 202, again)).json.items[0];
    assert.equal(once2.id, once1.id);
    await api.call('createJobs', 409, { form: form({ options: JSON.stringify({ ...quick, track: 1 }) }, wav), headers: { 'Idempotency-Key': 'once' } });

    const pages = [];
    for (let cursor; ; ) {
      const page = (await api.call('listJobs', 200, { query: { limit: '2', ...(cursor && { cursor }) } })).json;
      pages.push(...page.items.map((item) => item.id));
      if (!(cursor = page.next_cursor)) break;
    }
    assert.deepEqual(pages, (await api.call('listJobs', 200)).json.items.map((item) => item.id));
    assert.equal(new Set(pages).size, 4);
    assert.ok((await api.call('listJobs', 200, { query: { q: 'fOX' } })).json.items.some((item) => item.id === job.id));
    assert.equal((await api.call('listJobs', 200, { query: { kind: 'speech' } })).json.items.length, 0);
    assert.equal((await api.call('listJobs', 200, { query: { created_before: '2001-01-01T00:00:00Z' } })).json.items.length, 0);
    for (const query of [{ limit: '0' }, { limit: '201' }, { limit: 'x' }, { state: 'lost' }, { kind: 'x' }, { cursor: 'x' }, { created_after: 'yesterday' }])
      await api.call('listJobs', 400, { query });

    assert.equal((await api.call('updateJob', 200, { params: { id: job.id }, json: { priority: -2 } })).json.priority, -2);
    const renamed = (await api.call('updateJob', 200, { params: { id: job.id }, json: { title: ' Nächste Woche ' } })).json;
    assert.deepEqual([renamed.title, renamed.priority], ['Nächste Woche', -2]);
    assert.equal((await api.call('updateJob', 200, { params: { id: job.id }, json: { title: job.title } })).json.title, job.title);
    await api.call('updateJob', 400, { params: { id: job.id }, json: { title: '  ' } });
    await api.call('updateJob', 400, { params: { id: job.id }, json: {} });
    await api.call('updateJob', 400, { params: { id: job.id }, json: { priority: 11 } });
    await api.call('cancelJob', 409, { params: { id: job.id } });
    await api.call('retryJob', 409, { params: { id: job.id } });

    const long = await makeSpeech('long.wav', `${sentence} `.repeat(60));
    const running = (await api.call('createJobs', 202, { form: form({ options: JSON.stringify(quick) }, long) })).json.items[0];
    await eventually('the job runs', 60, async () => (await api.call('getJob', 200, { params: { id: running.id } })).json.state === 'processing');
    assert.equal((await api.call('cancelJob', 200, { params: { id: running.id } })).json.state, 'cancelled');
    const retried = await api.call('retryJob', 202, { params: { id: running.id } });
    assert.ok(['queued', 'processing'].includes(retried.json.state));
    await api.call('cancelJob', 200, { params: { id: running.id } });

    const rerun = await api.call('rerunJob', 202, { params: { id: job.id }, json: { options: { formats: ['vtt'], speech: false }, title: 'Again' } });
    assert.notEqual(rerun.json.id, job.id);
    assert.equal(rerun.json.title, 'Again');
    assert.equal(rerun.json.upload_id, job.upload_id);
    const rerunEnd = await jobEnd(server.origin, rerun.json.id);
    assert.deepEqual(rerunEnd.files.map((file) => file.name.split('.').pop()), ['vtt'], JSON.stringify(rerunEnd));
    await api.call('rerunJob', 400, { params: { id: job.id }, json: { options: { engine: 'ear' } } });
    await api.call('rerunJob', 202, { params: { id: rerun.json.id }, headers: { 'Idempotency-Key': 'again' } });
    await api.call('rerunJob', 409, { params: { id: job.id }, json: { title: 'Other' }, headers: { 'Idempotency-Key': 'again' } });
    await api.call('speakTranscript', 409, { params: { id: job.id }, json: { title: 'Other' }, headers: { 'Idempotency-Key': 'again' } });

    const spoken = await api.call('speakTranscript', 202, { params: { id: job.id }, json: { options: { voice: 'slt', voices: { S1: 'rms' }, audio_format: 'wav' } } });
    assert.equal(spoken.json.kind, 'speech');
    const spokenEnd = await jobEnd(server.origin, spoken.json.id);
    assert.equal(spokenEnd.state, 'completed', JSON.stringify(spokenEnd));
    assert.equal(spokenEnd.files[0].content_type, 'audio/wav');
    await api.call('speakTranscript', 400, { params: { id: job.id }, json: { options: { beam_size: 2 } } });
    await api.call('speakTranscript', 404, { params: { id: spoken.json.id } });

    await api.call('deleteJob', 204, { params: { id: running.id } });
    await jobEnd(server.origin, several[0].id);
    await api.call('deleteJob', 204, { params: { id: several[0].id } });
    await api.call('getJob', 404, { params: { id: several[0].id } });
  },

  async 'events of all jobs'() {
    const control = new AbortController();
    const stream = await fetch(api.url('streamEvents', { query: { last_event_id: '0' } }), { signal: control.signal });
    assert.equal(stream.status, 200);
    for await (const event of readEvents(stream.body)) {
      assert.ok(event.data.job_id, JSON.stringify(event));
      check(`#/components/schemas/EventStream/x-events/${event.event}`, event.data, `an event ${event.event}`);
      if (event.event === 'labels') break;
    }
    control.abort();
    seen.set('streamEvents', new Set([200]));
    await api.call('streamEvents', 400, { headers: { 'Last-Event-ID': 'x' } });
    await api.call('streamJobEvents', 400, { params: { id: job.id }, headers: { 'Last-Event-ID': 'x' } });
  },

  async 'uploads'() {
    const limits = await api.call('describeUploads', 204);
    for (const extension of ['creation', 'creation-with-upload', 'termination', 'checksum', 'expiration', 'concatenation'])
      assert.ok(limits.headers.get('tus-extension').split(',').includes(extension), extension);
    assert.match(limits.headers.get('tus-checksum-algorithm'), /sha1/);
    await api.call('describeUpload', 204, { params: { id: stranger } });
    const content = fs.readFileSync(wav);
    const half = content.length >> 1;
    const made = await api.call('createUpload', 201, { headers: { ...tus, 'Upload-Length': content.length, 'Upload-Metadata': `filename ${base64('Gespräch.wav')}` } });
    const id = made.headers.get('location').split('/').pop();
    const send = (offset, bytes, expect, headers = {}) => api.call('continueUpload', expect, { params: { id }, headers: { ...tus, 'Upload-Offset': offset, 'Content-Type': octets, ...headers }, body: bytes });
    await send(0, content.subarray(0, half), 204);
    const head = await api.call('getUploadOffset', 200, { params: { id }, headers: tus });
    assert.equal(head.headers.get('upload-offset'), String(half));
    assert.equal((await api.call('getUpload', 200, { params: { id } })).json.state, 'receiving');
    await api.call('createJobs', 409, { json: { upload_id: id } });
    await send(0, content, 409);
    await send(half, content.subarray(half), 415, { 'Content-Type': 'text/plain' });
    await send(half, content.subarray(half), 412, { 'Tus-Resumable': '0.2.2' });
    await send('x', content, 400);
    await send(half, content.subarray(half), 460, { 'Upload-Checksum': `sha1 ${crypto.createHash('sha1').update('other').digest('base64')}` });
    await send(half, content.subarray(half), 400, { 'Upload-Checksum': 'crc7 AAAA' });
    await send(half, content.subarray(half), 204, { 'Upload-Checksum': `sha1 ${crypto.createHash('sha1').update(content.subarray(half)).digest('base64')}` });
    const whole = (await api.call('getUpload', 200, { params: { id } })).json;
    assert.equal(whole.state, 'complete');
    assert.equal(whole.filename, 'Gespräch.wav');
    assert.equal(whole.size, content.length);
    assert.equal(whole.media.audio_tracks, 1);

    const made2 = (await api.call('createJobs', 202, { json: { upload_id: id, options: quick, title: 'From tus' } })).json.items[0];
    assert.equal(made2.upload_id, id);
    await api.call('deleteUpload', 409, { params: { id }, headers: tus });
    const other = await tusUpload(wav);
    await api.call('overrideUpload', 200, { params: { id: other }, headers: { ...tus, 'X-HTTP-Method-Override': 'HEAD' } });
    await api.call('overrideUpload', 405, { params: { id: other }, headers: { ...tus, 'X-HTTP-Method-Override': 'PUT' } });
    await api.call('deleteUpload', 204, { params: { id: other }, headers: tus });
    const third = await tusUpload(wav);
    await api.call('overrideUpload', 204, { params: { id: third }, headers: { ...tus, 'X-HTTP-Method-Override': 'DELETE' } });

    // The last byte creates a job if the metadata ask for it.
    const asking = await api.call('createUpload', 201, { headers: { ...tus, 'Upload-Length': content.length, 'Content-Type': octets, 'Upload-Metadata': `filename ${base64('asked.wav')},options ${base64(JSON.stringify(quick))},title ${base64('Asked for')}` }, body: content });
    const asked = (await api.call('getJob', 200, { params: { id: asking.headers.get('upload-job-id') } })).json;
    assert.equal(asked.title, 'Asked for');
    await api.call('createUpload', 400, { headers: { ...tus, 'Upload-Length': 5, 'Upload-Metadata': `options ${base64('{"lang":"x"}')}` } });
    await api.call('createUpload', 415, { headers: { ...tus, 'Upload-Length': 5, 'Content-Type': 'text/plain' }, body: 'abcde' });
    await api.call('createUpload', 422, { headers: { ...tus, 'Upload-Length': 5, 'Content-Type': octets }, body: 'abcde' });
    await api.call('createUpload', 460, { headers: { ...tus, 'Upload-Length': 5, 'Content-Type': octets, 'Upload-Checksum': `sha1 ${crypto.createHash('sha1').update('other').digest('base64')}` }, body: 'abcde' });
    const notes = await api.call('createUpload', 201, { headers: { ...tus, 'Upload-Length': 5 } });
    await api.call('continueUpload', 422, { params: { id: notes.headers.get('location').split('/').pop() }, headers: { ...tus, 'Upload-Offset': 0, 'Content-Type': octets }, body: 'abcde' });
    const part = await api.call('createUpload', 201, { headers: { ...tus, 'Upload-Length': content.length, 'Upload-Concat': 'partial', 'Content-Type': octets }, body: content });
    const joined = await api.call('createUpload', 201, { headers: { ...tus, 'Upload-Concat': `final;${part.headers.get('location')}` } });
    await api.call('continueUpload', 403, { params: { id: joined.headers.get('location').split('/').pop() }, headers: { ...tus, 'Upload-Offset': 0, 'Content-Type': octets }, body: 'x' });
    await api.call('getUpload', 404, { params: { id: other } });
    await api.call('getUploadOffset', 404, { params: { id: other }, headers: tus });
    await api.call('getUploadOffset', 412, { params: { id }, headers: { 'Tus-Resumable': '9' } });

    const put = await api.call('putUpload', 201, { query: { filename: '../../Gespräch "x".wav' }, headers: { 'Content-Type': 'application/octet-stream' }, body: content });
    assert.equal(put.json.size, whole.size);
    await api.call('putUpload', 415, { form: form({}, wav) });
    await api.call('putUpload', 422, { query: { filename: 'notes.txt' }, headers: { 'Content-Type': 'application/octet-stream' }, body: fs.readFileSync(silent) });
    await api.call('createUpload', 400, { headers: { ...tus, 'Upload-Length': 'x' } });
    await api.call('createUpload', 412, { headers: { 'Tus-Resumable': '0.1', 'Upload-Length': '5' } });
    await api.call('createUpload', 413, { headers: { ...tus, 'Upload-Length': '999999999999999' } });
    await api.call('createUpload', 400, { headers: tus });
    const first = await api.call('createUpload', 201, { headers: { ...tus, 'Upload-Length': 10, 'Content-Type': octets }, body: 'abcd' });
    assert.equal(first.headers.get('upload-offset'), '4');
  },

  async 'speech'() {
    const answer = await api.call('speak', 200, { json: { text: sentence, audio_format: 'wav', voice: 'slt' } });
    assert.equal(answer.headers.get('content-type'), 'audio/wav');
    assert.equal(answer.body.subarray(0, 4).toString(), 'RIFF');
    const made = await api.call('speak', 202, { json: { text: sentence, as_job: true, title: 'Said' } });
    const end = await jobEnd(server.origin, made.json.id);
    assert.equal(end.state, 'completed');
    assert.equal(end.title, 'Said');
    await api.call('speak', 202, { json: { text: `${sentence} `.repeat(600) } });
    await api.call('speak', 400, { json: { text: '' } });
    await api.call('speak', 400, { json: { text: 'Hello', speed: 9 } });
    await api.call('speak', 400, { json: {} });
    await api.call('speak', 400, { json: { text: 'Hello', speech_engine: 'google' } });
    await api.call('speak', 202, { json: { text: 'Said once.', as_job: true }, headers: { 'Idempotency-Key': 'said' } });
    await api.call('speak', 409, { json: { text: 'Said twice.', as_job: true }, headers: { 'Idempotency-Key': 'said' } });
  },

  async "OpenAI's operations"() {
    const models = (await api.call('openaiListModels', 200)).json.data;
    assert.ok(models.length > 0);
    await api.call('openaiGetModel', 200, { params: { model: models[0].id } });
    await api.call('openaiGetModel', 404, { params: { model: 'nobody' } });
    for (const format of ['json', 'text', 'srt', 'verbose_json', 'vtt']) {
      const answer = await api.call('openaiTranscribe', 200, { form: form({ model: 'whisper-1', response_format: format }, wav) });
      assert.match(answer.text, /fox/i);
    }
    const streamed = await api.call('openaiTranscribe', 200, { form: form({ model: 'whisper-1', stream: 'true' }, wav) });
    assert.match(streamed.text, /transcript\.text\.done/);
    await api.call('openaiTranscribe', 400, { form: form({ model: 'whisper-1', response_format: 'docx' }, wav) });
    await api.call('openaiTranscribe', 400, { form: form({ model: 'whisper-1' }) });
    await api.call('openaiTranscribe', 404, { form: form({ model: 'nobody' }, wav) });
    await api.call('openaiTranscribe', 422, { form: form({ model: 'whisper-1' }, silent) });
    await api.call('openaiTranslate', 400, { form: form({ model: 'whisper-1' }, wav) }); // PocketSphinx does not translate
    await api.call('openaiTranslate', 404, { form: form({ model: 'nobody' }, wav) });
    await api.call('openaiTranslate', 422, { form: form({ model: 'whisper-1' }, silent) });
    const whisper = await startWhisper();
    const translated = await new Client(whisper.server.origin).call('openaiTranslate', 200, { form: form({ model: 'whisper-1' }, wav) });
    assert.equal(translated.json.text.trim(), whisper.words);
    await whisper.server.stop();
    const spoken = await api.call('openaiSpeak', 200, { json: { model: 'tts-1', voice: 'alloy', input: sentence, response_format: 'wav' } });
    assert.equal(spoken.body.subarray(0, 4).toString(), 'RIFF');
    await api.call('openaiSpeak', 200, { json: { model: 'tts-1', voice: { id: 'slt' }, input: sentence, stream_format: 'sse', instructions: 'Be kind.' } });
    await api.call('openaiTranscribe', 200, { form: form({ model: 'whisper-1', 'include[]': 'logprobs', chunking_strategy: 'auto', 'known_speaker_names[]': 'Ann', 'known_speaker_references[]': 'data:audio/wav;base64,UklG' }, wav) });
    await api.call('openaiSpeak', 400, { json: { model: 'tts-1', voice: 'alloy', input: sentence, response_format: 'midi' } });
    await api.call('openaiSpeak', 404, { json: { model: 'nobody', voice: 'alloy', input: sentence } });
  },

  async 'what one has is exported, kept for a time, and deleted'() {
    const archive = await api.call('exportMe', 200);
    assert.equal(archive.body.subarray(0, 2).toString(), 'PK');
    assert.equal((await api.call('getRetention', 200)).json.effective.recordings_days, null);
    assert.deepEqual((await api.call('getLexicon', 200)).json, { text: '', words: 0 });
    assert.equal((await api.call('setLexicon', 200, { json: { text: 'vat = vatt' } })).json.words, 1);
    assert.match((await api.call('setLexicon', 400, { json: { text: 'vat' } })).json.detail, /Line 1/);
    await api.call('setLexicon', 200, { json: { text: '' } });
    const rules = (await api.call('setRetention', 200, { json: { recordings_days: 7 } })).json;
    assert.equal(rules.effective.recordings_days, 7);
    assert.ok(rules.next.some((removal) => removal.what === 'recording'));
    await api.call('setRetention', 200, { json: {} });
    const other = await new Server({ data: path.join(folder, 'deleted-data') }).start();
    const doomed = new Client(other.origin);
    const made = (await doomed.call('createJobs', 202, { form: form({ options: JSON.stringify(quick) }, wav) })).json.items[0];
    await doomed.call('deleteMe', 400, { query: { confirm: stranger } });
    const me = (await doomed.call('getMe', 200)).json;
    const deleted = (await doomed.call('deleteMe', 200, { query: { confirm: me.id } })).json;
    assert.equal(deleted.jobs, 1);
    await doomed.call('getJob', 404, { params: { id: made.id } });
    const objects = fs.readdirSync(path.join(folder, 'deleted-data', 'objects'), { recursive: true, withFileTypes: true });
    assert.deepEqual(objects.filter((entry) => entry.isFile()).map((entry) => entry.name), []);
    await other.stop();
  },

  async 'what admins see'() {
    const me = (await api.call('getMe', 200)).json;
    assert.equal((await api.call('listUsers', 200)).json.items[0].id, me.id);
    await api.call('listUsers', 400, { query: { limit: '0' } });
    const params = { id: me.id };
    assert.equal((await api.call('getUser', 200, { params })).json.role, 'admin');
    const instance = (await api.call('getInstance', 200)).json;
    assert.ok(instance.checks.every(({ name, ok }) => ok || name === 'voices'), JSON.stringify(instance.checks));
    assert.ok(instance.points.length > 0 && instance.points.at(-1).seconds <= 60 && instance.points.some(({ requests }) => requests > 0));
    assert.ok(instance.points.at(-1).resident_bytes > 1e6);
    assert.ok((await api.call('getInstance', 200, { query: { span: 'day' } })).json.points.length <= 97);
    await api.call('getInstance', 400, { query: { span: 'year' } });
    const workers = (await api.call('listWorkers', 200)).json.items;
    assert.deepEqual(workers.filter(({ here }) => here).map(({ name }) => name), [instance.name]);
    const changed = (await api.call('updateUser', 200, { params, json: { quotas: { sound_minutes: 100000 } } })).json;
    assert.equal(changed.quotas.sound_minutes.limit, 100000);
    await api.call('updateUser', 400, { params, json: { role: 'king' } });
    await api.call('updateUser', 200, { params, json: { quotas: {} } });
    const jobs = await api.call('listAllJobs', 200, { query: { state: 'completed', limit: '2' } });
    assert.ok(jobs.json.items.every((item) => item.state === 'completed' && item.title === undefined));
    await api.call('listAllJobs', 400, { query: { state: 'lost' } });
    assert.ok((await api.call('getStorage', 200)).json.recording_bytes > 0);
    const entries = (await api.call('listAuditLog', 200)).json.items;
    assert.ok(['account.exported', 'user.quotas_changed'].every((action) => entries.some((entry) => entry.action === action)));
    await api.call('listAuditLog', 400, { query: { cursor: 'x' } });
  },

  async 'what every operation refuses'() {
    for (const operation of operations.values()) {
      const { id } = operation;
      const responses = operation.operation.responses;
      const params = Object.fromEntries([...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, { id: stranger, index: '0' }[name] ?? 'x']));
      const onRevision = operation.parameters.some((parameter) => parameter.name === 'If-Match' && parameter.required);
      const headers = operation.parameters.some((parameter) => parameter.name === 'Tus-Resumable') ? { ...tus, 'Upload-Offset': '0', 'Content-Type': octets, ...(id === 'overrideUpload' && { 'X-HTTP-Method-Override': 'PATCH' }) } : {};
      const query = operation.parameters.some((parameter) => parameter.name === 'q' && parameter.required) ? { q: 'x' } : {};
      const takesJson = operation.operation.requestBody?.content['application/json'];
      const turns = operation.operation.requestBody?.content['text/x-rttm']?.example;
      if (turns) headers['Content-Type'] = 'text/x-rttm';
      const body = turns ?? (headers['Upload-Offset'] && ['patch', 'post'].includes(operation.method) && params.id ? 'x' : undefined);
      if (responses[401] && isSecured(operation)) await api.call(id, 401, { params, query, headers: { ...headers, Authorization: 'Bearer vat_notakey' }, body });
      if (takesJson) {
        const known = params.id && id !== 'speakTranscript' && id !== 'rerunJob' && id !== 'updateJob' && id !== 'editTranscript' ? params : { ...params, id: job.id };
        const call = (expect, more) => api.call(id, expect, { params: known, headers: { ...(onRevision && { 'If-Match': '"5"' }), ...more.headers }, ...more.rest });
        await call(400, { rest: { json: '{' }, headers: { 'Content-Type': 'application/json' } });
        await call(400, { rest: { json: '{"surprise":1}' }, headers: { 'Content-Type': 'application/json' } });
        await call(400, { rest: { json: '[]' }, headers: { 'Content-Type': 'application/json' } });
        await call(415, { rest: { body: '{}' }, headers: { 'Content-Type': 'text/plain' } });
        if (responses[413] && id !== 'createJobs') {
          const large = `{"surprise":"${'x'.repeat(id === 'editTranscript' ? 65 << 20 : 8 << 20)}"}`;
          await call(413, { rest: { json: large }, headers: { 'Content-Type': 'application/json' } });
        }
      }
      if (responses[404] && params.id && !['createUpload'].includes(id)) {
        const json = { updateJob: { priority: 1 }, renameLabel: { name: 'x' }, editTranscript: { segments: [] }, changeSpeakers: { rename: [] }, updateUser: { disabled: true } }[id];
        await api.call(id, 404, { params, headers: { ...headers, ...(onRevision && { 'If-Match': '"1"' }) }, body, json });
      }
      if (operation.operation.requestBody?.content['multipart/form-data']) await api.call(id, isOpenAI(operation) ? 400 : 415, { body: 'x', headers: { 'Content-Type': 'text/plain' } });
    }
  },

  async 'methods: those of the document, and no others'() {
    for (const [route, item] of Object.entries(document.paths)) {
      const url = server.origin + route.replace(/\{id\}/, stranger).replace(/\{index\}/, '0').replace(/\{\w+\}/, 'x');
      const answer = await fetch(url, { method: 'OPTIONS' });
      await answer.arrayBuffer();
      const allowed = (answer.headers.get('allow') ?? '').split(/, */).filter(Boolean).map((name) => name.toLowerCase());
      const promised = new Set(Object.keys(item).filter((key) => operations.get(item[key]?.operationId)));
      if (promised.has('get')) promised.add('head');
      promised.add('options');
      if (!route.startsWith('/api/v1/uploads')) assert.deepEqual(new Set(allowed), promised, route);
      for (const method of ['PUT', 'PATCH', 'DELETE', 'POST', 'GET']) {
        if (promised.has(method.toLowerCase())) continue;
        const refused = await fetch(url, { method });
        assert.equal(refused.status, 405, `${method} ${route}: ${await refused.text()}`);
        assert.ok(refused.headers.get('allow'), `${method} ${route}`);
      }
    }
  },

  async 'routes of the code that the document lacks: none'() {
    const root = new URL('../../', import.meta.url);
    const promised = new Set([...operations.values()].map(({ method, path: route }) => `${method} ${route}`));
    const found = [];
    for (const directory of ['src/api', 'src/operation', 'apps/vat']) {
      for (const name of fs.readdirSync(new URL(directory, root), { recursive: true }).filter((file) => file.endsWith('.cc') && !file.endsWith('_test.cc'))) {
        const text = fs.readFileSync(new URL(`${directory}/${name}`, root), 'utf8');
        for (const [, method, pattern] of text.matchAll(/Method::k(\w+),\s*"(\/[^"]*)"/g)) found.push(`${method.toLowerCase()} ${pattern.replace(/\{(\w+):\w+\}/g, '{$1}')}`);
      }
    }
    assert.ok(found.length > 30, `only ${found.length} routes were found in the sources`);
    const forBrowsers = ['get /', 'post /share'];
    assert.deepEqual(found.filter((route) => !promised.has(route) && !forBrowsers.includes(route) && !route.startsWith('get /auth/')), []);
  },

  async 'a default model that does not exist is why the service is not ready'() {
    const other = await new Server({ data: path.join(folder, 'nameless'), engine: 'auto', flags: ['--model', 'nope'] }).start(503);
    assert.equal((await (await fetch(`${other.origin}/readyz`)).json()).checks.models, 'There is no model named nope.');
    await other.stop();
  },

  async 'every operation was driven, and its answers were seen'() {
    // These need a full disk, a lost database, thousands of jobs or a private network.
    const rare = new Set([403, 410, 411, 413, 423, 429, 503, 507]);
    const missing = [];
    for (const [id, { operation }] of operations) {
      for (const status of Object.keys(operation.responses)) {
        const code = Number(status);
        if (!code || rare.has(code) || seen.get(id)?.has(code)) continue;
        missing.push(`${id} ${status}`);
      }
    }
    // sign_in.mjs sees what needs somebody who is signed in, the tests of the catalogue a model that a job downloads.
    const excused = new Set(['deleteModel 409', 'getHealth 405', 'listProviders 405', 'getTokenKeys 405', 'getReadiness 405', 'getMetrics 405', 'describeUploads 421', 'putUpload 400', 'describeUpload 421', 'createUpload 404', 'createUpload 409', 'createKey 409', 'createShare 409', 'createWebhook 409', 'changeSpeakers 409', 'putSpeakerTurns 409', 'makeSentenceAgain 409', 'signOut 303', 'signOutByProvider 204', 'endSession 204', 'getPicture 200', ...['400', '409', '412', '415', '422', '460'].map((status) => `overrideUpload ${status}`)]);
    assert.deepEqual(missing.filter((entry) => !excused.has(entry)), []);
  },
};
await runTests(tests, server);

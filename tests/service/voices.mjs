// Voices in the service: many texts at once, a voice for each speaker of a transcript, and what is said about SSML.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Client } from './client.mjs';
import { Server, folder, jobEnd, makeSpeech, runTests } from './server.mjs';

const server = await new Server({ data: path.join(folder, 'voices-data') }).start();
const api = new Client(server.origin);
/** Mebibytes that the server has used at most. */
const peak = () => Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))[1]) / 1024;

/** Texts of half a minute, all different, so that none comes from the cache. */
async function speakAtOnce(count) {
  const text = (number) => Array.from({ length: 8 }, (_, i) => `Text number ${number} says sentence ${i}, which is about the weather of day ${number * 31 + i}.`).join(' ');
  const made = await Promise.all(Array.from({ length: count }, (_, i) => api.call('speak', 202, { json: { text: text(count * 100 + i), as_job: true, voice: 'kal' } })));
  const ends = await Promise.all(made.map(({ json }) => jobEnd(server.origin, json.id, 300)));
  for (const end of ends) assert.equal(end.state, 'completed', JSON.stringify(end.error));
}

await runTests({
  async 'fifty texts that are to be spoken at once need hardly more memory than three'() {
    await speakAtOnce(3);
    const before = peak();
    await speakAtOnce(50);
    const after = peak();
    console.log(`        ${before.toFixed(0)} MiB at most for three, ${after.toFixed(0)} MiB for fifty`);
    assert.ok(after < before + 64, `${before} MiB, then ${after} MiB`);
  },

  async 'a transcript with two speakers is spoken in two voices, chosen or found'() {
    const sound = await makeSpeech('two.wav', 'It is easy to tell the depth of a well. Glue the sheet to the dark blue background.');
    const form = new FormData();
    form.append('file', new Blob([fs.readFileSync(sound)]), 'two.wav');
    form.append('speech', 'false');
    const made = (await api.call('createJobs', 202, { form })).json.items[0];
    assert.equal((await jobEnd(server.origin, made.id)).state, 'completed');
    const turns = 'SPEAKER two 1 0.0 2.5 <NA> <NA> Anna <NA> <NA>\nSPEAKER two 1 2.5 60.0 <NA> <NA> Bob <NA> <NA>\n';
    const put = await fetch(`${server.origin}/api/v1/jobs/${made.id}/transcript/speakers`, { method: 'PUT', headers: { 'Content-Type': 'text/x-rttm' }, body: turns });
    assert.equal(put.status, 200, await put.text());
    const speakers = (await api.call('listSpeakers', 200, { params: { id: made.id } })).json.items;
    assert.equal(speakers.length, 2, JSON.stringify(speakers));
    for (const options of [{ speech_engine: 'flite' }, { speech_engine: 'flite', voices: { Anna: 'awb', [speakers[1].id]: 'rms' } }]) {
      const spoken = await api.call('speakTranscript', 202, { params: { id: made.id }, json: { options } });
      const end = await jobEnd(server.origin, spoken.json.id);
      assert.equal(end.state, 'completed', JSON.stringify(end.error));
      assert.deepEqual(end.warnings, []);
    }
    await api.call('speakTranscript', 404, { params: { id: made.id }, json: { options: { voices: { Anna: 'nobody' } } } });
  },

  async 'what of SSML is not followed is said beside the audio'() {
    const ssml = '<speak>Hello <audio src="x">there</audio>, <voice name="kal">you</voice>.</speak>';
    const answer = await api.call('speak', 200, { json: { text: ssml, voice: 'slt' } });
    assert.match(answer.headers.get('warning'), /^299 - "The voices here do not know SSML's <audio>/);
    const plain = await api.call('speak', 200, { json: { text: 'Hello there.', voice: 'slt' } });
    assert.equal(plain.headers.get('warning'), null);
  },
}, server);

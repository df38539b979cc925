// Bad input on every route: wrong methods, types, bodies, ids, parameters, headers, and requests that are not HTTP.
// Each gets a 4xx with a problem (below /v1 with OpenAI's error), never a 5xx, and the server keeps running.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { check, deref, isOpenAI, mediaType, operations } from './document.mjs';
import { Server, eventually, jobEnd, makeSpeech, runTests } from './server.mjs';

const seed = Number(process.env.VAT_TEST_SEED ?? crypto.randomInt(1 << 30));
console.log(`VAT_TEST_SEED=${seed}`);
let state = seed;
const random = (max) => Math.floor(((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32) * max);
const pick = (list) => list[random(list.length)];

const server = await new Server().start();
const wav = await makeSpeech('talk.wav', 'Hello there.');
const stranger = '019395a1-8f0e-7c3a-9d52-000000000000';
const created = new FormData();
created.append('engine', 'pocketsphinx');
created.append('file', new Blob([fs.readFileSync(wav)]), 'talk.wav');
const made = await (await fetch(`${server.origin}/api/v1/jobs`, { method: 'POST', body: created })).json();
const job = await jobEnd(server.origin, made.items[0].id);

let requests = 0;
/** Sends raw bytes; resolves to { status, headers, body } of the first response, with status 0 if there was none. */
function exchange(bytes, { seconds = 20 } = {}) {
  requests++;
  return new Promise((resolve, reject) => {
    const socket = net.connect(server.port, '127.0.0.1');
    let answer = Buffer.alloc(0);
    const timer = setTimeout(() => (socket.destroy(), reject(new Error(`no answer within ${seconds} s to ${String(bytes).slice(0, 300)}`))), seconds * 1000);
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0) return resolve({ status: 0, headers: new Headers(), body: Buffer.alloc(0) });
      const [line, ...fields] = answer.subarray(0, end).toString('latin1').split('\r\n');
      const headers = new Headers(fields.map((field) => [field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 1).trim()]));
      resolve({ status: Number(line.split(' ')[1]), headers, body: answer.subarray(end + 4) });
    };
    socket.on('data', (part) => {
      answer = Buffer.concat([answer, part]);
      const end = answer.indexOf('\r\n\r\n');
      const length = end > 0 && /content-length: (\d+)/i.exec(answer.subarray(0, end).toString('latin1'))?.[1];
      if (length && answer.length >= end + 4 + Number(length)) finish();
    }).on('error', () => {}).on('close', finish);
    socket.write(bytes);
  });
}
/** A request as text; `target` and the header values are sent unchanged. */
function send(method, target, { headers = {}, body = '', host = `127.0.0.1:${server.port}` } = {}) {
  const fields = { Host: host, Connection: 'close', ...(body.length > 0 || ['POST', 'PUT', 'PATCH'].includes(method) ? { 'Content-Length': Buffer.byteLength(body) } : {}), ...headers };
  const head = `${method} ${target} HTTP/1.1\r\n${Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return exchange(Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]));
}

/** The response is a refusal in the right form, with one of the given statuses, if any. */
function expectRefusal(answer, what, path, statuses) {
  const text = `${what} -> ${answer.status} ${answer.body.toString().slice(0, 400)}`;
  if (statuses) assert.ok(statuses.includes(answer.status), `${text}\n(expected ${statuses})`);
  assert.ok(answer.status >= 400 && answer.status < 500, text);
  if (answer.body.length === 0) return;
  if (path.startsWith('/auth/') && mediaType(answer.headers) === 'text/html') {
    // What a browser is sent to answers with a page, a sentence and ways on.
    assert.match(answer.body.toString(), /^<!doctype html>.*<p>[^<>]+[.?]<\/p>/s, text);
    return;
  }
  const openai = path.startsWith('/v1/');
  assert.equal(mediaType(answer.headers), openai ? 'application/json' : 'application/problem+json', text);
  const body = JSON.parse(answer.body.toString());
  check(`#/components/schemas/${openai ? 'OpenAIError' : 'Problem'}`, body, text);
  const sentence = openai ? body.error.message : body.detail;
  assert.match(sentence, /^\S.*[.?]$/s, text);
  assert.doesNotMatch(sentence, /\/(work|tmp|home|usr)\/|SELECT |std::|boost|sqlite/i, text);
}
function expectNoFailure(answer, what) {
  assert.ok(answer.status > 0 && answer.status < 500, `${what} -> ${answer.status} ${answer.body.toString().slice(0, 400)}`);
}

const fill = (path, id = stranger) => path.replace('{id}', id).replace('{index}', '0').replace(/\{\w+\}/g, 'x');
const namesRevision = (parameters) => parameters.some((parameter) => parameter.name === 'If-Match');
/** A body and headers that are valid, so that the operation looks up its id. */
function plausible({ id, operation, parameters }) {
  const headers = {};
  if (parameters.some((parameter) => parameter.name === 'Tus-Resumable')) Object.assign(headers, { 'Tus-Resumable': '1.0.0', 'Upload-Offset': '0' });
  if (namesRevision(parameters)) headers['If-Match'] = '"1"';
  if (id === 'overrideUpload') headers['X-HTTP-Method-Override'] = 'PATCH';
  const content = operation.requestBody?.content ?? {};
  const bodies = { updateJob: '{"priority":1}', editTranscript: '{"segments":[]}' };
  if (content['application/json']) return { headers: { ...headers, 'Content-Type': 'application/json' }, body: bodies[id] ?? '{}' };
  if (content['text/x-rttm']) return { headers: { ...headers, 'Content-Type': 'text/x-rttm' }, body: content['text/x-rttm'].example };
  if (content['application/offset+octet-stream']) return { headers: { ...headers, 'Content-Type': 'application/offset+octet-stream' }, body: id === 'createUpload' ? '' : 'x' };
  return { headers };
}
const all = [...operations.values()];
const withJson = all.filter(({ operation }) => operation.requestBody?.content['application/json']);
const jsonTarget = (operation) => fill(operation.path, operation.path.startsWith('/api/v1/jobs/{id}') ? job.id : stranger);
const sendJson = (operation, body, headers = {}) => send(operation.method.toUpperCase(), jsonTarget(operation), { headers: { 'Content-Type': 'application/json', ...(namesRevision(operation.parameters) && { 'If-Match': '"1"' }), ...headers }, body });
/** A value of a type that the schema does not have. */
const wrongValues = (schema) => {
  const types = [schema.type ?? 'object'].flat();
  return [['string', 'text'], ['number', 1.5], ['boolean', true], ['array', [[]]], ['object', { x: 1 }]].filter(([type]) => !types.includes(type) && !(type === 'number' && types.includes('integer'))).map(([, value]) => value).concat(types.includes('integer') ? [1.5, 1e300] : []);
};

await runTests({
  async 'a path that is no route'() {
    for (const path of ['/api', '/api/v1', '/api/v1/', '/api/v1/job', '/api/v2/jobs', '/v1', '/v1/x', '/..', '/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/api/v1/jobs/%2e%2e/me', '/api/v1/jobs//', `/${'a'.repeat(8000)}`, '/api/v1/jobs%00', '/%ff%fe', '/docs/../../x', '/docs/%2e%2e%2fopenapi.json', '/%', '/%zz']) {
      const answer = await send('GET', path);
      if (answer.status === 308) continue;
      expectRefusal(answer, path, path, [400, 404, 414, 431]);
    }
  },

  async 'methods that a route does not have'() {
    for (const path of new Set(all.map((operation) => operation.path))) {
      const known = new Set(all.filter((operation) => operation.path === path).map((operation) => operation.method.toUpperCase()));
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((name) => !known.has(name))) {
        const answer = await send(method, fill(path));
        expectRefusal(answer, `${method} ${path}`, path, [405]);
        assert.ok(answer.headers.get('allow'));
      }
      for (const method of ['TRACE', 'CONNECT', 'BREW', 'get', 'X'.repeat(200)]) expectRefusalOrNotImplemented(await send(method, fill(path)), `${method} ${path}`);
    }
    function expectRefusalOrNotImplemented(answer, what) {
      assert.ok([400, 405, 501].includes(answer.status), `${what} -> ${answer.status}`);
    }
  },

  async 'ids that are none, or not there'() {
    const bad = ['x', '0', '-1', stranger.slice(1), `${stranger}0`, stranger.replace(/-/g, ''), `{${stranger}}`, '%00', '%ff%fe', '..', '%2e%2e%2fme', `${stranger}%00`, "1'%20OR%20'1'='1", 'a'.repeat(5000), '%F0%9F%92%A9', stranger.toUpperCase(), stranger];
    for (const operation of all.filter(({ path, method }) => path.includes('{id}') && method !== 'options')) {
      for (const id of bad) {
        const path = operation.path.replace('{id}', id).replace('{index}', '0').replace(/\{\w+\}/g, 'x');
        const answer = await send(operation.method.toUpperCase(), path, plausible(operation));
        expectRefusal(answer, `${operation.method} ${path}`, path, [400, 404, 414, 431]);
      }
    }
  },

  async 'names of files that are none'() {
    for (const name of ['..', '%2e%2e', '..%2f..%2f..%2fetc%2fpasswd', '%2fetc%2fpasswd', '%00', `${job.files[0].name}%00.txt`, '%ff', 'a'.repeat(4000), '%E2%80%AE', '.'])
      expectRefusal(await send('GET', `/api/v1/jobs/${job.id}/files/${name}`), name, '/api/', [400, 404, 414]);
  },

  async 'bodies of another type, or of none'() {
    for (const operation of all.filter(({ operation: { requestBody } }) => requestBody)) {
      const target = jsonTarget(operation);
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'application/json; charset=utf-16', 'x', '', 'multipart/form-data', 'multipart/form-data; boundary=', `multipart/form-data; boundary=${'b'.repeat(300)}`]) {
        if (operation.id === 'putUpload' || operation.id === 'signOut') continue; // take any type
        const { headers } = plausible(operation);
        const answer = await send(operation.method.toUpperCase(), target, { headers: { ...headers, 'Content-Type': type }, body: 'a=1' });
        expectRefusal(answer, `${operation.id} ${type}`, operation.path, [400, 404, 409, 415]);
      }
    }
  },

  async 'JSON that is none, too deep, or not well'() {
    const deep = (open, close, count) => open.repeat(count) + close.repeat(count);
    const bodies = ['{', '}', '{"a":}', '{"a":1,}', "{'a':1}", '[]', '1', 'null', '"text"', '{} {}', '{}x', '\0', '{"a":1e999999}', '{"a":01}', '{"\\ud800":1}', '{"priority":1,"priority":2}', 'NaN', '\u{feff}{}', deep('[', ']', 100), deep('{"a":', '}', 2000), deep('[', ']', 100_000), '[' .repeat(200_000), '{"a":'.repeat(50_000), `{"surprise":"${'x'.repeat(20_000)}"}`, `{"${'k'.repeat(20_000)}":1}`, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), Buffer.from('{"title":"\xc3\x28"}', 'latin1'), Buffer.from('{"title":"\xed\xa0\x80"}', 'latin1')];
    for (const operation of withJson) {
      for (const body of bodies) expectRefusal(await sendJson(operation, body), `${operation.id} ${String(body).slice(0, 60)}`, operation.path, [400, 404, 413]);
    }
  },

  async 'members of a wrong type or out of bounds, each named in the answer'() {
    for (const operation of withJson) {
      const { properties = {} } = deref(operation.operation.requestBody.content['application/json'].schema);
      for (const [name, reference] of Object.entries(properties)) {
        const schema = deref(reference);
        for (const value of wrongValues(schema)) {
          const answer = await sendJson(operation, JSON.stringify({ [name]: value }));
          expectRefusal(answer, `${operation.id} ${name}=${JSON.stringify(value)}`, operation.path, [400, 404]);
        }
        const outside = [schema.maximum !== undefined && schema.maximum + 1, schema.minimum !== undefined && schema.minimum - 1, schema.maxLength && schema.type === 'string' && 'x'.repeat(schema.maxLength + 5000), schema.enum && 'surprise', schema.format && 'surprise'].filter((value) => value !== false && value !== undefined);
        for (const value of outside) {
          const required = { priority: {}, name: {}, url: {}, events: { url: 'https://hooks.acme.org/' }, expires_at: { name: 'x' } }[name] ?? (operation.path === '/api/v1/speech' ? { text: 'Hello.' } : {});
          const answer = await sendJson(operation, JSON.stringify({ ...required, [name]: value }));
          expectRefusal(answer, `${operation.id} ${name}=${String(value).slice(0, 40)}`, operation.path, [400, 404, 413]);
        }
      }
    }
  },

  async 'options of a job that make no sense, in JSON and in a form'() {
    const { properties } = deref({ $ref: '#/components/schemas/JobOptions' });
    const boundary = 'b';
    const part = (name, text, more = '') => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${text}\r\n`;
    for (const [name, schema] of Object.entries(properties)) {
      for (const value of [...wrongValues(schema), schema.maximum !== undefined ? schema.maximum + 1 : { a: 1 }, schema.minimum !== undefined ? schema.minimum - 1 : { a: 1 }, schema.enum ? 'surprise' : { a: 1 }]) {
        const answer = await send('POST', `/api/v1/jobs/${job.id}/rerun`, { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ options: { [name]: value } }) });
        expectRefusal(answer, `${name}=${JSON.stringify(value)}`, '/api/', [400]);
        const problem = JSON.parse(answer.body);
        assert.ok(problem.field?.endsWith(name), `${name}: ${answer.body}`);
      }
      if (schema.type === 'string' && !schema.enum && !schema.pattern) continue;
      const answer = await send('POST', '/api/v1/jobs', { headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` }, body: part(name, 'surprise') + part('file', 'x', '; filename="x.wav"') + `--${boundary}--\r\n` });
      expectRefusal(answer, `form ${name}`, '/api/', [400]);
    }
  },

  async 'forms that are none'() {
    const file = 'Content-Disposition: form-data; name="file"; filename="x.wav"';
    const bodies = [
      '', 'x', '--b', '--b\r\n', '--b--', '--b--\r\n', `--b\r\n${file}\r\n\r\nabc`, `--b\r\n${file}\r\n\r\nabc\r\n--c--\r\n`, '--b\r\n\r\nabc\r\n--b--\r\n', '--b\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--b--\r\n',
      '--b\r\nContent-Disposition: attachment; name="file"\r\n\r\nabc\r\n--b--\r\n', `--b\n${file}\n\nabc\n--b--\n`, `--b\r\n${'X: y\r\n'.repeat(5000)}\r\nabc\r\n--b--\r\n`, `--b\r\nContent-Disposition: form-data; name="${'n'.repeat(20_000)}"\r\n\r\nabc\r\n--b--\r\n`,
      `--b\r\nContent-Disposition: form-data; name="language"\r\n\r\n${'x'.repeat(1 << 20)}\r\n--b--\r\n`, '--b\r\nContent-Disposition: form-data; name="language"\r\n\r\n\xff\xfe\r\n--b--\r\n', `${'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nx\r\n'.repeat(500)}--b--\r\n`,
      `--b\r\n${file}\r\nContent-Transfer-Encoding: base64\r\n\r\nabc\r\n--b--\r\n`, `--b\r\n${file}\r\n\r\n\r\n--b--\r\n`, '--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--b--\r\n', '\r\n\r\n--b\0--\r\n',
    ];
    for (const path of ['/api/v1/jobs', '/v1/audio/transcriptions', '/v1/audio/translations']) {
      for (const body of bodies) expectRefusal(await send('POST', path, { headers: { 'Content-Type': 'multipart/form-data; boundary=b' }, body: Buffer.from(body, 'latin1') }), `${path} ${body.slice(0, 80)}`, path, [400, 413, 415, 422]);
    }
  },

  async 'file names of every kind are labels'() {
    const media = fs.readFileSync(wav);
    const names = ['../../../../etc/passwd', '..\\..\\x.wav', '/etc/passwd', 'a\0b.wav', 'x'.repeat(4000), '\u{1F600}\u{202E}gpj.wav', '', ' ', '.', '..', 'CON', 'a"b.wav', '\r\nX: y', '%2e%2e%2f', '𝔊'.repeat(300)];
    for (const name of names) {
      const answer = await fetch(`${server.origin}/api/v1/uploads?filename=${encodeURIComponent(name)}`, { method: 'PUT', body: media });
      const text = await answer.text();
      assert.ok([201, 400].includes(answer.status), `${JSON.stringify(name)} -> ${answer.status} ${text}`);
      if (answer.status !== 201) continue;
      const upload = JSON.parse(text);
      assert.ok(!/[\0-\x1f]/.test(upload.filename) && [...upload.filename].length <= 255, JSON.stringify(upload.filename));
      const body = new FormData();
      body.append('formats', 'txt');
      body.append('engine', 'pocketsphinx');
      body.append('file', new Blob([media]), name);
      const jobs = await fetch(`${server.origin}/api/v1/jobs`, { method: 'POST', body });
      const answered = await jobs.text();
      assert.ok([202, 400].includes(jobs.status), `${JSON.stringify(name)} -> ${jobs.status} ${answered}`);
      if (jobs.status !== 202) continue;
      const end = await jobEnd(server.origin, JSON.parse(answered).items[0].id);
      assert.equal(end.state, 'completed', `${JSON.stringify(name)}: ${JSON.stringify(end.error)}`);
      for (const { url } of end.files) {
        const download = await fetch(new URL(url, server.origin));
        assert.equal(download.status, 200, `${JSON.stringify(name)}: ${url}`);
        await download.arrayBuffer();
      }
    }
  },

  async 'parameters of the query'() {
    const values = ['', '-1', '0', '1.5', '999999999999999999999', 'x', '%00', '%ff', '%', '%zz', '1%20OR%201', '%22', 'a'.repeat(6000), '[]', '%F0%9F%92%A9'];
    for (const operation of all) {
      for (const parameter of operation.parameters.filter((one) => one.in === 'query')) {
        for (const value of values) {
          const others = operation.parameters.filter((one) => one.in === 'query' && one.required && one.name !== parameter.name).map((one) => `&${one.name}=x`).join('');
          const target = `${jsonTarget(operation)}?${parameter.name}=${value}${others}`;
          if (/Events$/.test(operation.id) && /^\d{1,18}$/.test(value)) continue; // a stream
          const answer = await send(operation.method.toUpperCase(), target, plausible(operation));
          expectNoFailure(answer, target.slice(0, 200));
          if (answer.status >= 400) expectRefusal(answer, target.slice(0, 200), operation.path);
          const schema = parameter.schema;
          if (schema?.type === 'integer' && !/^\d{1,9}$/.test(value)) assert.ok(answer.status >= 400, `${target} -> ${answer.status}`);
          if (parameter.name === 'cursor' && value !== '') assert.equal(answer.status, 400, target);
        }
      }
    }
    for (const query of ['?', '?&&&=&', '?limit=5&limit=6', '?=x', `?${'a=b&'.repeat(1500)}`]) expectNoFailure(await send('GET', `/api/v1/jobs${query}`), query);
  },

  async 'ranges, conditions and other headers'() {
    const target = `/api/v1/jobs/${job.id}/files/${encodeURIComponent(job.files[0].name)}`;
    const size = job.files[0].size;
    const ranges = { 'bytes=abc': 200, 'bytes=': 200, 'lines=1-2': 200, 'bytes=5-2': 200, 'bytes=-0': 416, [`bytes=${size}-`]: 416, 'bytes=99999999999999999999999-': [200, 416], 'bytes=0-99999999999999999999': [200, 206], 'bytes=-99999999999': [200, 206], [`bytes=${'0-0,'.repeat(2000)}0-0`]: [200, 431], 'bytes=0-0, 1-1 ,': [200, 206], 'bytes=0x1-2': 200, 'bytes=--1': 200 };
    for (const [range, status] of Object.entries(ranges)) {
      const answer = await send('GET', target, { headers: { Range: range } });
      assert.ok([status].flat().includes(answer.status), `${range.slice(0, 60)} -> ${answer.status}`);
    }
    const headers = [['If-None-Match', '"'], ['If-None-Match', ',,,'], ['If-Match', '\xff'], ['If-Modified-Since', 'yesterday'], ['If-Range', 'x'], ['Accept', 'x'], ['Accept', ';;;'], ['Accept', '*/*;q=9'], ['Accept-Encoding', 'gzip;q=x'], ['Accept-Encoding', ','.repeat(5000)], ['Cookie', '=;=;\xff'], ['X-Request-Id', 'x'.repeat(5000)], ['X-Request-Id', '"><script>'], ['Expect', 'the unexpected'], ['Content-Type', '\xff'], ['Authorization', 'Basic x'], ['Authorization', 'Bearer'], ['Authorization', `Bearer ${'x'.repeat(10_000)}`], ['Idempotency-Key', 'x'.repeat(300)], ['Last-Event-ID', '-1'], ['Last-Event-ID', '\xff'], ['Transfer-Encoding', 'gzip'], ['Upgrade', 'websocket'], ['Content-Length', '-1'], ['Content-Length', '1, 2'], ['Content-Length', '99999999999999999999999']];
    for (const path of [target, '/api/v1/jobs', `/api/v1/jobs/${job.id}/transcript`, '/v1/models']) {
      for (const [name, value] of headers) {
        const answer = await send('GET', path, { headers: { [name]: value } });
        const what = `${path} ${name}: ${value.slice(0, 60)} -> ${answer.status}`;
        assert.ok(answer.status < 500 || (answer.status === 501 && name === 'Transfer-Encoding'), what);
        assert.doesNotMatch(answer.headers.get('x-request-id') ?? '', /[^\w.-]|.{129}/, what);
      }
    }
    for (const value of ['', 'x'.repeat(256), '\xff']) expectRefusal(await sendJson(operations.get('createJobs'), `{"upload_id":"${stranger}"}`, { 'Idempotency-Key': value }), `Idempotency-Key ${value.slice(0, 10)}`, '/api/', [400, 404]);
    expectRefusal(await send('GET', '/api/v1/me', { host: 'evil.acme.org' }), 'another Host', '/api/', [421]);
    expectRefusal(await sendJson(operations.get('createKey'), '{"name":"x"}', { Origin: 'https://evil.acme.org' }), 'another Origin', '/api/', [403]);
    expectRefusal(await sendJson(operations.get('createKey'), '{"name":"x"}', { 'Sec-Fetch-Site': 'cross-site' }), 'cross-site', '/api/', [403]);
  },

  async 'headers of tus'() {
    const tus = { 'Tus-Resumable': '1.0.0' };
    const bad = [{}, { 'Tus-Resumable': '1.0.1', 'Upload-Length': '5' }, { ...tus, 'Upload-Length': '-5' }, { ...tus, 'Upload-Length': '5.5' }, { ...tus, 'Upload-Length': '1e3' }, { ...tus, 'Upload-Length': '99999999999999999999999' }, { ...tus, 'Upload-Length': '5', 'Upload-Defer-Length': '1' }, { ...tus, 'Upload-Defer-Length': '2' },
      { ...tus, 'Upload-Length': '5', 'Upload-Metadata': 'filename !!!' }, { ...tus, 'Upload-Length': '5', 'Upload-Metadata': ',,,' }, { ...tus, 'Upload-Length': '5', 'Upload-Metadata': 'a YQ==,a YQ==' }, { ...tus, 'Upload-Length': '5', 'Upload-Concat': 'middle' }, { ...tus, 'Upload-Concat': 'final;' }, { ...tus, 'Upload-Concat': `final;/api/v1/uploads/${stranger}` }, { ...tus, 'Upload-Concat': 'final;http://evil.acme.org/x' }, { ...tus, 'Upload-Concat': `final;${'/api/v1/uploads/x '.repeat(1000)}` }];
    for (const headers of bad) expectRefusal(await send('POST', '/api/v1/uploads', { headers }), JSON.stringify(headers).slice(0, 120), '/api/', [400, 404, 409, 411, 412, 413]);
    const location = (await send('POST', '/api/v1/uploads', { headers: { ...tus, 'Upload-Length': '10' } })).headers.get('location');
    const target = new URL(location, server.origin).pathname;
    const octets = { ...tus, 'Content-Type': 'application/offset+octet-stream' };
    for (const headers of [{ ...octets }, { ...octets, 'Upload-Offset': '-1' }, { ...octets, 'Upload-Offset': 'x' }, { ...octets, 'Upload-Offset': '99999999999999999999' }, { ...octets, 'Upload-Offset': '1' }, { 'Content-Type': octets['Content-Type'], 'Upload-Offset': '0' }, { ...tus, 'Upload-Offset': '0' }, { ...octets, 'Upload-Offset': '0', 'Upload-Checksum': 'md5 x' }, { ...octets, 'Upload-Offset': '0', 'Upload-Checksum': 'sha1 !!!' }, { ...octets, 'Upload-Offset': '0', 'Upload-Length': '11' }])
      expectRefusal(await send('PATCH', target, { headers, body: 'abc' }), JSON.stringify(headers), '/api/', [400, 409, 412, 415, 460]);
    assert.equal((await send('HEAD', target, { headers: tus })).headers.get('upload-offset'), '0');
  },

  async 'requests that are no HTTP'() {
    const target = `Host: 127.0.0.1:${server.port}\r\n`;
    const bad = ['\r\n\r\n', 'GET\r\n\r\n', 'GET /\r\n\r\n', `GET / HTTP/9.9\r\n${target}\r\n`, `GET /healthz HTTP/1.1\r\n\r\n`, `GET /healthz HTTP/1.1\r\n${target}${target}\r\n`, `GET /healthz HTTP/1.1\r\n${target} folded\r\n\r\n`, `GET /healthz HTTP/1.1\r\n${target}No colon\r\n\r\n`, `GET /healthz HTTP/1.1\r\n${target}X\0: y\r\n\r\n`, `POST /api/v1/keys HTTP/1.1\r\n${target}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, `POST /api/v1/keys HTTP/1.1\r\n${target}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`, `POST /api/v1/keys HTTP/1.1\r\n${target}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n`, `POST /api/v1/keys HTTP/1.1\r\n${target}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, `GET /healthz HTTP/1.1\r\n${target}${'X: y\r\n'.repeat(20_000)}\r\n`, `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n${target}\r\n`, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', crypto.randomBytes(2000).toString('latin1') + '\r\n\r\n', `GET http://[ HTTP/1.1\r\n${target}\r\n`, `GET healthz HTTP/1.1\r\n${target}\r\n`];
    for (const text of bad) {
      const answer = await exchange(Buffer.from(text, 'latin1'));
      assert.ok([0, 400, 404, 405, 408, 413, 414, 421, 431, 501, 505].includes(answer.status), `${JSON.stringify(text.slice(0, 80))} -> ${answer.status}`);
    }
  },

  async 'a thousand random requests'() {
    const junk = ['', 'x', '0', '-1', '%00', '%ff', 'é', '\xff\xfe', '../..', '"', "'", '{}', '[]', 'null', '1e999', 'a'.repeat(3000), stranger, job.id, '*', 'bytes=0-', '1.0.0', 'application/json', 'multipart/form-data; boundary=b'];
    for (let count = 0; count < 1000; count++) {
      const operation = pick(all);
      if (/Events$/.test(operation.id) || operation.id === 'deleteJob') continue;
      const headers = { ...plausible(operation).headers };
      for (const parameter of operation.parameters.filter((one) => one.in === 'header')) if (random(2)) headers[parameter.name] = pick(junk).replace(/[\r\n]/g, '');
      if (random(3) === 0) headers['Content-Type'] = pick(junk);
      const query = operation.parameters.filter((one) => one.in === 'query' && random(2)).map((one) => `${one.name}=${encodeURIComponent(pick(junk))}`).join('&');
      const target = `${fill(operation.path, pick([job.id, stranger, encodeURIComponent(pick(junk)) || 'x']))}?${query}`;
      const body = Buffer.from(pick([plausible(operation).body ?? '', pick(junk), `{"${pick(junk)}":${JSON.stringify(pick(junk))}}`]), 'latin1');
      const answer = await send(operation.method.toUpperCase(), target, { headers, body });
      expectNoFailure(answer, `${operation.id} ${target.slice(0, 200)} ${JSON.stringify(headers).slice(0, 300)}`);
      if (answer.status >= 400) expectRefusal(answer, `${operation.id} ${target.slice(0, 200)}`, operation.path);
    }
  },

  async 'and it lives, has told of no 5xx, and kept nothing of what it refused'() {
    assert.equal((await fetch(`${server.origin}/readyz`)).status, 200);
    assert.ok(requests > 2000, `only ${requests} requests were sent`);
    const metrics = await (await fetch(`${server.origin}/metrics`)).text();
    const failures = metrics.split('\n').filter((line) => /^vat_http_requests_total\{.*status="5/.test(line) && !/status="50[15]"/.test(line));
    assert.deepEqual(failures, []);
    await eventually('refused bytes are removed', 30, () => fs.readdirSync(path.join(server.data, 'staging')).every((name) => !name.includes('.upload')));
  },
}, server);

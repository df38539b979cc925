// Checks responses against the OpenAPI document: whether the operation documents the status, headers and body.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export const document = JSON.parse(fs.readFileSync(new URL('../../src/api/openapi.json', import.meta.url)));
const ajv = new Ajv.default({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, 'openapi.json');

const escape = (key) => key.replace(/~/g, '~0').replace(/\//g, '~1');
function resolve(pointer) {
  let value = document;
  const path = [];
  for (const key of pointer) {
    value = value?.[key];
    path.push(key);
    while (value?.$ref) {
      path.splice(0, path.length, ...value.$ref.slice(2).split('/'));
      value = path.reduce((at, step) => at[step.replace(/~1/g, '/').replace(/~0/g, '~')], document);
    }
  }
  return { value, pointer: '#/' + path.map(escape).join('/') };
}
export const deref = (value) => (value?.$ref ? resolve(value.$ref.slice(2).split('/')).value : value);

const validators = new Map();
export function check(pointer, data, what) {
  if (!validators.has(pointer)) validators.set(pointer, ajv.compile({ $ref: `openapi.json${pointer}` }));
  const validate = validators.get(pointer);
  if (!validate(data)) assert.fail(`${what}: ${ajv.errorsText(validate.errors, { dataVar: 'body' })}\n${JSON.stringify(data).slice(0, 2000)}`);
}

const methods = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'];
/** operationId -> { path, method, operation, parameters } */
export const operations = new Map();
for (const [path, item] of Object.entries(document.paths)) {
  for (const method of methods.filter((name) => item[name])) {
    const operation = item[method];
    const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(deref);
    operations.set(operation.operationId, { id: operation.operationId, path, method, operation, parameters });
  }
}
export const isSecured = ({ operation }) => operation.security?.length !== 0;
export const isOpenAI = ({ path }) => path.startsWith('/v1/');

/** Content-Type without parameters. */
export const mediaType = (headers) => (headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase();

/** Fails unless the operation documents this response. `body`: a Buffer. */
export function checkAnswer(id, { status, headers, body }) {
  const { path, method, operation } = operations.get(id);
  const what = `${id}: ${method.toUpperCase()} ${path} -> ${status}`;
  assert.ok(operation.responses[status], `${what} is not in the document\n${body.toString().slice(0, 1000)}`);
  const { value: response, pointer } = resolve(['paths', path, method, 'responses', String(status)]);
  for (const [name, reference] of Object.entries(response.headers ?? {})) {
    const header = deref(reference);
    const value = headers.get(name);
    if (value === null) {
      assert.ok(!header.required, `${what}: the header ${name} is missing`);
      continue;
    }
    const typed = header.schema.type === 'integer' && /^-?\d+$/.test(value) ? Number(value) : value;
    assert.ok(ajv.validate(header.schema, typed), `${what}: ${name}: ${value}: ${ajv.errorsText()}`);
  }
  if (!response.content) {
    assert.equal(body.length, 0, `${what} has a body, which is not in the document`);
    return;
  }
  if (method === 'head') return;
  const type = mediaType(headers);
  const known = response.content[type] ? type : response.content['*/*'] && '*/*';
  assert.ok(known, `${what}: the type ${type} is not in the document`);
  if (status === 206) return; // A part of something is nothing by itself.
  if (type === 'application/json' || type === 'application/problem+json') {
    let data;
    try {
      data = JSON.parse(body.toString());
    } catch (error) {
      assert.fail(`${what}: no JSON: ${error.message}: ${body.toString().slice(0, 300)}`);
    }
    if (known !== '*/*') check(`${pointer}/content/${escape(known)}/schema`, data, what);
    if (type === 'application/problem+json') {
      assert.equal(data.status, status, `${what}: the problem's status`);
      assert.equal(data.request_id, headers.get('x-request-id'), `${what}: the problem's request id`);
      assert.match(data.detail, /^\S.*[.?]$/s, `${what}: the detail is a sentence`);
    }
  }
}

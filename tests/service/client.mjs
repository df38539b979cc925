// Performs an operation of the OpenAPI document on a running server, and lets document.mjs check the response.
import assert from 'node:assert/strict';
import { checkAnswer, operations } from './document.mjs';

/** What was seen: operationId -> set of statuses. */
export const seen = new Map();

export class Client {
  constructor(origin) {
    this.origin = origin;
  }
  url(id, { params = {}, query = {} } = {}) {
    const { path } = operations.get(id) ?? assert.fail(`the document has no operation ${id}`);
    const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name] ?? assert.fail(`${id} needs ${name}`)));
    const search = new URLSearchParams(query).toString();
    return this.origin + filled + (search ? '?' + search : '');
  }
  /**
   * { params, query, headers, json | form | body } -> { status, headers, body, text, json }. `expect` is the status.
   * The response is checked against the document, whatever its status.
   */
  async call(id, expect, { params, query, headers = {}, json, form, body } = {}) {
    const { method } = operations.get(id) ?? assert.fail(`the document has no operation ${id}`);
    const fields = { ...headers };
    if (json !== undefined) {
      body = typeof json === 'string' ? json : JSON.stringify(json);
      fields['Content-Type'] ??= 'application/json';
    }
    if (form) body = form;
    const answer = await fetch(this.url(id, { params, query }), { method: method.toUpperCase(), headers: fields, body, redirect: 'manual' });
    const content = Buffer.from(await answer.arrayBuffer());
    const result = { status: answer.status, headers: answer.headers, body: content, text: content.toString() };
    if (answer.status !== 206 && answer.headers.get('content-type')?.includes('json') && content.length > 0) result.json = JSON.parse(result.text);
    assert.equal(answer.status, expect, `${id}: ${result.text.slice(0, 1000)}`);
    checkAnswer(id, result);
    if (!seen.has(id)) seen.set(id, new Set());
    seen.get(id).add(answer.status);
    return result;
  }
}

/** Server-sent events of a body (WHATWG HTML, section 9.2), in order of arrival: { id, event, data }, data parsed. */
export async function* readEvents(body) {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    for (let end; (end = rest.indexOf('\n\n')) >= 0; rest = rest.slice(end + 2)) {
      const event = {};
      for (const line of rest.slice(0, end).split('\n')) {
        const [, name, value] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
        if (name) event[name] = name === 'data' && event.data !== undefined ? event.data + '\n' + value : value;
      }
      if (event.data === undefined) continue;
      yield { ...event, data: event.data.startsWith('{') ? JSON.parse(event.data) : event.data };
    }
  }
}

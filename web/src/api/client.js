import { t } from '../base/language.js';
import { forgetAccount, sessionHeaders, signIn } from './session.js';

/** What the service, or the way to it, answered instead of a result. `message` is a sentence for the user. */
export class ApiError extends Error {
  constructor({ status, message, code = '', field = '', requestId = '' }) {
    super(message);
    Object.assign(this, { status, code, field, requestId });
  }
}

/** Of an answer's body, whatever it is. */
export function errorOf(status, body) {
  try {
    const problem = JSON.parse(body);
    if (problem.detail) return new ApiError({ status, message: problem.detail, code: problem.code, field: problem.field, requestId: problem.request_id });
  } catch {
    // A proxy's page, or nothing.
  }
  return new ApiError({ status, message: t('error.status', { status: String(status) }) });
}

/**
 * Sends a request; resolves to the Response, if it is a good one. `json` is the body. The only place that makes
 * requests, besides uploads (uploads/transfer.js).
 */
export async function send(method, path, options = {}, again = false) {
  const { json, body, headers = {}, signal, keepalive } = options;
  let response;
  try {
    const all = { ...(json !== undefined && { 'Content-Type': 'application/json' }), ...(await sessionHeaders(method)), ...headers };
    response = await fetch(path, { method, signal, keepalive, body: json === undefined ? body : JSON.stringify(json), headers: all });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError({ status: 0, message: t('error.unreachable'), code: 'network' });
  }
  if (response.ok) return response;
  const error = errorOf(response.status, await response.text().catch(() => ''));
  if (error.status === 401) signIn();
  if (error.status === 403 && error.field === 'X-CSRF-Token' && !again) {
    forgetAccount();
    return send(method, path, options, true);
  }
  throw error;
}

export const get = async (path, options) => (await send('GET', path, options)).json();
export const post = async (path, json = {}, options = {}) => (await send('POST', path, { json, ...options })).json();
export const patch = async (path, json, options = {}) => (await send('PATCH', path, { json, ...options })).json();
export const remove = (path, options) => send('DELETE', path, options);

/** "?a=1&b=2" of what is not empty. */
export function query(values) {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return entries.length ? `?${new URLSearchParams(entries)}` : '';
}

const kept = new Map();
/** A GET whose result does not change while the page is open: languages, voices. A failed one is tried again. */
export function getOnce(path) {
  if (!kept.has(path)) {
    kept.set(path, get(path).catch((error) => {
      kept.delete(path);
      throw error;
    }));
  }
  return kept.get(path);
}

import { errorOf } from '../api/client.js';
import { heldNames, hold } from './locks.js';
import { sessionHeaders } from '../api/session.js';

const endpoint = '/api/v1/uploads';
const prefix = 'tus::';
/** Between attempts in a row, in milliseconds; after the last one the upload waits for the network. */
const retryDelays = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000];
const library = () => import('tus-js-client/lib/browser/index.js');

/** The same for the same file, as long as nobody changes it. */
export const fingerprintOf = (file) => `vat-${file.name}-${file.size}-${file.lastModified}`;

/** Only what the service refuses for good is not tried again. */
function isWorthRetrying(error) {
  const status = error.originalResponse?.getStatus() ?? 0;
  return status === 0 || status >= 500 || [408, 409, 423, 425, 429].includes(status);
}

async function start(item, told, state) {
  const { Upload } = await library();
  if (state.stopped) return;
  const upload = new Upload(item.file, {
    endpoint,
    retryDelays,
    fingerprint: async (file) => fingerprintOf(file),
    removeFingerprintOnSuccess: true,
    metadata: { filename: item.name, filetype: item.file.type, options: JSON.stringify(item.options) },
    onBeforeRequest: async (request) => {
      for (const [name, value] of Object.entries(await sessionHeaders(request.getMethod()))) request.setHeader(name, value);
    },
    onShouldRetry: (error) => isWorthRetrying(error),
    onProgress: (sent) => told.progress(sent),
    onAfterResponse: (_, response) => {
      state.jobId = response.getHeader('Upload-Job-Id') ?? state.jobId;
    },
    onSuccess: () => told.finished(state.jobId),
    onError: (error) => {
      const response = error.originalResponse;
      if (!response || isWorthRetrying(error)) told.offline();
      else told.failed(errorOf(response.getStatus(), response.getBody()));
    },
  });
  state.upload = upload;
  const [previous] = await upload.findPreviousUploads();
  if (previous) upload.resumeFromPreviousUpload(previous);
  if (!state.stopped) upload.start();
}

/** For UploadQueue: sends by tus. The last byte creates the job. */
export function begin(item, told) {
  const state = { stopped: false, upload: null, jobId: null };
  const unlock = hold(`upload-${fingerprintOf(item.file)}`);
  start(item, told, state).catch((error) => told.failed(error));
  return {
    stop() {
      state.stopped = true;
      unlock();
      state.upload?.abort().catch(() => {});
    },
  };
}

function records() {
  const found = [];
  try {
    for (let index = 0; index < localStorage.length; index++) {
      const key = localStorage.key(index);
      if (key.startsWith(prefix)) found.push({ key, ...JSON.parse(localStorage.getItem(key)) });
    }
  } catch {
    // Without storage, nothing survived.
  }
  return found;
}

const fingerprintIn = (key) => key.slice(prefix.length, key.lastIndexOf('::'));

/** What was begun in this browser and is neither finished nor under way in another tab. */
export async function unfinishedUploads() {
  const isHeld = await heldNames();
  const found = [];
  for (const record of records()) {
    const fingerprint = fingerprintIn(record.key);
    if (isHeld(`upload-${fingerprint}`)) continue;
    const answer = await fetch(record.uploadUrl, { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } }).catch(() => null);
    if (!answer) continue;
    if (!answer.ok || Number(answer.headers.get('Upload-Offset')) === record.size) localStorage.removeItem(record.key);
    else found.push({ fingerprint, url: record.uploadUrl, name: record.metadata.filename, size: record.size, sent: Number(answer.headers.get('Upload-Offset')), options: JSON.parse(record.metadata.options ?? '{}') });
  }
  return found;
}

/** Deletes at the service, and forgets here, what was begun of a file. */
export async function discard(item) {
  const fingerprint = item.file ? fingerprintOf(item.file) : item.fingerprint;
  for (const record of records().filter(({ key }) => fingerprintIn(key) === fingerprint)) {
    localStorage.removeItem(record.key);
    await fetch(record.uploadUrl, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0', ...(await sessionHeaders('DELETE')) }, keepalive: true }).catch(() => {});
  }
}

import { t } from '../base/language.js';
import { jobs } from '../api/jobs.js';
import { get } from '../api/client.js';
import { events } from '../api/events.js';
import { isVisitor } from '../api/session.js';
import { load, save } from '../base/storage.js';
import { offer, say } from '../shell/toasts.js';
import { profileOptions } from '../library/profile.js';
import { filesIn, carriesFiles } from './files.js';
import { UploadQueue } from './queue.js';
import { discardKept, keptFiles } from './kept.js';
import { heldNames } from './locks.js';
import { begin, discard, fingerprintOf, unfinishedUploads } from './transfer.js';

export const uploads = new UploadQueue({ begin });
uploads.discard = async (item) => {
  if (item.keptId) await discardKept(item.keptId).catch(() => {});
  await discard(item);
};

const longestMemory = 300;
/** The job that this very file became, as far as this browser remembers. */
const sentBefore = (fingerprint) => load('sent', []).find(([known]) => known === fingerprint)?.[1];
const rememberSent = (fingerprint, jobId) => save('sent', [[fingerprint, jobId], ...load('sent', []).filter(([known]) => known !== fingerprint)].slice(0, longestMemory));
const forgetSent = (jobId) => save('sent', load('sent', []).filter(([, id]) => id !== jobId));

/** Sends the files, with the options of the profile; goes on with what was begun of them before. */
export function upload(files, { again = false } = {}) {
  for (const file of files) {
    const fingerprint = fingerprintOf(file);
    const known = uploads.items.find((item) => item.fingerprint === fingerprint && item.state !== 'finished' && item.state !== 'failed');
    if (known?.state === 'lost') {
      known.file = file;
      uploads.resume(known);
    } else if (known) {
      say(t('upload.already', { name: file.name }));
    } else if (!again && sentBefore(fingerprint)) {
      offer(t('upload.same', { name: file.name }), { text: t('upload.sameAgain'), act: () => upload([file], { again: true }), href: `/jobs/${sentBefore(fingerprint)}`, hrefText: t('upload.sameOpen') });
    } else {
      uploads.add({ name: file.name, size: file.size, file, fingerprint, options: profileOptions(file.name) });
    }
  }
}

/** Sends a recording of this browser's, which is forgotten when the service has it. */
export function uploadKept({ id, file }) {
  uploads.add({ name: file.name, size: file.size, file, fingerprint: fingerprintOf(file), options: profileOptions(file.name), keptId: id });
}

/** Files that came from elsewhere are sent at once where this is an application of the system, which alone is told what is
 * shared; a page of any site can make a tab believe it. */
function takeShared(list) {
  if (list.length === 0) return;
  if (matchMedia('(display-mode: standalone)').matches) return void list.forEach(uploadKept);
  const name = list.length === 1 ? list[0].file.name : '';
  offer(name ? t('upload.shared', { name }) : t('upload.sharedMany', { n: list.length }), { text: t('upload.sharedSend'), act: () => list.forEach(uploadKept), refuse: () => list.forEach(({ id }) => discardKept(id).catch(() => {})) });
}

/** Asks for the file of an upload that was begun before the page was loaded. */
export function giveAgain(item, file) {
  if (fingerprintOf(file) !== item.fingerprint) say(t('upload.other', { name: item.name }), { error: true });
  else upload([file]);
}

const waitingKey = 'vat.uploads';
/** What was chosen and not begun, so that nothing is forgotten by a reload of this tab. */
function rememberWaiting() {
  const waiting = uploads.items.filter((item) => item.sent === 0 && ['waiting', 'paused', 'offline', 'sending', 'lost'].includes(item.state)).map(({ fingerprint, name, size, options }) => ({ fingerprint, name, size, options }));
  try {
    sessionStorage.setItem(waitingKey, JSON.stringify(waiting));
  } catch {
    // Without storage they are forgotten.
  }
}

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(waitingKey)) ?? [];
  } catch {
    return [];
  }
}

/** The dialog of the browser. */
export function chooseFiles() {
  const input = document.createElement('input');
  Object.assign(input, { type: 'file', multiple: true });
  input.addEventListener('change', () => upload(input.files));
  input.click();
}

export async function startUploads() {
  uploads.addEventListener('finished', async ({ detail }) => {
    if (detail.keptId) discardKept(detail.keptId).catch(() => {});
    if (detail.jobId) rememberSent(detail.fingerprint, detail.jobId);
    const job = detail.jobId && (await get(`/api/v1/jobs/${detail.jobId}`).catch(() => null));
    if (job) jobs.put(job);
  });
  events.addEventListener('deleted', ({ detail }) => forgetSent(detail.job_id));
  window.addEventListener('online', () => uploads.online());
  // The browser does not always tell that the network is back.
  setInterval(() => uploads.online(), 15_000);
  window.addEventListener('beforeunload', (event) => uploads.unfinished.length && event.preventDefault());
  document.addEventListener('paste', async (event) => {
    if (!carriesFiles(event.clipboardData)) return;
    event.preventDefault();
    upload(await filesIn(event.clipboardData));
  });
  if (await isVisitor()) return; // what is here waits until somebody has signed in
  const waiting = remembered();
  const begun = await unfinishedUploads();
  const isHeld = await heldNames();
  const recorded = (await keptFiles().catch(() => [])).filter(({ id, file }) => !isHeld(`recording-${id}`) && !isHeld(`upload-${fingerprintOf(file)}`));
  for (const kept of recorded.filter(({ shared }) => !shared)) uploadKept(kept);
  takeShared(recorded.filter(({ shared }) => shared));
  const own = new Set(recorded.map(({ file }) => fingerprintOf(file)));
  const known = new Set(begun.map(({ fingerprint }) => fingerprint));
  for (const found of [...begun, ...waiting.filter(({ fingerprint }) => !known.has(fingerprint))].filter(({ fingerprint }) => !own.has(fingerprint))) uploads.add({ ...found, state: 'lost' });
  window.addEventListener('pagehide', rememberWaiting);
}

import { adopt, offer, preferences, unsent, wasSent } from '../base/preferences.js';
import { isEmpty } from '../base/merge_patch.js';
import { load, save } from '../base/storage.js';
import { get, patch } from './client.js';
import { events } from './events.js';

const path = '/api/v1/me/preferences';
const pause = 400;
const longestWait = 1000;

/** Whether this browser has the account's preferences; not before its first visit, and not after signing out. */
const hasMet = () => load('met', false);

/** At the first visit the page waits for them, so that it is not drawn in another language first; boot.js asked already. */
export async function awaitFirst() {
  if (hasMet()) return;
  const asked = fetch(path, { signal: AbortSignal.timeout(longestWait) }).then((answer) => (answer.ok ? answer.json() : null));
  const stored = await asked.catch(() => null);
  if (!stored) return;
  meet(stored);
  adopt(stored);
}

function meet(stored) {
  offer(stored);
  save('met', true);
}

async function exchange(options) {
  if (!hasMet()) meet(await get(path));
  const sending = unsent();
  if (isEmpty(sending)) return adopt(await get(path));
  try {
    const stored = await patch(path, sending, options);
    wasSent(sending);
    return adopt(stored);
  } catch (error) {
    // Another version of the service has other preferences: what it does not take is given up.
    if (error.status !== 400) throw error;
    wasSent(sending);
    return adopt(await get(path));
  }
}

let running = null;
/** One at a time. What fails is tried again when the connection is back, and at the next visit. */
function bringTogether(options) {
  running ??= exchange(options).catch(() => {}).finally(() => (running = null));
  return running;
}

let timer = 0;
function soon() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    timer = 0;
    await running;
    bringTogether();
  }, pause);
}

/** Keeps this browser's copy and the account's the same, from the time when it is known who is signed in. */
export function startPreferences() {
  preferences.addEventListener('chosen', soon);
  for (const type of ['preferences', 'resync']) events.addEventListener(type, () => timer || bringTogether());
  window.addEventListener('pagehide', () => {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    bringTogether({ keepalive: true });
  });
  bringTogether();
}

import { account } from '../api/session.js';
import { forgetAll, load, save, names } from '../base/storage.js';
import { discardAllKept, keptFiles } from '../uploads/kept.js';
import { uploads } from '../uploads/uploads.js';

/** Everything that this browser keeps of a user, but for the look: somebody else may be the next. */
export async function forgetUser() {
  forgetAll(['vat.theme', 'vat.language']);
  await discardAllKept().catch(() => {});
}

/** Whether something is here alone: edits that were not saved, recordings and files that were not sent. */
export async function hasUnsaved() {
  const kept = await keptFiles().catch(() => []);
  return uploads.unfinished.length > 0 || kept.length > 0 || names().some((name) => name.startsWith('draft.'));
}

/** What is here is of whoever was signed in last; of everybody else it is forgotten. Resolves to account(). */
export async function forgetOthers() {
  const found = await account();
  if (!found?.csrf_token) return found;
  const last = load('user');
  if (last && last !== found.id) await forgetUser();
  if (last !== found.id) save('user', found.id);
  return found;
}

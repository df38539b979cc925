import { cancelJob, deleteJob, jobs, renameJob, rerunJob, retryJob } from '../api/jobs.js';
import { askText } from '../base/ask.js';
import { t } from '../base/language.js';
import { offerUndo, say, sayError } from '../shell/toasts.js';
import { profileOptions } from './profile.js';

/** Runs the request; its failure is told. Resolves to its result, or null. */
export async function attempt(request) {
  try {
    return await request();
  } catch (error) {
    sayError(error);
    return null;
  }
}

async function change(request) {
  const job = await attempt(request);
  if (job) jobs.put(job);
  return job;
}

export const cancel = (job) => change(() => cancelJob(job.id));
export const retry = (job) => change(() => retryJob(job.id));

export async function rename(job) {
  const title = await askText({ title: t('job.rename'), label: t('job.title'), value: job.title, action: t('job.renameAction') });
  return title && title !== job.title ? change(() => renameJob(job.id, title)) : null;
}

export const label = async (list) => (await import('./label_dialog.js')).openLabels(list);

export async function rerun(job) {
  const made = await change(() => rerunJob(job.id, profileOptions(job.title)));
  if (made) say(t('job.rerunDone', { title: job.title }));
  return made;
}

/** Hides the jobs at once and deletes them when nobody has undone that for some seconds. */
export function removeAllLater(list) {
  for (const { id } of list) jobs.hide(id);
  offerUndo(list.length === 1 ? t('job.deleted', { title: list[0].title }) : t('job.deletedMany', { n: list.length }), {
    undo: () => list.forEach(({ id }) => jobs.unhide(id)),
    finish: () => list.forEach(removeNow),
  });
}

async function removeNow({ id }) {
  try {
    await deleteJob(id, { keepalive: true });
    jobs.drop(id);
  } catch (error) {
    jobs.unhide(id);
    if (error.status !== 404) sayError(error);
  }
}

export const removeLater = (job) => removeAllLater([job]);

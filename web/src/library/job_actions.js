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

export async function rerun(job) {
  const made = await change(() => rerunJob(job.id, profileOptions()));
  if (made) say(t('job.rerunDone', { title: job.title }));
  return made;
}

/** Hides the job at once and deletes it when nobody has undone that for some seconds. */
export function removeLater(job) {
  jobs.hide(job.id);
  offerUndo(t('job.deleted', { title: job.title }), {
    undo: () => jobs.unhide(job.id),
    finish: async () => {
      try {
        await deleteJob(job.id, { keepalive: true });
        jobs.drop(job.id);
      } catch (error) {
        jobs.unhide(job.id);
        if (error.status !== 404) sayError(error);
      }
    },
  });
}

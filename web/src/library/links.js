import { post } from '../api/client.js';
import { jobs } from '../api/jobs.js';
import { linkIn } from '../base/link.js';
import { t } from '../base/language.js';
import { say, sayError } from '../shell/toasts.js';
import { profileOptions } from './profile.js';

/** Makes a job that fetches the recording of the link; resolves to it, or to null after having said why not. */
export async function addLink(text) {
  const url = linkIn(text);
  if (!url) {
    say(t('link.wrong'), { error: true });
    return null;
  }
  try {
    const { items: [job] } = await post('/api/v1/jobs', { url, options: profileOptions(url) });
    jobs.put(job);
    say(t('link.added', { host: new URL(url).host }));
    return job;
  } catch (error) {
    sayError(error);
    return null;
  }
}

/** A link that is pasted anywhere but into a field becomes a job. */
export function acceptPastedLinks() {
  document.addEventListener('paste', (event) => {
    if (event.target.closest?.('input, textarea, [contenteditable], dialog') || event.clipboardData.types.includes('Files')) return;
    const url = linkIn(event.clipboardData.getData('text/plain'));
    if (!url) return;
    event.preventDefault();
    addLink(url);
  });
}

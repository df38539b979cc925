import { get, send } from '../api/client.js';
import { load, save } from '../base/storage.js';
import { TranscriptDocument, plain, sameContent } from './document.js';
import { merge } from './merge.js';

const draftPause = 800;

/** The transcript of a job as it stands at the service: a document of it. */
export async function fetchDocument(jobId, revision) {
  const answer = await send('GET', `/api/v1/jobs/${jobId}/transcript?format=json${revision ? `&revision=${revision}` : ''}`);
  const transcript = await answer.json();
  return { transcript, document: new TranscriptDocument(transcript, answer.headers.get('ETag')) };
}

/** Whether the job has a transcript: one that failed, or was cancelled, may have come so far. */
export const hasTranscript = async (job) => job.state === 'completed' || (await get(`/api/v1/jobs/${job.id}/transcript/revisions`)).items.length > 0;

/** Stores the document as a new revision on top of its own; null if somebody else was faster. */
export async function storeRevision(jobId, edit, revision) {
  try {
    return (await send('PUT', `/api/v1/jobs/${jobId}/transcript`, { json: edit, headers: { 'If-Match': revision } })).headers.get('ETag');
  } catch (error) {
    if (error.status === 412) return null;
    throw error;
  }
}

/** Stores a subtitle file as a new revision on top of `revision`. */
export async function storeSubtitles(jobId, file, revision) {
  const type = /\.vtt$/i.test(file.name) ? 'text/vtt' : 'application/x-subrip';
  await send('PUT', `/api/v1/jobs/${jobId}/transcript`, { body: file, headers: { 'Content-Type': type, 'If-Match': revision } });
}

/** Unsaved edits of a job's transcript, kept in this browser: `{ revision, base, segments }`. */
export const loadDraft = (jobId) => load(`draft.${jobId}`);
export const dropDraft = (jobId) => save(`draft.${jobId}`, null);

/** Keeps the document's edits, shortly after each; returns the function that stops that. */
export function keepDraft(jobId, document) {
  let timer = 0;
  const keep = () => {
    clearTimeout(timer);
    timer = 0;
    if (document.changed) save(`draft.${jobId}`, { revision: document.revision, base: plain(document.original), segments: plain(document.segments) });
    else dropDraft(jobId);
  };
  const changed = () => (timer ||= setTimeout(keep, draftPause));
  const leaving = () => timer && keep();
  document.addEventListener('change', changed);
  window.addEventListener('pagehide', leaving);
  return () => {
    leaving();
    document.removeEventListener('change', changed);
    window.removeEventListener('pagehide', leaving);
  };
}

/**
 * Brings edits of `base` to a document of a newer revision. Returns the conflicts: where both changed the same place, the
 * document has the edits' version.
 */
export function bringOver(document, base, segments) {
  if (sameContent(base, document.original)) {
    document.adopt(segments);
    return { segments, conflicts: [] };
  }
  const merged = merge(base, segments, plain(document.original));
  document.adopt(merged.segments);
  return merged;
}

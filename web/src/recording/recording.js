import { get } from '../api/client.js';
import { events } from '../api/events.js';
import { isRunning, jobs } from '../api/jobs.js';
import { Element, html } from '../base/element.js';
import { t } from '../base/language.js';
import { labels } from '../library/labels.js';
import { say, sayError } from '../shell/toasts.js';
import { askConflicts } from './conflicts.js';
import { boundsOf } from './cue_times.js';
import { plain, sameContent } from './document.js';
import { versionedUrl } from './files.js';
import { LiveText } from './live_text.js';
import { heading, progress, toolbar, waitingText } from './parts.js';
import { playerPlace } from './player.js';
import { bringOver, dropDraft, fetchDocument, hasTranscript, keepDraft, loadDraft, storeRevision, storeSubtitles } from './saving.js';
import { takeTheirs } from './merge.js';
import './find.js';
import './panel.js';
import './text.js';

/** Text is first shown in its own letters, so that it does not move when they come; unless they come late. */
const serif = Promise.race([document.fonts.load('18px "Source Serif 4 Variable"').catch(() => {}), new Promise((resolve) => setTimeout(resolve, 500))]);

/** One recording, or one speech. */
class Recording extends Element {
  static properties = { id: {}, job: { state: true }, document: { state: true }, transcript: { state: true }, live: { state: true }, error: { state: true }, saving: { state: true }, typing: { state: true }, media: { state: true }, finding: { state: true }, textless: { state: true }, unsure: { state: true }, cue: { state: true }, clip: { state: true } };

  async connectedCallback() {
    super.connectedCallback();
    this.listen(document, 'keydown', (event) => this.#keys(event));
    this.listen(window, 'pagehide', () => this.#takeTyped()); // before keepDraft(), which listens later
    this.listen(this, 'input', ({ target }) => target.matches('vat-text textarea') && (this.typing = true));
    this.listen(this, 'focusout', () => (this.typing = false));
    this.listen(jobs, 'change', () => this.#took(jobs.find(this.id)));
    this.listen(labels, 'job', ({ detail }) => detail.id === this.id && this.job && (this.job = { ...this.job, labels: detail.labels }));
    this.listen(events, 'label_list', () => this.job?.labels.length && this.#fetch());
    this.listen(events, 'deleted', ({ detail }) => detail.job_id === this.id && this.#fetch());
    this.listen(events, 'transcript', ({ detail }) => detail.job_id === this.id && this.#newRevision(detail.revision));
    this.listen(events, 'progress', ({ detail }) => detail.job_id === this.id && this.job && (this.job = { ...this.job, ...detail }));
    this.listen(events, 'state', ({ detail }) => detail.job_id === this.id && this.#fetch());
    this.lookAgain = setInterval(() => this.job?.state === 'queued' && !document.hidden && this.#fetch(), 15_000);
    await this.#fetch();
  }
  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.lookAgain);
    this.live?.close();
    this.stopDraft?.();
  }
  #took(job) {
    if (job && this.job && job.updated_at > this.job.updated_at) this.job = { ...job, files: job.files.length ? job.files : this.job.files };
  }
  async #fetch() {
    try {
      this.job = await get(`/api/v1/jobs/${this.id}`);
      document.title = `${this.job.title} · vat`;
      this.error = null;
      const media = this.#fetchMedia();
      if (isRunning(this.job)) this.#followText();
      else if (!this.document) await this.#fetchText();
      await media;
      await this.updateComplete;
      await this.#player?.updateComplete;
      this.#begin();
    } catch (error) {
      this.error = error;
    }
  }
  async #fetchMedia() {
    if (!this.job.upload_id || this.media) return;
    const upload = await get(`/api/v1/uploads/${this.job.upload_id}`).catch(() => null);
    this.media = upload?.state === 'complete' ? upload.media : null; // a link may not have been fetched
  }
  /** At the place that the address names, once. */
  #begin() {
    const start = Number(new URLSearchParams(location.search).get('t'));
    if (!start || this.begun || !this.document) return;
    this.begun = true;
    this.#seek(start, false);
  }
  #followText() {
    if (this.live || this.job.kind !== 'process') return;
    this.live = new LiveText(this.id);
    this.live.addEventListener('change', () => this.requestUpdate());
    this.live.addEventListener('transcript', () => this.#fetchText());
    this.live.addEventListener('done', ({ detail }) => {
      this.job = detail;
      if (!this.document) this.#fetchText();
    });
  }
  async #fetchText() {
    if (this.job.kind !== 'process') return;
    try {
      if (!(await hasTranscript(this.job))) {
        this.textless = true;
        return;
      }
      const [{ transcript, document }] = await Promise.all([fetchDocument(this.id), serif]);
      this.#open(transcript, document);
      const draft = loadDraft(this.id);
      if (draft) {
        say(t('edit.restored'));
        await this.#bringOver(draft.base, draft.segments);
      }
    } catch (error) {
      if (error.status !== 404) this.error = error;
      this.textless = true;
    }
  }
  #open(transcript, doc) {
    this.stopDraft?.();
    this.transcript = transcript;
    this.document = doc;
    this.stopDraft = keepDraft(this.id, doc);
    doc.addEventListener('change', () => this.requestUpdate());
  }
  /** Somebody, perhaps another tab, saved. What was edited here is brought over. */
  async #newRevision(number) {
    this.newest = number;
    if (!this.document || this.saving || Number(/\d+/.exec(this.document.revision)) >= number) return;
    await this.#openNewest(plain(this.document.original)).catch(sayError);
  }
  /** The newest revision takes the document's place; how this one differs from `base` by then is brought over. */
  async #openNewest(base) {
    const { transcript, document: newest } = await fetchDocument(this.id);
    this.#takeTyped();
    const edited = plain(this.document.segments);
    this.#open(transcript, newest);
    if (!sameContent(base, edited)) await this.#bringOver(base, edited);
  }
  async #bringOver(base, edited) {
    const { document: over } = this;
    const merged = bringOver(over, base, edited);
    if (merged.conflicts.length && (await askConflicts(merged.conflicts)) === 'theirs') over.adopt(takeTheirs(merged));
  }
  /** What is being typed becomes an edit. */
  #takeTyped() {
    this.#text?.querySelector('textarea')?.blur();
  }
  async save() {
    this.#takeTyped();
    if (!this.document?.changed) return;
    await this.#storing(async () => {
      const sent = plain(this.document.segments);
      if ((await storeRevision(this.id, this.document.toEdit(), this.document.revision)) === null) {
        await this.#openNewest(plain(this.document.original));
        say(t('edit.merged'));
      } else await this.#stored(sent);
    });
  }
  /** `sent` is a revision now, or a file took its place. */
  async #stored(sent) {
    await this.#openNewest(sent);
    if (!this.document.changed) dropDraft(this.id);
    say(t('edit.saved'));
  }
  /** One at a time; what others saved meanwhile is looked at afterwards. */
  async #storing(work) {
    if (this.saving) return;
    this.saving = true;
    try {
      await work();
    } catch (error) {
      sayError(error);
    } finally {
      this.saving = false;
    }
    if (this.newest) await this.#newRevision(this.newest);
  }
  /** Unsaved edits become a revision of their own first; false if they could not. */
  async #saveFirst() {
    await this.save();
    return !this.saving && !this.document?.changed;
  }
  async #restore(number) {
    try {
      if (!(await this.#saveFirst())) return;
      const { document: old } = await fetchDocument(this.id, number);
      this.document.adopt(plain(old.segments));
      await this.save();
    } catch (error) {
      sayError(error);
    }
  }
  async #import(file) {
    if (!(await this.#saveFirst())) return;
    await this.#storing(async () => {
      const before = plain(this.document.segments);
      await storeSubtitles(this.id, file, this.document.revision);
      await this.#stored(before);
    });
  }
  get #player() {
    return this.querySelector('vat-player');
  }
  get #text() {
    return this.querySelector('vat-text');
  }
  /** Plays a stretch alone; null stops that. */
  #playClip(clip) {
    this.clip = null;
    this.#player?.pause();
    if (!clip || !this.#player?.media) return;
    this.#seek(clip.start);
    this.clip = clip;
  }
  #at(seconds) {
    this.#text?.show(seconds);
    if (!this.clip || (seconds < this.clip.end && seconds > this.clip.start - 1)) return;
    if (seconds >= this.clip.end) this.#player.pause();
    this.clip = null;
  }
  #seek(seconds, play = true) {
    this.#player?.seek(seconds);
    this.#text?.show(seconds);
    if (play && this.#player?.media.paused) this.#player.toggle();
  }
  #keys(event) {
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key.toLowerCase() === 's' && this.document) return event.preventDefault(), this.save();
    if (command && event.key.toLowerCase() === 'f' && this.document && !this.finding) return event.preventDefault(), (this.finding = true);
    if (event.target.closest?.('input, textarea, select, dialog, [role=menu], [role=tablist], audio, video')) return undefined;
    if (command && event.key.toLowerCase() === 'z' && this.document) return event.preventDefault(), event.shiftKey ? this.document.redo() : this.document.undo();
    if (command || event.altKey || !this.#player?.media) return undefined;
    if (event.key === ' ' && event.target.closest?.('button, a, summary')) return undefined;
    const actions = {
      ' ': () => this.#player.toggle(), k: () => this.#player.toggle(), j: () => this.#player.seek(this.#player.time - 5), l: () => this.#player.seek(this.#player.time + 5),
      ArrowUp: () => this.#sentence(-1), ArrowDown: () => this.#sentence(1), '+': () => this.#player.zoom(2), '-': () => this.#player.zoom(0.5), '[': () => this.#player.changeSpeed(-1), ']': () => this.#player.changeSpeed(1), e: () => this.#text?.editActive(),
    };
    if (!actions[event.key]) return undefined;
    event.preventDefault();
    return actions[event.key]();
  }
  #sentence(step) {
    const time = this.#text?.neighbour(step);
    if (time !== undefined) this.#seek(time, false);
  }
  #playable() {
    const speech = this.job.files.find(({ kind }) => kind === 'speech');
    if (this.job.kind === 'process') return this.job.upload_id && this.media !== null ? `/api/v1/jobs/${this.id}/media` : '';
    return speech ? versionedUrl(speech) : '';
  }
  get #isVideo() {
    return this.media === undefined ? Boolean(this.job.filmstrip_url) : Boolean(this.media?.has_video);
  }
  /** How far down the page the player reaches, which stays there. */
  get #belowPlayer() {
    if (this.#isVideo) return this.job.waveform_url ? 'below-video-and-waveform' : 'below-video';
    return this.job.waveform_url ? 'top-[214px]' : 'top-[150px]';
  }
  /** A sentence is edited: its times can be dragged on the waveform, also when its text is done. */
  #begins(key) {
    this.#player?.pause();
    this.cue = key;
  }
  get #cue() {
    const index = this.document?.indexOf(this.cue) ?? -1;
    if (index < 0) return null;
    const { segments } = this.document;
    const { key, start, end } = segments[index];
    return { key, start, end, ...boundsOf(segments, index, this.#player?.duration || this.job.duration_seconds || Infinity) };
  }
  #playerView() {
    const source = this.#playable();
    if (!source) return '';
    const { waveform_url: waveform, thumbnail_url: poster, filmstrip_url: filmstrip } = this.job;
    if (this.job.upload_id && this.media === undefined) return playerPlace({ video: this.#isVideo, waveform });
    return html`<vat-player class="sticky top-14 z-10 -mt-3 bg-paper py-3" src=${source} waveform=${waveform ?? ''} poster=${poster ?? ''} filmstrip=${filmstrip ?? ''} ?video=${this.#isVideo} .length=${this.job.duration_seconds ?? 0} .spans=${this.document?.original ?? []} .cue=${this.#cue} @vat-retime=${({ detail: { start, end } }) => this.document.setTimes(this.cue, start, end)} @vat-leave=${() => (this.cue = null)}
      captions=${this.document || this.#isComing ? `/api/v1/jobs/${this.id}/transcript?format=vtt` : ''} @vat-time=${(event) => this.#at(event.detail)}></vat-player>`;
  }
  /** There is a text, and it is not here yet. */
  get #isComing() {
    return !this.document && this.job.kind === 'process' && this.job.state === 'completed' && !this.textless;
  }
  #body() {
    if (this.document) {
      return html`${toolbar(this)}
        ${this.finding ? html`<vat-find class="sticky ${this.#belowPlayer} z-10" .document=${this.document} @vat-found=${(event) => this.#text?.reveal(event.detail)} @vat-close=${() => (this.finding = false)}></vat-find>` : ''}
        <vat-text ?unsure=${this.unsure} .document=${this.document} editable language=${this.transcript.language_code ?? ''} @vat-seek=${(event) => this.#seek(event.detail)} @vat-edit=${({ detail }) => this.#begins(detail)}></vat-text>`;
    }
    if (this.live?.segments.length) return waitingText(this.live.segments);
    return this.#isComing ? html`<div class="min-h-screen" aria-busy="true"></div>` : '';
  }
  render() {
    if (this.error) return html`<div class="grid justify-items-start gap-4 py-12"><h1>${this.error.status === 404 ? t('recording.missing') : t('recording.failed')}</h1><p class="text-soft">${this.error.status === 404 ? t('recording.missingWhat') : this.error.message}</p><a class="button main" href="/dashboard">${t('missing.library')}</a></div>`;
    if (!this.job) return html`<div class="card h-40" aria-busy="true"></div>`;
    return html`<div class="grid grid-cols-[minmax(0,1fr)] gap-5">
      ${heading(this.job)}
      ${this.job.state === 'completed' ? '' : progress(this.job)}
      <div class="recording-columns grid grid-cols-[minmax(0,1fr)] items-start gap-6 lg:grid-cols-[minmax(0,1fr)_340px]">
        <div class="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4">${this.#playerView()}${this.#body()}</div>
        ${this.#isComing ? '' : html`<vat-panel class="lg:sticky lg:top-[68px]" .job=${this.job} revision=${this.document?.revision ?? ''} ?speakers=${Boolean(this.document?.speakers.length)} ?sounds=${Boolean(this.transcript?.sounds?.length)} .segments=${this.document?.original ?? []} .clip=${this.clip} @vat-clip=${(event) => this.#playClip(event.detail)} @vat-revised=${(event) => this.#newRevision(event.detail)} @vat-fixed=${(event) => this.#newRevision(event.detail)} @vat-seek=${(event) => this.#seek(event.detail)} @vat-restore=${(event) => this.#restore(event.detail)} @vat-import=${(event) => this.#import(event.detail)}></vat-panel>`}
      </div>
    </div>`;
  }
}
customElements.define('vat-recording', Recording);

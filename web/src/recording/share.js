import { get, post, remove } from '../api/client.js';
import { Element, html } from '../base/element.js';
import { exactly, when } from '../base/format.js';
import { t } from '../base/language.js';

const day = 86_400_000;
const lifetimes = [1, 7, 30, 365];

/** The links to a transcript: makes one, shows it once, and revokes. */
class Share extends Element {
  static properties = { jobId: {}, items: { state: true }, made: { state: true }, said: { state: true }, error: { state: true } };

  get #path() {
    return `/api/v1/jobs/${this.jobId}/shares`;
  }
  connectedCallback() {
    super.connectedCallback();
    this.#attempt(() => this.#fetch());
  }
  async #attempt(work) {
    try {
      await work();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }
  async #fetch() {
    this.items = (await get(this.#path)).items;
  }
  #create(event) {
    event.preventDefault();
    const { recording, days } = event.target.elements;
    const expires_at = days.value ? new Date(Date.now() + Number(days.value) * day).toISOString() : null;
    this.#attempt(async () => {
      const { id, url } = await post(this.#path, { recording: recording.checked, expires_at });
      this.made = { id, url: location.origin + url };
      this.said = '';
      await this.#fetch();
      await this.updateComplete;
      this.querySelector('[name=link]').select();
    });
  }
  #revoke(share) {
    this.#attempt(async () => {
      await remove(`${this.#path}/${share.id}`);
      if (this.made?.id === share.id) this.made = null;
      this.said = t('share.revoked');
      await this.#fetch();
      await this.updateComplete;
      this.querySelector('form button').focus();
    });
  }
  async #copy() {
    try {
      await navigator.clipboard.writeText(this.made.url);
      this.said = t('secret.copied');
    } catch {
      this.said = t('secret.notCopied');
    }
  }
  #end({ expires_at: end }) {
    if (!end) return t('share.endless');
    return new Date(end) > new Date() ? t('share.until', { time: exactly(new Date(end)) }) : t('share.expired');
  }
  #made() {
    return html`<div class="grid gap-2 rounded-sm border border-accent p-3"><p>${t('secret.once')}</p>
      <div class="flex flex-wrap items-center gap-2"><input class="field min-w-0 flex-1 basis-56" name="link" dir="ltr" readonly aria-label=${t('share.link')} .value=${this.made.url} @focus=${(event) => event.target.select()}><button class="button" @click=${this.#copy}>${t('secret.copy')}</button></div></div>`;
  }
  #item(share) {
    return html`<li class="flex items-center gap-3 py-2"><span class="min-w-0 flex-1"><span class="block">${share.recording ? t('share.withRecording') : t('share.textOnly')}</span>
      <span class="text-sm text-soft">${this.#end(share)} · <time datetime=${share.created_at} title=${exactly(new Date(share.created_at))}>${t('share.made', { time: when(new Date(share.created_at)) })}</time></span></span>
      <button class="quiet text-bad" @click=${() => this.#revoke(share)}>${t('share.revoke')}</button></li>`;
  }
  render() {
    return html`<div class="grid gap-4"><h2 id="share-title">${t('share.title')}</h2><p class="text-soft">${t('share.what')}</p>
      <form class="flex flex-wrap items-end gap-3" @submit=${this.#create}>
        <label class="label flex-1 basis-40">${t('share.lasts')}<select class="field" name="days">${lifetimes.map((n) => html`<option value=${n} ?selected=${n === 30}>${t('share.days', { n })}</option>`)}<option value="">${t('share.endless')}</option></select></label>
        <button class="button main">${t('share.create')}</button>
        <label class="flex w-full items-center gap-3"><input class="size-4 flex-none accent-accent" type="checkbox" name="recording">${t('share.includeRecording')}</label></form>
      ${this.made ? this.#made() : ''}
      <p class="text-sm text-soft empty:hidden" role="status">${this.said}</p>
      ${this.error ? html`<p class="text-bad" role="alert">${this.error.message}</p>` : ''}
      ${this.items?.length ? html`<section aria-labelledby="share-links"><h3 id="share-links">${t('share.links')}</h3><ul class="divide-y divide-line">${this.items.map((share) => this.#item(share))}</ul></section>` : ''}
      <form method="dialog" class="flex justify-end"><button class="button">${t('share.close')}</button></form></div>`;
  }
}
customElements.define('vat-share', Share);

/** The dialog of a job's links. */
export function openShares(jobId) {
  const dialog = document.createElement('dialog');
  dialog.className = 'card m-auto max-h-[85vh] w-[min(520px,calc(100vw-32px))] overflow-y-auto p-6 text-ink shadow-float';
  dialog.setAttribute('aria-labelledby', 'share-title');
  dialog.append(Object.assign(document.createElement('vat-share'), { jobId }));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

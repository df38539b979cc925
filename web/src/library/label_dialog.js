import pen from 'icon:pen';
import trash from 'icon:trash-can';
import { askSure, askText } from '../base/ask.js';
import { Element, html, live, repeat } from '../base/element.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import { navigate } from '../shell/router.js';
import { labels } from './labels.js';

const longest = 50;
const fold = (text) => text.trim().toLocaleLowerCase();

/** The labels of some jobs, to be ticked; or, without jobs, all labels. Typing finds one, or names a new one. */
class LabelList extends Element {
  #asked = new Map(); // what was ticked or unticked and not answered yet, by the label's id
  static properties = { list: { attribute: false }, words: { state: true }, error: { state: true } };

  constructor() {
    super();
    Object.assign(this, { list: [], words: '' });
  }
  connectedCallback() {
    super.connectedCallback();
    this.listen(labels, 'change', () => this.requestUpdate());
    this.#attempt(() => labels.fetch());
  }
  firstUpdated() {
    this.querySelector('[name=label]').focus();
  }
  async #attempt(work) {
    try {
      await work();
      this.error = null;
    } catch (error) {
      this.error = error;
    }
  }
  #create(event) {
    event.preventDefault();
    const name = this.words.trim();
    if (!name) return;
    this.#attempt(async () => {
      const known = labels.items.find((label) => fold(label.name) === fold(name));
      const label = known ?? (await labels.create(name));
      if (this.list.length) this.list = await labels.set(this.list, label, true);
      this.words = '';
    });
  }
  async #set(label, given) {
    const asked = { given };
    this.#asked.set(label.id, asked);
    await this.#attempt(async () => (this.list = await labels.set(this.list, label, given)));
    if (this.#asked.get(label.id) === asked) this.#asked.delete(label.id);
    this.requestUpdate();
  }
  async #rename(label) {
    const name = await askText({ title: t('labels.rename'), label: t('labels.name'), value: label.name, action: t('job.renameAction'), maxLength: longest });
    if (name && name !== label.name) this.#attempt(() => labels.rename(label.id, name));
  }
  async #remove(label) {
    const sure = await askSure({ title: t('labels.removeOne', { name: label.name }), text: t('labels.removeWhat', { n: label.jobs }), check: t('labels.removeCheck'), action: t('labels.remove') });
    if (sure) this.#attempt(() => labels.remove(label.id));
  }
  #name(label) {
    if (!this.list.length) return html`<button class="min-w-0 flex-1 py-2 text-start hover:underline" @click=${() => { this.closest('dialog').close(); navigate(`/dashboard?label=${label.id}`); }}>${label.name}</button>`;
    const asked = this.#asked.get(label.id);
    const count = this.list.filter((job) => asked?.given ?? job.labels.some(({ id }) => id === label.id)).length;
    return html`<label class="flex min-w-0 flex-1 items-center gap-3 py-2"><input class="size-4 flex-none accent-accent" type="checkbox" .checked=${live(count === this.list.length)} .indeterminate=${live(count > 0 && count < this.list.length)} @change=${(event) => this.#set(label, event.target.checked)}><bdi class="min-w-0">${label.name}</bdi></label>`;
  }
  #item(label) {
    return html`<li class="flex items-center gap-1">${this.#name(label)}<span class="figures px-2 text-sm text-soft" title=${t('labels.jobs', { n: label.jobs })}>${label.jobs}</span>
      <button class="quiet" aria-label=${t('labels.renameOne', { name: label.name })} @click=${() => this.#rename(label)}>${icon(pen)}</button>
      <button class="quiet text-bad" aria-label=${t('labels.removeOne', { name: label.name })} @click=${() => this.#remove(label)}>${icon(trash)}</button></li>`;
  }
  render() {
    const shown = labels.items.filter(({ name }) => fold(name).includes(fold(this.words)));
    const title = this.list.length === 1 ? t('labels.of', { title: this.list[0].title }) : this.list.length ? t('labels.ofMany', { n: this.list.length }) : t('labels.title');
    return html`<div class="grid grid-cols-[minmax(0,1fr)] gap-4"><h2 id="labels-title" class="wrap-anywhere">${title}</h2>
      <form class="flex flex-wrap gap-2" @submit=${this.#create}><input class="field min-w-0 flex-1 basis-48" name="label" maxlength=${longest} autocomplete="off" aria-label=${t('labels.find')} placeholder=${t('labels.find')} .value=${live(this.words)} @input=${(event) => (this.words = event.target.value)}><button class="button" ?disabled=${!this.words.trim()}>${this.list.length ? t('labels.add') : t('labels.create')}</button></form>
      ${this.error ? html`<p class="text-bad" role="alert">${this.error.message}</p>` : ''}
      ${shown.length ? html`<ul class="divide-y divide-line">${repeat(shown, ({ id }) => id, (label) => this.#item(label))}</ul>` : html`<p class="text-soft">${labels.items.length ? t('labels.noMatch') : t('labels.none')}</p>`}
      <form method="dialog" class="flex justify-end"><button class="button main">${t('labels.done')}</button></form></div>`;
  }
}
customElements.define('vat-label-list', LabelList);

/** The dialog of the labels of these jobs; without jobs, of all labels. */
export function openLabels(list = []) {
  const dialog = document.createElement('dialog');
  dialog.className = 'card m-auto max-h-[85vh] w-[min(480px,calc(100vw-32px))] overflow-y-auto p-6 text-ink shadow-float';
  dialog.setAttribute('aria-labelledby', 'labels-title');
  dialog.append(Object.assign(document.createElement('vat-label-list'), { list }));
  dialog.addEventListener('close', (event) => event.target === dialog && dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

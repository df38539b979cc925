import check from 'icon:check';
import chevron from 'icon:chevron-down';
import pause from 'icon:pause';
import play from 'icon:play';
import retry from 'icon:rotate-right';
import xmark from 'icon:xmark';
import { Element, html, repeat } from '../base/element.js';
import { bytes, percent, roughly } from '../base/format.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import { giveAgain, uploads } from './uploads.js';

const share = (item) => (item.size ? (item.sent / item.size) * 100 : 0);

/** What the service says of a file that it will never take. */
const forGood = new Set([400, 413, 415, 422]);

/** The uploads, at the edge of every page. */
class Tray extends Element {
  static properties = { folded: { state: true } };

  connectedCallback() {
    super.connectedCallback();
    this.listen(uploads, 'change', () => this.requestUpdate());
  }
  #status(item) {
    const at = `${percent(share(item))} · ${bytes(item.size)}`;
    switch (item.state) {
      case 'waiting': return t('upload.waiting');
      case 'paused': return `${t('upload.paused')} · ${at}`;
      case 'offline': return `${t('upload.offline')} · ${at}`;
      case 'lost': return t('upload.lost', { percent: percent(share(item)) });
      case 'failed': return item.error?.message ?? '';
      case 'finished': return t('upload.finished');
      default: {
        const speed = item.rate.perSecond;
        const left = item.rate.secondsFor(item.size - item.sent);
        return [at, speed && t('upload.speed', { speed: bytes(speed) }), left && t('time.left', { time: roughly(left) })].filter(Boolean).join(' · ');
      }
    }
  }
  #button(shape, key, name, action) {
    return html`<button class="quiet" aria-label=${t(key, { name })} title=${t(key, { name })} @click=${action}>${icon(shape)}</button>`;
  }
  #actions(item) {
    const { name } = item;
    return html`<span class="flex flex-none">
      ${item.state === 'sending' || item.state === 'waiting' || item.state === 'offline' ? this.#button(pause, 'upload.pause', name, () => uploads.pause(item)) : ''}
      ${item.state === 'paused' ? this.#button(play, 'upload.resume', name, () => uploads.resume(item)) : ''}
      ${item.state === 'failed' && !forGood.has(item.error?.status) ? this.#button(retry, 'upload.again', name, () => uploads.resume(item)) : ''}
      ${item.state === 'finished' ? this.#button(xmark, 'upload.dismiss', name, () => uploads.dismiss(item)) : this.#button(xmark, 'upload.cancel', name, () => uploads.cancel(item))}
    </span>`;
  }
  #item(item) {
    const bar = item.state === 'failed' ? 'fill-bad' : item.state === 'sending' ? 'fill-accent' : 'fill-idle';
    return html`<li class="px-4 py-3">
      <div class="flex items-start gap-2">
        <div class="min-w-0 flex-1">
          <p class="truncate font-medium" dir="auto" title=${item.name}>${item.jobId ? html`<a class="hover:underline" href="/jobs/${item.jobId}">${item.name}</a>` : item.name}</p>
          <p class="figures text-sm ${item.state === 'failed' ? 'text-bad' : 'text-soft'}">${item.state === 'finished' ? html`<span class="text-good">${icon(check)}</span> ` : ''}${this.#status(item)}</p>
          ${item.state === 'lost' ? html`<label class="button mt-2 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent">${t('upload.giveAgain')}
            <input class="sr-only" type="file" @change=${(event) => event.target.files[0] && giveAgain(item, event.target.files[0])}></label>` : ''}
        </div>
        ${this.#actions(item)}
      </div>
      ${item.state === 'finished' ? '' : html`<progress class="sr-only" max="100" value=${Math.floor(share(item))} aria-label=${item.name}></progress>
      <svg class="mt-2 h-1 w-full overflow-hidden rounded-full" preserveAspectRatio="none" viewBox="0 0 100 1" aria-hidden="true"><rect class="fill-line" width="100" height="1"></rect><rect class=${bar} width=${share(item)} height="1"></rect></svg>`}
    </li>`;
  }
  #heading() {
    const { unfinished, total } = uploads;
    if (unfinished.length === 0) return t('upload.none');
    const text = t('upload.count', { n: unfinished.length });
    return total.seconds ? `${text} · ${t('time.left', { time: roughly(total.seconds) })}` : text;
  }
  render() {
    if (uploads.items.length === 0) return html``;
    const finished = uploads.items.some((item) => item.state === 'finished');
    return html`<section aria-label=${t('upload.tray')} class="card fixed inset-x-3 bottom-20 z-30 mx-auto max-w-[420px] overflow-hidden shadow-float lg:bottom-6 lg:end-6 lg:start-auto lg:w-[380px]">
      <div class="flex items-center gap-2 border-b border-line bg-sunken py-1 pe-2 ps-4">
        <h2 class="figures flex-1 text-base font-semibold">${this.#heading()}</h2>
        ${finished ? html`<button class="quiet text-sm" @click=${() => uploads.dismissFinished()}>${t('upload.clear')}</button>` : ''}
        <button class="quiet" aria-expanded=${!this.folded} aria-label=${t('upload.tray')} @click=${() => (this.folded = !this.folded)}>${icon(chevron, this.folded ? 'rotate-180' : '')}</button>
      </div>
      <ul class="max-h-[40vh] divide-y divide-line overflow-y-auto" ?hidden=${this.folded}>${repeat(uploads.items, (item) => item.id, (item) => this.#item(item))}</ul>
    </section>`;
  }
}
customElements.define('vat-tray', Tray);

import check from 'icon:check';
import warning from 'icon:triangle-exclamation';
import { html } from '../base/element.js';
import { exactly } from '../base/format.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import './chart.js';
import { Watching } from './watching.js';

/** Whether the process that answers can work, since when, and how busy it is. */
class Health extends Watching {
  #check({ name, ok, vital, message, since }) {
    const at = t('admin.since', { time: exactly(new Date(since)) });
    return html`<li class="flex flex-wrap items-center gap-x-3 px-4 py-2">
      <span class=${ok ? 'text-good' : vital ? 'text-bad' : 'text-warn'}>${icon(ok ? check : warning)}</span><code class="w-24 flex-none">${name}</code>
      <span class="min-w-40 flex-1">${ok ? t('admin.works') : message}${ok || vital ? '' : html`<span class="block text-sm text-soft">${t('admin.notVital')}</span>`}</span><time class="text-sm text-soft" datetime=${since}>${at}</time></li>`;
  }
  content({ view }) {
    return html`<p class="mb-3 text-soft">${t('admin.process', { name: view.name, version: view.version, time: exactly(new Date(view.started_at)) })}</p>
      <ul class="card mb-4 divide-y divide-line">${view.checks.map((each) => this.#check(each))}</ul>
      ${this.spans()}
      <div class="mt-3 grid grid-cols-[repeat(auto-fit,minmax(min(100%,320px),1fr))] gap-3">${['requests', 'answers', 'memory', 'cpu'].map((name) => this.chart(name))}</div>`;
  }
}
customElements.define('vat-health', Health);

/** How many jobs wait and run. */
class Queue extends Watching {
  content() {
    return html`${this.spans()}<div class="mt-3">${this.chart('queue')}</div>`;
  }
}
customElements.define('vat-queue', Queue);

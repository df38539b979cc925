import check from 'icon:check';
import warning from 'icon:triangle-exclamation';
import { get } from '../api/client.js';
import { Element, html } from '../base/element.js';
import { bytes } from '../base/format.js';
import { icon } from '../base/icon.js';
import { language, t } from '../base/language.js';
import { meter } from '../base/meter.js';

/** What recordings and results take, and what the disk has left. */
class Storage extends Element {
  static properties = { figures: { state: true }, error: { state: true } };

  async connectedCallback() {
    super.connectedCallback();
    try {
      this.figures = await get('/api/v1/admin/storage');
    } catch (error) {
      this.error = error;
    }
  }
  render() {
    if (this.error) return html`<p class="text-bad">${this.error.message}</p>`;
    if (!this.figures) return html`<div class="h-24" aria-busy="true"></div>`;
    const { users, recordings, recording_bytes: recorded, results, result_bytes: made, free_bytes: free, total_bytes: total } = this.figures;
    const figure = (label, value, size = '') => html`<div><dt class="text-sm text-soft">${label}</dt><dd class="figures text-xl">${new Intl.NumberFormat(language()).format(value)}</dd><dd class="figures text-sm text-soft">${size}</dd></div>`;
    return html`<dl class="mb-4 grid grid-cols-3 gap-4">${figure(t('admin.users'), users)}${figure(t('kind.process'), recordings, bytes(recorded))}${figure(t('admin.results'), results, bytes(made))}</dl>
      ${meter(t('admin.disk'), t('quota.usedOf', { used: bytes(total - free), limit: bytes(total) }), total ? 1 - free / total : null)}`;
  }
}
customElements.define('vat-storage', Storage);

/** Whether the service can work, as GET /readyz says. */
class Health extends Element {
  static properties = { checks: { state: true }, error: { state: true } };

  async connectedCallback() {
    super.connectedCallback();
    try {
      // It answers 503 when something is wrong, and then says what.
      this.checks = (await (await fetch('/readyz')).json()).checks;
    } catch {
      this.error = t('error.unreachable');
    }
  }
  render() {
    if (this.error) return html`<p class="text-bad">${this.error}</p>`;
    return html`<ul class="card divide-y divide-line">${Object.entries(this.checks ?? {}).map(([name, result]) => html`<li class="flex items-center gap-3 px-4 py-2">
      <span class=${result === 'ok' ? 'text-good' : 'text-bad'}>${icon(result === 'ok' ? check : warning)}</span><code class="w-24 flex-none">${name}</code><span class="text-soft">${result === 'ok' ? t('admin.works') : result}</span></li>`)}</ul>`;
  }
}
customElements.define('vat-health', Health);

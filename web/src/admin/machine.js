import { get } from '../api/client.js';
import { Element, html } from '../base/element.js';
import { bytes } from '../base/format.js';
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
  #kind({ kind, files, bytes: size }, whole) {
    return meter(t(`stored.${kind}`), t('stored.says', { size: bytes(size), n: files }), whole ? size / whole : 0, false);
  }
  render() {
    if (this.error) return html`<p class="text-bad">${this.error.message}</p>`;
    if (!this.figures) return html`<div class="h-24" aria-busy="true"></div>`;
    const { users, recordings, recording_bytes: recorded, results, result_bytes: made, kinds, free_bytes: free, total_bytes: total } = this.figures;
    const figure = (label, value, size = '') => html`<div><dt class="text-sm text-soft">${label}</dt><dd class="figures text-xl">${new Intl.NumberFormat(language()).format(value)}</dd><dd class="figures text-sm text-soft">${size}</dd></div>`;
    return html`<dl class="mb-4 grid grid-cols-3 gap-4">${figure(t('admin.users'), users)}${figure(t('kind.process'), recordings, bytes(recorded))}${figure(t('admin.results'), results, bytes(made))}</dl>
      ${meter(t('admin.disk'), t('quota.usedOf', { used: bytes(total - free), limit: bytes(total) }), total ? 1 - free / total : null)}
      <h3 class="mt-5 mb-2 text-base font-semibold">${t('admin.byKind')}</h3>
      <div class="grid gap-3">${[{ kind: 'recording', files: recordings, bytes: recorded }, ...kinds].sort((one, other) => other.bytes - one.bytes).map((each) => this.#kind(each, recorded + made))}</div>`;
  }
}
customElements.define('vat-storage', Storage);

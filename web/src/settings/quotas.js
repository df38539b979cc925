import { get } from '../api/client.js';
import { Element, html } from '../base/element.js';
import { bytes, exactly, roughly } from '../base/format.js';
import { language, t } from '../base/language.js';
import { meter } from '../base/meter.js';

const count = (value) => new Intl.NumberFormat(language()).format(value);

/** What somebody uses, and what they may: quotas as GET /api/v1/limits and the admin's routes have them. */
export function quotaMeters(quotas) {
  const line = (label, { limit, used }, write) => meter(label, limit === null ? t('quota.used', { used: write(used) }) : t('quota.usedOf', { used: write(used), limit: write(limit) }), limit === null ? null : limit === 0 ? 1 : used / limit);
  const minutes = (value) => (value === 0 ? count(0) : roughly(value * 60));
  return html`<div class="grid max-w-[480px] gap-4">
    ${line(t('quota.stored'), quotas.stored_bytes, bytes)}
    <div class="grid gap-1">${line(t('quota.sound'), quotas.sound_minutes, minutes)}${quotas.sound_minutes.limit === null ? '' : html`<p class="text-sm text-soft">${t('quota.resets', { date: exactly(new Date(quotas.sound_minutes.resets_at)) })}</p>`}</div>
    ${line(t('quota.waiting'), quotas.waiting_jobs, count)}
    ${line(t('quota.running'), quotas.running_jobs, count)}
  </div>`;
}

class OwnQuotas extends Element {
  static properties = { limits: { state: true }, error: { state: true } };

  async connectedCallback() {
    super.connectedCallback();
    try {
      this.limits = await get('/api/v1/limits');
    } catch (error) {
      this.error = error;
    }
  }
  render() {
    if (this.error) return html`<p class="text-bad">${this.error.message}</p>`;
    if (!this.limits) return html`<div class="h-40" aria-busy="true"></div>`;
    const { quotas, upload_bytes: largest, free_bytes: free } = this.limits;
    return html`${quotaMeters(quotas)}<p class="mt-4 text-sm text-soft">${t('quota.largest', { size: bytes(largest) })}${free === undefined ? '' : html` ${t('quota.free', { size: bytes(free) })}`}</p>`;
  }
}
customElements.define('vat-quotas', OwnQuotas);

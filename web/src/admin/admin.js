import { account } from '../api/session.js';
import { Element, html } from '../base/element.js';
import { t } from '../base/language.js';
import { section } from '../base/section.js';
import './all_jobs.js';
import './audit.js';
import './health.js';
import './machine.js';
import './users.js';
import './workers.js';

const part = (name, content) => section(name, t(`admin.${name}`), t(`admin.${name}What`), content);

/** For those who run the service. */
class Admin extends Element {
  static properties = { allowed: { state: true } };

  async connectedCallback() {
    super.connectedCallback();
    this.allowed = (await account())?.role === 'admin';
  }
  render() {
    if (this.allowed === undefined) return html`<div class="h-40" aria-busy="true"></div>`;
    if (!this.allowed) return html`<div class="grid justify-items-start gap-4 py-12"><h1>${t('admin.forbidden')}</h1><p class="text-soft">${t('admin.forbiddenWhat')}</p><a class="button main" href="/dashboard">${t('missing.library')}</a></div>`;
    return html`<h1 class="mb-5">${t('nav.admin')}</h1>
      ${part('health', html`<vat-health></vat-health>`)}
      ${part('queue', html`<vat-queue></vat-queue>`)}
      ${part('workers', html`<vat-workers></vat-workers>`)}
      ${part('models', html`<vat-loaded-models></vat-loaded-models>`)}
      ${part('storage', html`<vat-storage></vat-storage>`)}
      ${part('jobs', html`<vat-all-jobs></vat-all-jobs>`)}
      ${part('users', html`<vat-users></vat-users>`)}
      ${part('audit', html`<vat-audit></vat-audit>`)}`;
  }
}
customElements.define('vat-admin', Admin);

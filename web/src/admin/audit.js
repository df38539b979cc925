import { html } from '../base/element.js';
import { exactly } from '../base/format.js';
import { Pages } from './pages.js';

/** What was done, by whom, to whom, from where; newest first. */
class Audit extends Pages {
  path = '/api/v1/admin/audit';

  peopleOf({ actor_id: actor, subject }) {
    return [actor, subject].filter(Boolean);
  }
  row({ at, actor_id: actor, action, subject, address, detail }) {
    // Those of keys and of people who are gone are only ids.
    const name = (id) => (this.names.get(id) ?? '').replace(/^([0-9a-f]{8})-[0-9a-f-]{27}$/, '$1 …');
    return html`<li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2"><code class="min-w-40">${action}</code>
      <span class="min-w-32 flex-1"><bdi>${name(actor)}</bdi>${subject && subject !== actor ? html` → <bdi class="wrap-anywhere">${name(subject)}</bdi>` : ''}${detail ? html` <span class="text-sm text-soft">${detail}</span>` : ''}</span>
      <span class="text-sm text-soft"><bdi>${address ?? ''}</bdi></span><time class="text-sm text-soft" datetime=${at}>${exactly(new Date(at))}</time></li>`;
  }
}
customElements.define('vat-audit', Audit);

import linkShape from 'icon:link';
import { account } from '../api/session.js';
import { Element, html } from '../base/element.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import { linkIn } from '../base/link.js';
import { navigate } from '../shell/router.js';
import { say } from '../shell/toasts.js';
import { addLink } from './links.js';

/** A field for a link to a recording. */
class LinkForm extends Element {
  static properties = { busy: { state: true } };

  firstUpdated() {
    this.#takeShared();
  }
  /** What a phone shared is named by the address (src/worker), until somebody is here who can see it. */
  async #takeShared() {
    const rest = new URLSearchParams(location.search);
    const [link, shared] = [rest.get('link'), rest.get('shared')];
    if (!link && !shared) return;
    if (link && linkIn(link)) {
      const { url } = this.querySelector('form').elements;
      url.value = link;
      url.focus();
    }
    if (!(await account())) return;
    if (shared === 'lost') say(t('upload.sharedLost'), { error: true });
    for (const name of ['link', 'shared']) rest.delete(name);
    navigate(`/dashboard${rest.size ? `?${rest}` : ''}`, { replace: true });
  }
  async #add(event) {
    event.preventDefault();
    const { url } = event.target.elements;
    this.busy = true;
    if (await addLink(url.value)) url.value = '';
    this.busy = false;
  }
  render() {
    return html`<form class="flex gap-2" @submit=${this.#add}>
      <input class="field" name="url" type="text" inputmode="url" dir="ltr" required maxlength="8192" autocomplete="off" spellcheck="false" aria-label=${t('link.label')} placeholder=${t('link.placeholder')}>
      <button class="button" ?disabled=${this.busy} aria-label=${t('link.add')} title=${t('link.add')}>${icon(linkShape)}</button></form>`;
  }
}
customElements.define('vat-link-form', LinkForm);

import linkShape from 'icon:link';
import { Element, html } from '../base/element.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';
import { addLink } from './links.js';

/** A field for a link to a recording. */
class LinkForm extends Element {
  static properties = { busy: { state: true } };

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

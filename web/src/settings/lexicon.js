import { get, send } from '../api/client.js';
import { Element, html } from '../base/element.js';
import { t } from '../base/language.js';
import { say } from '../shell/toasts.js';

/** How words are said: one text, a line for each word. */
class Lexicon extends Element {
  static properties = { lexicon: { state: true }, error: { state: true }, wrong: { state: true } };

  async connectedCallback() {
    super.connectedCallback();
    try {
      this.lexicon = await get('/api/v1/me/lexicon');
    } catch (error) {
      this.error = error;
    }
  }
  async #store(event) {
    event.preventDefault();
    this.wrong = undefined;
    try {
      this.lexicon = await (await send('PUT', '/api/v1/me/lexicon', { json: { text: event.target.elements.text.value } })).json();
      say(t('lexicon.stored', { n: this.lexicon.words }));
    } catch (error) {
      this.wrong = error;
      event.target.elements.text.focus();
    }
  }
  render() {
    if (this.error) return html`<p class="text-bad">${this.error.message}</p>`;
    if (!this.lexicon) return html`<div class="h-16" aria-busy="true"></div>`;
    return html`<form class="grid gap-3" @submit=${this.#store}>
      <label class="label">${t('lexicon.words')}<textarea class="field h-40 font-mono" name="text" dir="auto" spellcheck="false" autocomplete="off" placeholder=${'nginx = engine x\ntomato = /təˈmɑːtəʊ/'} aria-invalid=${this.wrong ? 'true' : 'false'} aria-describedby="lexicon-wrong" .value=${this.lexicon.text}></textarea></label>
      <p id="lexicon-wrong" class="text-bad" role="alert" ?hidden=${!this.wrong}>${this.wrong?.message}</p>
      <div><button class="button">${t('lexicon.store')}</button></div></form>`;
  }
}
customElements.define('vat-lexicon', Lexicon);

import { Element, html } from '../base/element.js';
class P extends Element { render() { return html`<h1>speak</h1>`; } }
customElements.define('vat-speak', P);

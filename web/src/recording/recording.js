import { Element, html } from '../base/element.js';
class P extends Element { render() { return html`<h1>recording</h1>`; } }
customElements.define('vat-recording', P);

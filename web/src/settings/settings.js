import { Element, html } from '../base/element.js';
class P extends Element { render() { return html`<h1>settings</h1>`; } }
customElements.define('vat-settings', P);

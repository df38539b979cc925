import { Element, html } from '../base/element.js';
import { t } from '../base/language.js';
import { figures } from './figures.js';
import { instance } from './instance.js';

/** What shows something of the process, anew whenever it was looked at. Subclasses have `content()`. */
export class Watching extends Element {
  connectedCallback() {
    super.connectedCallback();
    this.listen(instance, 'change', () => this.requestUpdate());
    this.stopWatching = instance.watch();
  }
  disconnectedCallback() {
    super.disconnectedCallback();
    this.stopWatching();
  }
  /** Which span the charts show; they all show the same. */
  spans() {
    return html`<div class="flex gap-2" role="group" aria-label=${t('admin.span')}>${['hour', 'day'].map((span) => html`<button class="chip" aria-pressed=${instance.span === span} @click=${() => instance.show(span)}>${t(`admin.span.${span}`)}</button>`)}</div>`;
  }
  chart(name) {
    const { title, series, format } = figures(name);
    return html`<vat-chart .name=${title} .points=${instance.view.points} .series=${series} .format=${format} .span=${instance.span === 'day' ? 86_400 : 3600}></vat-chart>`;
  }
  render() {
    if (!instance.view) return instance.error ? html`<p class="text-bad">${instance.error.message}</p>` : html`<div class="h-40" aria-busy="true"></div>`;
    return html`${instance.error ? html`<p class="mb-3 text-bad">${instance.error.message}</p>` : ''}${this.content(instance)}`;
  }
}

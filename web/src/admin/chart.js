import { Element, html } from '../base/element.js';
import { t, language } from '../base/language.js';
import { svg } from 'lit';
import { roundUp, stepPath } from './chart_shape.js';

const [width, height] = [600, 90];
// The second line is told apart by its dashes, not by its colour alone.
const strokes = [{ colour: 'stroke-accent', dashes: 'none' }, { colour: 'stroke-warn', dashes: '5 4' }];

/**
 * Lines over the last `span` seconds. `points` have `at` and `seconds`; `series`: `{ name, of }`, of(point) a number or
 * null. What it shows is written beside it, and is a table for those who want each number.
 */
class Chart extends Element {
  static properties = { name: {}, points: { attribute: false }, series: { attribute: false }, format: { attribute: false }, span: {}, open: { state: true } };

  #begin(point) {
    return new Date(point.at).getTime();
  }
  #end(point) {
    return this.#begin(point) + point.seconds * 1000;
  }
  #time(point) {
    return new Intl.DateTimeFormat(language(), { hour: 'numeric', minute: '2-digit' }).format(new Date(point.at));
  }
  #lines(most) {
    const now = this.#end(this.points.at(-1));
    const across = (time) => Math.max(0, width * (1 - (now - time) / 1000 / this.span));
    const step = (point, value) => (typeof value === 'number' ? { from: across(this.#begin(point)), to: across(this.#end(point)), height: height - 1 - (height - 2) * (value / most) } : null);
    return this.series.map(({ of }, index) => svg`<path class="fill-none ${strokes[index].colour}" stroke-width="2" stroke-dasharray=${strokes[index].dashes} stroke-linejoin="round" vector-effect="non-scaling-stroke" d=${stepPath(this.points.map((point) => step(point, of(point))))}></path>`);
  }
  #say({ name, of }, index) {
    const values = this.points.map(of).filter((value) => typeof value === 'number');
    return html`<li class="flex items-center gap-2"><svg class="h-2 w-6 flex-none" viewBox="0 0 24 8" aria-hidden="true"><path class=${strokes[index].colour} stroke-width="2" stroke-dasharray=${strokes[index].dashes} d="M0 4h24"></path></svg>
      <span>${values.length ? t('chart.says', { name, now: this.format(values.at(-1)), most: this.format(Math.max(...values)) }) : t('chart.empty', { name })}</span></li>`;
  }
  #table() {
    return html`<div class="mt-2 max-h-60 overflow-auto" tabindex="0" role="region" aria-label=${this.name}><table class="figures w-full text-sm"><thead><tr><th class="py-1 pe-4 text-start font-medium" scope="col">${t('chart.from')}</th>${this.series.map(({ name }) => html`<th class="py-1 pe-4 text-end font-medium" scope="col">${name}</th>`)}</tr></thead>
      <tbody>${this.points.toReversed().map((point) => html`<tr class="border-t border-line"><th class="py-1 pe-4 text-start font-normal" scope="row">${this.#time(point)}</th>${this.series.map(({ of }) => html`<td class="py-1 pe-4 text-end">${typeof of(point) === 'number' ? this.format(of(point)) : '–'}</td>`)}</tr>`)}</tbody></table></div>`;
  }
  render() {
    const values = this.points.flatMap((point) => this.series.map(({ of }) => of(point) ?? 0));
    const most = roundUp(Math.max(...values));
    return html`<figure class="card p-4"><figcaption><h3 class="text-base font-semibold">${this.name}</h3><ul class="mt-1 flex flex-wrap gap-x-6 gap-y-1 text-sm text-soft">${this.series.map((each, index) => this.#say(each, index))}</ul></figcaption>
      <div class="mt-3 grid grid-cols-[auto_minmax(0,1fr)] gap-x-2 text-xs text-faint" dir="ltr" aria-hidden="true">
        <span class="figures flex flex-col justify-between text-end"><span>${this.format(most)}</span><span>${this.format(0)}</span></span>
        <svg class="h-24 w-full border-b border-s border-line" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none">${this.#lines(most)}</svg>
        <span></span><span class="flex justify-between"><span>${t(this.span > 3600 ? 'chart.dayAgo' : 'chart.hourAgo')}</span><span>${t('chart.now')}</span></span></div>
      <details class="mt-2 text-sm" @toggle=${(event) => (this.open = event.target.open)}><summary class="w-fit rounded-sm text-soft">${t('chart.table')}</summary>${this.open ? this.#table() : ''}</details></figure>`;
  }
}
customElements.define('vat-chart', Chart);

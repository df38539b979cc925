import target from 'icon:crosshairs';
import { html, live } from '../base/element.js';
import { parseClock, preciseClock } from '../base/format.js';
import { icon } from '../base/icon.js';
import { t } from '../base/language.js';

/**
 * Two fields for the times of a sentence. `change(start, end)` returns whether they are possible; `now()` is where the player
 * is, in seconds.
 */
export function timeFields({ start, end }, { change, now }) {
  const set = (input, seconds, from, to) => {
    const fits = seconds !== null && change(from, to);
    input.setAttribute('aria-invalid', String(!fits));
    input.closest('[data-times]').querySelector('[role=alert]').textContent = fits ? '' : t('times.wrong');
  };
  const field = (name, value, times) => {
    const label = t(`times.${name}`);
    return html`<span class="flex items-center gap-1"><label class="flex items-center gap-2">${label}<input class="field figures w-24" dir="ltr" inputmode="decimal" autocomplete="off" maxlength="14" .value=${live(preciseClock(value))} @change=${(event) => set(event.target, parseClock(event.target.value), ...times(parseClock(event.target.value)))}></label>
      <button class="quiet" type="button" aria-label=${t('times.now', { what: label })} title=${t('times.now', { what: label })} @click=${(event) => set(event.currentTarget.parentElement.querySelector('input'), now(), ...times(now()))}>${icon(target)}</button></span>`;
  };
  return html`<div data-times class="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm text-soft">${field('start', start, (seconds) => [seconds, end])}${field('end', end, (seconds) => [start, seconds])}<p class="w-full text-bad empty:hidden" role="alert"></p></div>`;
}

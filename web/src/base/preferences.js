// What the account's owner chose. This browser has a copy, which is used at once, and a list of what the service does not
// know yet; api/preferences.js brings both together.
import { apply, compose, difference, isEmpty, same, without } from './merge_patch.js';
import { load, save } from './storage.js';

/** By the names of the API: where the copy is. boot.js reads the first two before the first paint. */
const places = { theme: 'theme', language: 'language', profile: 'profile', speech: 'speakOptions', formats: 'formats' };
const names = Object.keys(places);

/** `change`: one was changed in another tab or browser; its `detail` is the name. `chosen`: one was chosen here. */
export const preferences = new EventTarget();
const changed = (name) => preferences.dispatchEvent(new CustomEvent('change', { detail: name }));

export const preference = (name, otherwise = null) => load(places[name], otherwise);

/** Of the account, from now on; null leaves the choice to the service. Of an object, only what differs from before is sent. */
export function prefer(name, value) {
  const before = preference(name);
  if (same(before, value)) return;
  save(places[name], value);
  save('unsent', compose(unsent(), { [name]: difference(before, value) }));
  preferences.dispatchEvent(new Event('chosen'));
}

/** A merge patch of what was chosen here and is not known to be stored. */
export const unsent = () => load('unsent', {});

/** The service has this patch. What was chosen since is still to be sent. */
export function wasSent(patch) {
  const rest = without(unsent(), patch);
  save('unsent', isEmpty(rest) ? null : rest);
}

/** Takes what the account has, under what was chosen here since. */
export function adopt(stored) {
  const whole = apply(stored, unsent());
  for (const name of names) {
    const value = whole[name] ?? null;
    if (same(preference(name), value)) continue;
    save(places[name], value);
    changed(name);
  }
}

/** What this browser has and the account lacks becomes the account's, once: they meet for the first time. */
export function offer(stored) {
  const own = Object.fromEntries(names.filter((name) => !(name in stored) && preference(name) !== null).map((name) => [name, preference(name)]));
  if (!isEmpty(own)) save('unsent', compose(own, unsent()));
}

globalThis.addEventListener?.('storage', ({ key }) => names.filter((name) => key === `vat.${places[name]}`).forEach(changed));

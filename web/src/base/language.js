import english from '../../locales/en.json';
import { preferredLanguage } from './preferred_language.js';
import { prefer, preference, preferences } from './preferences.js';

export { languages, preferredLanguage } from './preferred_language.js';

const fetchers = {
  de: () => import('../../locales/de.json'),
  es: () => import('../../locales/es.json'),
  zh: () => import('../../locales/zh.json'),
  ar: () => import('../../locales/ar.json'),
};

let texts = english;
let code = 'en';
let plurals = new Intl.PluralRules('en');

export const language = () => code;

/** `{name}` in a text is replaced; of a text with several forms, the one that `n` takes in the language is used. */
export function fill(entry, values, rules) {
  const text = typeof entry === 'string' ? entry : (entry[rules.select(values.n)] ?? entry.other);
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** The text with this key. Numbers among the values are written as the language writes them. */
export function t(key, values = {}) {
  const entry = texts[key] ?? english[key];
  if (entry === undefined) return key;
  const shown = {};
  for (const [name, value] of Object.entries(values)) shown[name] = typeof value === 'number' ? new Intl.NumberFormat(code).format(value) : value;
  const form = typeof entry === 'string' ? entry : (entry[plurals.select(values.n ?? 0)] ?? entry.other);
  return fill(form, shown, plurals);
}

async function use(tag) {
  if (tag !== 'en') texts = { ...english, ...(await fetchers[tag]()).default };
  else texts = english;
  code = tag;
  plurals = new Intl.PluralRules(tag);
  document.documentElement.lang = tag;
  document.documentElement.dir = tag === 'ar' ? 'rtl' : 'ltr';
  window.dispatchEvent(new Event('vat-language'));
}

const wanted = () => preferredLanguage(preference('language'), navigator.languages ?? []);

/** Before the first page is shown. A language that cannot be loaded leaves English. */
export async function startLanguage() {
  const tag = wanted();
  if (tag !== 'en') await use(tag).catch(() => {});
}

export async function chooseLanguage(tag) {
  await use(tag);
  prefer('language', tag);
}
preferences.addEventListener('change', ({ detail }) => detail === 'language' && wanted() !== code && use(wanted()).catch(() => {}));

import { prefer, preference, preferences } from '../base/preferences.js';

export const themes = ['system', 'light', 'dark'];

export function theme() {
  return document.documentElement.dataset.theme ?? 'system';
}

function show(name) {
  if (name === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  window.dispatchEvent(new Event('vat-theme'));
}

export function chooseTheme(name) {
  prefer('theme', name === 'system' ? null : name);
  show(name);
}
preferences.addEventListener('change', ({ detail }) => detail === 'theme' && show(preference('theme', 'system')));

export const isDark = () => theme() === 'dark' || (theme() === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);

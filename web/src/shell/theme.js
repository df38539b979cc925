export const themes = ['system', 'light', 'dark'];

/** boot.js reads the same place before the first paint; it holds the bare word. */
export function theme() {
  return document.documentElement.dataset.theme ?? 'system';
}

export function chooseTheme(name) {
  if (name === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  try {
    if (name === 'system') localStorage.removeItem('vat.theme');
    else localStorage.setItem('vat.theme', name);
  } catch {
    // It lasts until the page is closed.
  }
  window.dispatchEvent(new Event('vat-theme'));
}

export const isDark = () => theme() === 'dark' || (theme() === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);

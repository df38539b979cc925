/** What this browser remembers; where storage is forbidden, only as long as the page is open. */
const memory = new Map();

export function load(key, otherwise = null) {
  try {
    const text = localStorage.getItem(`vat.${key}`);
    return text === null ? (memory.get(key) ?? otherwise) : JSON.parse(text);
  } catch {
    return memory.get(key) ?? otherwise;
  }
}

/** Of all that is remembered. */
export function names() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith('vat.')).map((key) => key.slice('vat.'.length));
  } catch {
    return [...memory.keys()];
  }
}

/** Forgets everything but what `kept` names, such as the look: somebody else may use this browser next. */
export function forgetAll(kept) {
  memory.clear();
  try {
    for (const key of Object.keys(localStorage)) if (/^(vat\.|tus::)/.test(key) && !kept.includes(key)) localStorage.removeItem(key);
  } catch {
    // Then nothing was kept.
  }
}

export function save(key, value) {
  memory.set(key, value);
  try {
    if (value === null) localStorage.removeItem(`vat.${key}`);
    else localStorage.setItem(`vat.${key}`, JSON.stringify(value));
  } catch {
    // Full or forbidden: it lasts until the page is closed.
  }
}

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

export function save(key, value) {
  memory.set(key, value);
  try {
    if (value === null) localStorage.removeItem(`vat.${key}`);
    else localStorage.setItem(`vat.${key}`, JSON.stringify(value));
  } catch {
    // Full or forbidden: it lasts until the page is closed.
  }
}

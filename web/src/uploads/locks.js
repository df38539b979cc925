/** What this tab works on, so that others leave it alone (Web Locks). Returns the function that ends that. */
export function hold(name) {
  if (!navigator.locks) return () => {};
  let release;
  const released = new Promise((resolve) => (release = resolve));
  navigator.locks.request(`vat-${name}`, { ifAvailable: true }, () => released).catch(() => {});
  return release;
}

/** Whether some tab holds the name, as a function: asked once for many names. */
export async function heldNames() {
  const locks = await navigator.locks?.query();
  const names = new Set(locks?.held?.map((lock) => lock.name));
  return (name) => names.has(`vat-${name}`);
}

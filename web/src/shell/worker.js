/** Starts what shows the application without a network (src/worker), once the page has what it needs. */
export function startWorker() {
  if (!navigator.serviceWorker) return; // not over plain HTTP from another machine
  const start = () => navigator.serviceWorker.register('/worker.js').catch(() => {});
  const idle = () => (globalThis.requestIdleCallback ?? setTimeout)(start);
  if (document.readyState === 'complete') idle();
  else window.addEventListener('load', idle, { once: true });
}

import { get, query } from '../api/client.js';

const mostPages = 10;
let everybody = null;

async function fetchAll() {
  const names = new Map();
  let cursor = null;
  for (let page = 0; page < mostPages; page++) {
    const { items, next_cursor: next } = await get(`/api/v1/admin/users${query({ limit: 100, cursor })}`);
    for (const { id, name, email } of items) names.set(id, name || email || id);
    cursor = next;
    if (!cursor) break;
  }
  return names;
}

/** What to call the user with this id; the id itself where nobody has it, such as "operator", a key, or somebody deleted. */
export async function nameOf(id) {
  everybody ??= fetchAll().catch(() => (everybody = null));
  return (await everybody)?.get(id) ?? id;
}

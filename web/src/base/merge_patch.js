// Changes of JSON objects as merge patches (RFC 7396): a member replaces, an object goes deeper, null removes.
const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

export const isEmpty = (object) => Object.keys(object).length === 0;

/** Whether two values of JSON are equal; the order of members says nothing. */
export function same(one, other) {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null || Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && same(one[key], other[key]));
}

/** The document after the patch. */
export function apply(document, patch) {
  if (!isObject(patch)) return patch;
  const result = isObject(document) ? { ...document } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = apply(result[name], value);
  }
  return result;
}

/** One patch that does what both do, one after the other. */
export function compose(first, second) {
  if (!isObject(first) || !isObject(second)) return second;
  const result = { ...first };
  for (const [name, value] of Object.entries(second)) result[name] = name in first ? compose(first[name], value) : value;
  return result;
}

/** The patch that makes `after` of `before`. */
export function difference(before, after) {
  if (!isObject(before) || !isObject(after)) return after;
  const removed = Object.keys(before).filter((name) => !(name in after)).map((name) => [name, null]);
  const changed = Object.entries(after).filter(([name, value]) => !same(before[name], value)).map(([name, value]) => [name, difference(before[name], value)]);
  return Object.fromEntries([...removed, ...changed]);
}

/** What a patch changes besides, or otherwise than, the one that was done. */
export function without(patch, done) {
  const rest = Object.entries(patch).map(([name, value]) => [name, isObject(value) && isObject(done[name]) ? without(value, done[name]) : value]);
  return Object.fromEntries(rest.filter(([name, value]) => (isObject(value) && isObject(done[name]) ? !isEmpty(value) : !(name in done && same(value, done[name])))));
}

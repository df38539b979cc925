// Who is signed in. In local mode there is no session, and everybody is the local user.
const triedKey = 'vat.signingIn';
const triedAgainAfter = 15_000;
let known = null;

/** GET /api/v1/me, once; null when it does not answer. */
export function account() {
  known ??= fetch('/api/v1/me').then((response) => {
    if (response.ok) return response.json();
    if (response.status === 401) signIn();
    return null;
  }, () => null).then((found) => {
    if (!found) known = null;
    return found;
  });
  return known;
}

/** After another tab signed in anew. */
export const forgetAccount = () => (known = null);

/** What a request of this method must carry besides the cookie. */
export async function sessionHeaders(method) {
  if (method === 'GET' || method === 'HEAD') return {};
  const token = (await account())?.csrf_token;
  return token ? { 'X-CSRF-Token': token } : {};
}

/** Leaves for the page where one signs in, and comes back here. Not again at once, should that not have helped. */
export function signIn() {
  try {
    if (Date.now() - Number(sessionStorage.getItem(triedKey)) < triedAgainAfter) return;
    sessionStorage.setItem(triedKey, String(Date.now()));
  } catch {
    return;
  }
  location.assign(`/auth/login?return=${encodeURIComponent(location.pathname + location.search)}`);
}

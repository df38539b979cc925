// Who is signed in. In local mode there is no session, and everybody is the local user.
const triedKey = 'vat.signingIn';
const triedAgainAfter = 15_000;
let known = null;
let refused = false;
let reached = false;

/** GET /api/v1/me, once; null when it does not answer, or nobody is signed in. */
export function account() {
  known ??= fetch('/api/v1/me').then((response) => {
    refused = response.status === 401;
    reached = response.ok || response.status < 500;
    if (response.ok) return response.json();
    if (refused) signIn();
    return null;
  }, () => {
    reached = false;
    return null;
  }).then((found) => {
    if (!found) known = null;
    return found;
  });
  return known;
}

/** Whether nobody is signed in, where people have to be. */
export async function isVisitor() {
  return (await account()) === null && refused;
}

/** Whether the service answers. */
export async function isReached() {
  await account();
  return reached;
}

/** After another tab signed in anew. */
export const forgetAccount = () => (known = null);

/** What a request of this method must carry besides the cookie. */
export async function sessionHeaders(method) {
  if (method === 'GET' || method === 'HEAD') return {};
  const token = (await account())?.csrf_token;
  return token ? { 'X-CSRF-Token': token } : {};
}

/** The ways to sign in: `{ id, name, login_url }`. */
export const providers = async () => (await (await fetch('/api/v1/auth/providers')).json()).items;

/** Leaves for the page where one signs in, and comes back here. Not again at once, should that not have helped. */
export async function signIn() {
  if (location.pathname === '/') return; // the visitors' page offers it
  try {
    if (Date.now() - Number(sessionStorage.getItem(triedKey)) < triedAgainAfter) return;
    sessionStorage.setItem(triedKey, String(Date.now()));
  } catch {
    return;
  }
  const back = encodeURIComponent(location.pathname + location.search);
  const ways = await providers().catch(() => []);
  location.assign(ways.length === 1 ? `${ways[0].login_url}&return=${back}` : `/?return=${back}`);
}

// A real OpenID provider (oidc-provider) for the tests beside this file, and signing in with it in a browser.
import http from 'node:http';
import { once } from 'node:events';
import Provider from 'oidc-provider';
import { freePort } from './server.mjs';

/** The provider, for a service at `site`: its address. Anybody may come in, under the name that they give. */
export async function startIssuer(site) {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'vat', client_secret: 'secret', redirect_uris: [`${site}/auth/callback`], post_logout_redirect_uris: [`${site}/`] }],
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'picture'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true, methods: ['S256'] },
    cookies: { keys: ['some key'] },
    findAccount: (context, id) => ({ accountId: id, claims: async () => ({ sub: id, email: `${id}@example.com`, email_verified: true, name: id }) }),
    allowInsecureRequests: true,
  });
  const listener = http.createServer(provider.callback()).listen(port, '127.0.0.1');
  await once(listener, 'listening');
  listener.unref();
  return issuer;
}

/** The settings of a service with these providers, `{ name: address }`. */
export function signInFlags(site, providers) {
  const all = (value) => Object.keys(providers).map(() => value).join();
  return ['--base-url', site, '--oidc-issuer', Object.values(providers).join(), '--oidc-client-id', all('vat'), '--oidc-client-secret', all('secret'), '--oidc-name', Object.keys(providers).join()];
}

/** Answers the provider's questions as `name` until the browser is back at the service. */
export async function answerAs(page, site, name) {
  for (let step = 0; step < 4 && !page.url().startsWith(site); step++) {
    const field = page.locator('input[name=login]');
    if (await field.count()) {
      await field.fill(name);
      await page.fill('input[name=password]', 'x');
    }
    await Promise.all([page.waitForNavigation({ waitUntil: 'commit' }), page.click('button[type=submit]')]);
    await page.waitForLoadState('domcontentloaded');
  }
}

// Sign-in with a real Keycloak, in a real browser; by hand, because its download is larger than everything else that tests
// need: `VAT_PROGRAM=build/release/apps/vat/vat node tests/keycloak/keycloak.mjs`. Needs Java 17, Maven, which fetches the
// distribution once, and unzip.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { chromium } from 'playwright-core';
import { Server, eventually, folder, freePort, run, runTests } from '../service/server.mjs';

const version = process.env.KEYCLOAK_VERSION ?? '24.0.5';
const [port, keycloakPort] = [await freePort(), await freePort()];
const site = `http://localhost:${port}`;
const base = `http://127.0.0.1:${keycloakPort}`;
// A folder that is there may know those of earlier runs.
const realm = `vat-${keycloakPort}`;
const issuer = `${base}/realms/${realm}`;

/** The distribution, unpacked; Maven keeps its archive. KEYCLOAK_HOME is one that is there. */
async function distribution() {
  if (process.env.KEYCLOAK_HOME) return process.env.KEYCLOAK_HOME;
  const artifact = `keycloak-quarkus-dist-${version}.zip`;
  await run('mvn', ['-q', '-B', 'dependency:copy', `-Dartifact=org.keycloak:keycloak-quarkus-dist:${version}:zip`, `-DoutputDirectory=${folder}`], { timeout: 900_000 });
  await run('unzip', ['-q', path.join(folder, artifact), '-d', folder]);
  return path.join(folder, `keycloak-${version}`);
}

const person = (username, firstName) => ({ username, enabled: true, email: `${username}@example.com`, emailVerified: true, firstName, lastName: 'Example', credentials: [{ type: 'password', value: 'a password', temporary: false }] });
const client = {
  clientId: 'vat', secret: 'a secret: with/signs', enabled: true, protocol: 'openid-connect', publicClient: false, standardFlowEnabled: true, redirectUris: [`${site}/auth/callback`],
  attributes: { 'pkce.code.challenge.method': 'S256', 'post.logout.redirect.uris': `${site}/`, 'backchannel.logout.url': `${site}/auth/backchannel-logout`, 'backchannel.logout.session.required': 'true' },
};
const home = await distribution();
fs.mkdirSync(path.join(home, 'data/import'), { recursive: true });
fs.writeFileSync(path.join(home, `data/import/${realm}.json`), JSON.stringify({ realm, enabled: true, users: [person('ada', 'Ada'), person('bob', 'Bob'), person('carol', 'Carol')], clients: [client] }));
const keycloak = spawn(path.join(home, 'bin/kc.sh'), ['start-dev', '--import-realm', '--http-host=127.0.0.1', `--http-port=${keycloakPort}`], { env: { ...process.env, KEYCLOAK_ADMIN: 'admin', KEYCLOAK_ADMIN_PASSWORD: 'admin', JAVA_OPTS_APPEND: '-Xmx512m -XX:TieredStopAtLevel=1' }, detached: true });
// Before the folder is removed, into which it writes.
process.prependListener('exit', () => process.kill(-keycloak.pid, 'SIGKILL'));
let said = '';
for (const stream of [keycloak.stdout, keycloak.stderr]) stream.on('data', (text) => (said += text));
await eventually('Keycloak answers', 900, async () => (await fetch(`${issuer}/.well-known/openid-configuration`).catch(() => ({}))).status === 200).catch((error) => {
  console.log(said);
  throw error;
});

const server = new Server({ flags: ['--base-url', site, '--oidc-issuer', issuer, '--oidc-client-id', 'vat', '--oidc-client-secret', client.secret, '--oidc-name', 'Keycloak'], online: true });
server.port = port;
await server.start();
const browser = await chromium.launch({ executablePath: process.env.VAT_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });

/** Keycloak's administration, as its REST interface has it. */
async function admin(method, what, body) {
  const granted = await fetch(`${base}/realms/master/protocol/openid-connect/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: 'admin' }) });
  const { access_token: token } = await granted.json();
  const answer = await fetch(`${base}/admin/realms/${realm}/${what}`, { method, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${what}: ${answer.status} ${await answer.clone().text()}`);
  return answer.status === 200 ? answer.json() : null;
}
const userId = async (name) => (await admin('GET', `users?username=${name}&exact=true`))[0].id;
async function changeClient(attributes) {
  const [found] = await admin('GET', 'clients?clientId=vat');
  await admin('PUT', `clients/${found.id}`, { ...found, attributes: { ...found.attributes, ...attributes } });
}

const login = `${site}/auth/login?return=/api/v1/me`;
async function signIn(context, name) {
  const page = await context.newPage();
  await page.goto(login, { waitUntil: 'domcontentloaded' });
  if (!page.url().startsWith(site)) {
    await page.fill('input[name=username]', name);
    await page.fill('input[name=password]', 'a password');
    await Promise.all([page.waitForURL((url) => url.href.startsWith(site) || url.href.includes('login-actions')), page.click('input[type=submit], button[type=submit]')]);
    await page.waitForLoadState('domcontentloaded');
  }
  return page;
}
const bodyOf = (page) => page.locator('body').innerText();
const cookieOf = async (context) => (await context.cookies(site)).find(({ name }) => name === 'vat_session')?.value;
const me = (value, more = {}) => fetch(`${site}/api/v1/me`, { headers: { Cookie: `vat_session=${value}`, ...more } });

await runTests({
  async 'a person signs in, with name and verified address'() {
    const context = await browser.newContext();
    const account = JSON.parse(await bodyOf(await signIn(context, 'ada')));
    assert.equal(account.name, 'Ada Example');
    assert.equal(account.email, 'ada@example.com');
    assert.equal(account.role, 'admin');
    await context.close();
  },

  async 'a wrong password comes to nothing here'() {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(login, { waitUntil: 'domcontentloaded' });
    await page.fill('input[name=username]', 'ada');
    await page.fill('input[name=password]', 'wrong');
    await page.click('input[type=submit], button[type=submit]');
    await page.waitForSelector('text=Invalid username or password');
    assert.equal(await cookieOf(context), undefined);
    await context.close();
  },

  async 'a code counts once, and for its browser'() {
    const context = await browser.newContext();
    const page = await context.newPage();
    // Begun elsewhere: this browser has no cookie of it, and the code stays unused.
    const begun = await fetch(login, { redirect: 'manual' });
    await page.goto(begun.headers.get('location'), { waitUntil: 'domcontentloaded' });
    await page.fill('input[name=username]', 'bob');
    await page.fill('input[name=password]', 'a password');
    await Promise.all([page.waitForURL(({ pathname }) => pathname === '/auth/callback', { waitUntil: 'commit' }), page.click('input[type=submit], button[type=submit]')]).catch(async (error) => assert.fail(`${error}: ${page.url()} ${await bodyOf(page)}`));
    const back = page.url();
    assert.ok(new URL(back).searchParams.get('iss') === issuer, 'RFC 9207');
    assert.equal((await fetch(back, { redirect: 'manual' })).status, 400, 'in another browser');
    const headers = { Cookie: begun.headers.getSetCookie()[0].split(';')[0] };
    assert.equal((await fetch(back, { headers, redirect: 'manual' })).status, 303);
    assert.equal((await fetch(back, { headers, redirect: 'manual' })).status, 401, 'twice');
    await context.close();
  },

  async 'signing out ends the session at Keycloak as well, and comes back'() {
    const context = await browser.newContext();
    const page = await signIn(context, 'bob');
    const value = await cookieOf(context);
    const { csrf_token: token } = await (await me(value)).json();
    const out = await fetch(`${site}/auth/logout`, { method: 'POST', headers: { Cookie: `vat_session=${value}`, 'X-CSRF-Token': token, Accept: 'application/json' } });
    const { location } = await out.json();
    assert.ok(location.startsWith(`${issuer}/protocol/openid-connect/logout?`), location);
    assert.equal((await me(value)).status, 401);
    await page.goto(location, { waitUntil: 'domcontentloaded' });
    // Without the ID token as a hint, Keycloak asks.
    await Promise.all([page.waitForURL(`${site}/**`), page.click('#kc-logout')]);
    await page.goto(login, { waitUntil: 'domcontentloaded' });
    assert.ok(page.url().startsWith(issuer), 'it asks who it is');
    await context.close();
  },

  async 'Keycloak tells that a session has ended'() {
    const context = await browser.newContext();
    await signIn(context, 'carol');
    const value = await cookieOf(context);
    assert.equal((await me(value)).status, 200);
    await admin('POST', `users/${await userId('carol')}/logout`);
    await eventually('the session ends here', 20, async () => (await me(value)).status === 401);
    await context.close();
  },

  async 'signatures: ES256 is accepted; PS256 and HS256, which were not allowed, are refused'() {
    for (const [algorithm, good] of [['ES256', true], ['PS256', false], ['HS256', false], ['RS256', true]]) {
      if (algorithm === 'ES256') await admin('POST', 'components', { name: 'ec', providerId: 'ecdsa-generated', providerType: 'org.keycloak.keys.KeyProvider', config: { priority: ['50'], enabled: ['true'], active: ['true'], ecdsaEllipticCurveKey: ['P-256'] } });
      await changeClient({ 'id.token.signed.response.alg': algorithm });
      const context = await browser.newContext();
      // Keys that are not known yet are looked for every half minute.
      const shown = await eventually(algorithm, good ? 60 : 5, async () => {
        const page = await signIn(context, 'ada');
        const text = await bodyOf(page);
        await page.close();
        await new Promise((resolve) => setTimeout(resolve, good ? 500 : 0));
        return good ? text.includes('ada@example.com') && text : text;
      });
      if (!good) assert.match(shown, /could not be verified|not valid|sign in again/i, algorithm);
      assert.equal(await cookieOf(context) !== undefined, good, algorithm);
      console.log(`        ${algorithm}: ${good ? 'signed in' : shown.replace(/\s+/g, ' ').slice(0, 120)}`);
      await context.close();
    }
  },

  async 'a new key is found'() {
    await admin('POST', 'components', { name: 'next', providerId: 'rsa-generated', providerType: 'org.keycloak.keys.KeyProvider', config: { priority: ['500'], enabled: ['true'], active: ['true'], algorithm: ['RS256'] } });
    const context = await browser.newContext();
    await eventually('somebody signs in with it', 60, async () => {
      const page = await signIn(context, 'ada');
      const text = await bodyOf(page);
      await page.close();
      await new Promise((resolve) => setTimeout(resolve, 500));
      return text.includes('ada@example.com');
    });
    await context.close();
  },

  async 'who is disabled there does not come in'() {
    await admin('PUT', `users/${await userId('bob')}`, { enabled: false });
    const context = await browser.newContext();
    const page = await signIn(context, 'bob');
    assert.ok(page.url().startsWith(base), page.url());
    assert.equal(await cookieOf(context), undefined);
    await context.close();
  },

  async 'the browser ends'() {
    await browser.close();
  },
}, server);

// Sign-in with a real OpenID provider (oidc-provider) in a real browser: the flow, and what attackers try with it. The
// service is localhost and everything else 127.0.0.1, so that these are two sites for the browser.
import assert from 'node:assert/strict';
import http from 'node:http';
import { once } from 'node:events';
import Provider from 'oidc-provider';
import { launch } from './browser.mjs';
import { Server, eventually, folder, freePort, program, run, runTests } from './server.mjs';

const port = await freePort();
const site = `http://localhost:${port}`;

/** Where pictures are, which only the service asks; counted by their path. */
const asked = new Map();
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const pictures = http.createServer((request, response) => {
  asked.set(request.url, (asked.get(request.url) ?? []).concat(request.headers['user-agent']));
  if (request.url.startsWith('/svg')) response.setHeader('Content-Type', 'image/png').end('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
  else response.setHeader('Content-Type', 'text/html').end(png);
}).listen(0, '127.0.0.1');
await once(pictures, 'listening');
pictures.unref();
const pictureOf = (id) => `http://127.0.0.1:${pictures.address().port}/${id.startsWith('svg') ? 'svg' : id}`;

/** `inToken`: whether the ID token has the profile, or only the UserInfo endpoint. */
async function startIssuer(inToken) {
  const issuerPort = await freePort();
  const issuer = `http://127.0.0.1:${issuerPort}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'vat', client_secret: 'a secret: with/signs', redirect_uris: [`${site}/auth/callback`], post_logout_redirect_uris: [`${site}/`],
      backchannel_logout_uri: `${site}/auth/backchannel-logout`, backchannel_logout_session_required: true,
    }],
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true }, backchannelLogout: { enabled: true } },
    claims: { openid: ['sub', 'sid'], email: ['email', 'email_verified'], profile: ['name', 'picture'] },
    conformIdTokenClaims: !inToken,
    pkce: { required: () => true, methods: ['S256'] },
    cookies: { keys: ['some key'] },
    findAccount: (context, id) => ({ accountId: id, claims: async () => ({ sub: id, email: `${id}@example.com`, email_verified: true, name: `${id} <b>`, picture: pictureOf(id) }) }),
    allowInsecureRequests: true,
  });
  const listener = http.createServer(provider.callback()).listen(issuerPort, '127.0.0.1');
  await once(listener, 'listening');
  listener.unref();
  return issuer;
}

const issuers = [await startIssuer(true), await startIssuer(false)];
const oidc = ['--oidc-issuer', issuers.join(), '--oidc-client-id', 'vat,vat', '--oidc-client-secret', 'a secret: with/signs,a secret: with/signs', '--oidc-name', 'First,Second'];
const server = new Server({ flags: ['--base-url', site, '--link-networks', '127.0.0.1', ...oidc], online: true });
server.port = port;
await server.start();

const browser = await launch();
process.on('exit', () => browser.process?.()?.kill());

/** A browser profile of its own; nothing leaves this machine. */
async function newPerson() {
  const context = await browser.newContext();
  await context.route((url) => !['localhost', '127.0.0.1'].includes(url.hostname), (route) => route.abort());
  return context;
}
const login = (provider = 'first', back = '/api/v1/me') => `${site}/auth/login?provider=${provider}&return=${encodeURIComponent(back)}`;

/** Answers the provider's questions until the browser is back. */
async function answer(page, name) {
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
async function signIn(context, name, provider, back) {
  const page = await context.newPage();
  await page.goto(login(provider, back), { waitUntil: 'domcontentloaded' });
  await answer(page, name);
  return page;
}
const bodyOf = async (page) => page.locator('body').innerText();
const cookie = async (context) => (await context.cookies(site)).find(({ name }) => name === 'vat_session');
const withCookie = (value, headers = {}) => ({ headers: { Cookie: `vat_session=${value}`, ...headers } });
const me = async (value) => fetch(`${site}/api/v1/me`, withCookie(value));
/** A request by a script of the site. */
const inPage = (page, path, options) => page.evaluate(async ([url, init]) => {
  const response = await fetch(url, init);
  return { status: response.status, text: await response.text() };
}, [path, options]);
const csrfOf = async (value) => (await (await me(value)).json()).csrf_token;

await runTests({
  async 'without a session or a key nobody is let in'() {
    for (const path of ['/api/v1/me', '/api/v1/jobs', '/v1/models']) {
      const refused = await fetch(site + path);
      assert.equal(refused.status, 401, path);
      assert.match(refused.headers.get('www-authenticate'), /Bearer/);
    }
    assert.equal((await fetch(`${site}/v1/models`, { headers: { Authorization: 'Bearer sk-anything' } })).status, 401);
    for (const value of ['', 'x', 'A'.repeat(43), 'A'.repeat(5000)]) assert.equal((await me(value)).status, 401);
    const ways = await (await fetch(`${site}/api/v1/auth/providers`)).json();
    assert.deepEqual(ways, { mode: 'sign_in', items: [{ id: 'first', name: 'First', login_url: '/auth/login?provider=first' }, { id: 'second', name: 'Second', login_url: '/auth/login?provider=second' }] });
    const choice = await fetch(`${site}/auth/login?return=/jobs`);
    assert.equal(choice.status, 200);
    assert.match(await choice.text(), /Sign in with Second/);
    assert.equal((await fetch(login('nobody'))).status, 404);
  },

  async 'a person signs in and is back where they were'() {
    const context = await newPerson();
    const page = await signIn(context, 'ada');
    assert.equal(page.url(), `${site}/api/v1/me`);
    const account = JSON.parse(await bodyOf(page));
    assert.equal(account.name, 'ada <b>');
    assert.equal(account.email, 'ada@example.com');
    assert.equal(account.role, 'admin', 'the first is the admin');
    const kept = await cookie(context);
    assert.equal(kept.httpOnly, true);
    assert.equal(kept.sameSite, 'Lax');
    assert.equal(kept.path, '/');
    assert.equal((await context.cookies(site)).length, 1, 'what the sign-in needed is removed');
    await page.goto(`${site}/`, { waitUntil: 'domcontentloaded' });
    assert.equal(await page.evaluate(() => document.cookie), '');
    await context.close();
  },

  async 'the picture is fetched and served by the service, and no browser calls for it'() {
    const context = await newPerson();
    const page = await signIn(context, 'olga', 'first', '/');
    const value = (await cookie(context)).value;
    const { picture_url: url } = await eventually('the picture is here', 10, async () => {
      const account = await (await me(value)).json();
      return account.picture_url && account;
    });
    assert.match(url, /^\/api\/v1\/me\/picture\?v=[0-9a-f]{16}$/);
    const served = await fetch(site + url, withCookie(value));
    assert.equal(served.headers.get('content-type'), 'image/png', 'as its bytes are, not as its host said');
    assert.equal(served.headers.get('x-content-type-options'), 'nosniff');
    assert.match(served.headers.get('content-security-policy'), /default-src 'none'.*sandbox/);
    assert.deepEqual(Buffer.from(await served.arrayBuffer()), png);
    assert.equal((await fetch(site + url)).status, 401);
    await page.goto(`${site}/settings`, { waitUntil: 'domcontentloaded' });
    await page.waitForFunction(() => document.querySelector('img[data-picture]')?.naturalWidth === 1);
    assert.equal(asked.get('/olga').length, 1);
    assert.match(asked.get('/olga')[0], /^video-audio-text/);
    await context.close();
  },

  async 'what is no picture is none, and a name is text'() {
    const context = await newPerson();
    const name = 'svg"><img src=x onerror=alert(1)>';
    const page = await signIn(context, name, 'first', '/');
    await eventually('it was asked for', 10, async () => asked.has('/svg'));
    const alerts = [];
    page.on('dialog', (dialog) => (alerts.push(dialog.message()), dialog.dismiss()));
    page.on('console', (message) => message.text().includes('Content Security Policy') && alerts.push(message.text()));
    await page.goto(`${site}/settings`, { waitUntil: 'domcontentloaded' });
    await page.waitForSelector(`text=${name} <b>`);
    assert.equal(await page.locator('img[src="x"], b').count(), 0);
    assert.equal(await page.locator('img[data-picture]').count(), 0);
    assert.deepEqual(alerts, []);
    await context.close();
  },

  async 'an upload outlives the session and the token with which it began'() {
    const context = await newPerson();
    await signIn(context, 'peggy');
    const [first, token] = [(await cookie(context)).value, await csrfOf((await cookie(context)).value)];
    const bytes = Buffer.alloc(3 << 20, 7);
    const tus = (value, csrf, more) => withCookie(value, { 'Tus-Resumable': '1.0.0', 'X-CSRF-Token': csrf, ...more });
    const made = await fetch(`${site}/api/v1/uploads`, { method: 'POST', ...tus(first, token, { 'Upload-Length': String(bytes.length) }) });
    assert.equal(made.status, 201);
    const upload = new URL(made.headers.get('location'), site);
    // The session ends while the bytes of a request are on their way; that request goes on.
    const chunk = http.request(upload, { method: 'PATCH', agent: false, ...tus(first, token, { 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream', 'Content-Length': String(2 << 20) }) });
    const answered = once(chunk, 'response');
    chunk.write(bytes.subarray(0, 1 << 20));
    await eventually('half has arrived', 10, async () => Number((await fetch(upload, { method: 'HEAD', ...tus(first, token) })).headers.get('upload-offset')) > 0);
    await fetch(`${site}/auth/logout`, { method: 'POST', ...withCookie(first, { 'X-CSRF-Token': token, Accept: 'application/json' }) });
    assert.equal((await me(first)).status, 401);
    chunk.end(bytes.subarray(1 << 20, 2 << 20));
    const [response] = await answered;
    assert.equal(response.statusCode, 204);
    assert.equal(response.headers['upload-offset'], String(2 << 20));
    response.resume();
    // The next request needs a session, any of this user.
    const next = { 'Upload-Offset': String(2 << 20), 'Content-Type': 'application/offset+octet-stream' };
    assert.equal((await fetch(upload, { method: 'PATCH', ...tus(first, token, next), body: bytes.subarray(2 << 20) })).status, 401);
    await signIn(context, 'peggy');
    const second = (await cookie(context)).value;
    const found = await fetch(upload, { method: 'HEAD', ...withCookie(second, { 'Tus-Resumable': '1.0.0' }) });
    assert.equal(found.headers.get('upload-offset'), String(2 << 20));
    const ended = await fetch(upload, { method: 'PATCH', ...tus(second, await csrfOf(second), next), body: bytes.subarray(2 << 20) });
    assert.equal(ended.status, 422, 'all of it is there, and it is no recording');
    await context.close();
  },

  async 'the profile may come from the UserInfo endpoint'() {
    const context = await newPerson();
    const account = JSON.parse(await bodyOf(await signIn(context, 'ada', 'second')));
    assert.equal(account.email, 'ada@example.com');
    assert.equal(account.role, 'member', 'the same address at another provider is another person');
    await context.close();
  },

  async 'two tabs may sign in at once'() {
    const context = await newPerson();
    const [one, two] = [await context.newPage(), await context.newPage()];
    await one.goto(login('first', '/api/v1/me?tab=1'), { waitUntil: 'domcontentloaded' });
    await two.goto(login('second', '/api/v1/me?tab=2'), { waitUntil: 'domcontentloaded' });
    await answer(one, 'bob');
    assert.equal(one.url(), `${site}/api/v1/me?tab=1`);
    await answer(two, 'bob');
    assert.equal(two.url(), `${site}/api/v1/me?tab=2`);
    assert.equal((await me((await cookie(context)).value)).status, 200);
    await context.close();
  },

  async 'a code is worth nothing in another browser, nor twice'() {
    const victim = await newPerson();
    const page = await victim.newPage();
    await page.goto(login(), { waitUntil: 'domcontentloaded' });
    // Without its cookie the browser cannot go on: the code stays unused.
    const own = await victim.cookies(site);
    await victim.clearCookies({ domain: 'localhost' });
    await answer(page, 'carol');
    const stolen = page.url();
    assert.match(await bodyOf(page), /begun in another browser/);
    const code = new URL(stolen).searchParams.get('code');

    const thief = await newPerson();
    const there = await thief.newPage();
    assert.equal((await there.goto(stolen)).status(), 400);
    assert.match(await bodyOf(there), /begun in another browser/);
    assert.equal(await cookie(thief), undefined);
    // With a sign-in of the thief's own, the verifier is wrong.
    const begun = await fetch(login(), { redirect: 'manual' });
    const state = new URL(begun.headers.get('location')).searchParams.get('state');
    const thiefs = begun.headers.getSetCookie()[0].split(';')[0];
    const mixed = `${site}/auth/callback?code=${code}&state=${state}&iss=${encodeURIComponent(issuers[0])}`;
    const refused = await fetch(mixed, { headers: { Cookie: thiefs }, redirect: 'manual' });
    assert.equal(refused.status, 401);
    assert.ok(!refused.headers.getSetCookie().some((field) => field.startsWith('vat_session')));

    await victim.addCookies(own);
    assert.equal((await page.goto(stolen)).status(), 200, 'the victim comes in');
    assert.equal((await page.goto(stolen)).status(), 400, 'once');
    const cookies = own.map(({ name, value }) => `${name}=${value}`).join('; ');
    assert.equal((await fetch(stolen, { headers: { Cookie: cookies }, redirect: 'manual' })).status, 401, 'nor with the same cookie');
    await Promise.all([victim.close(), thief.close()]);
  },

  async 'states cannot be mixed up'() {
    const begin = async (provider) => {
      const begun = await fetch(login(provider), { redirect: 'manual' });
      assert.equal(begun.status, 303);
      const location = new URL(begun.headers.get('location'));
      assert.equal(location.searchParams.get('code_challenge_method'), 'S256');
      return { state: location.searchParams.get('state'), cookie: begun.headers.getSetCookie()[0].split(';')[0] };
    };
    const [one, two] = [await begin('first'), await begin('second')];
    const back = (state, cookies, more = '') => fetch(`${site}/auth/callback?code=x&state=${encodeURIComponent(state)}${more}`, { headers: { Cookie: cookies }, redirect: 'manual' });
    assert.notEqual(one.state, two.state);
    assert.equal((await back(one.state, two.cookie)).status, 400);
    assert.equal((await back(one.state, '')).status, 400);
    assert.equal((await back('', one.cookie)).status, 400);
    assert.equal((await back(one.state.slice(0, -1), one.cookie)).status, 400);
    assert.equal((await back(`${one.state}\r\nSet-Cookie: x=y`, one.cookie)).status, 400);
    const swapped = `${one.cookie.split('=')[0]}=${two.cookie.slice(two.cookie.indexOf('=') + 1)}`;
    assert.equal((await back(one.state, swapped)).status, 400);
    const other = await back(one.state, one.cookie, `&iss=${encodeURIComponent(issuers[1])}`);
    assert.equal(other.status, 401);
    assert.match(await other.text(), /another provider/);
    assert.equal((await back(one.state, one.cookie)).status, 401, 'this issuer always says who it is (RFC 9207)');
  },

  async 'what comes back is text, and leads nowhere else'() {
    const context = await newPerson();
    const page = await context.newPage();
    const alerts = [];
    page.on('dialog', (dialog) => (alerts.push(dialog.message()), dialog.dismiss()));
    const hostile = encodeURIComponent('"><script>alert(1)</script>');
    for (const path of [`/auth/callback?state=${hostile}&error=${hostile}`, `/auth/login?provider=${hostile}`, `/auth/login?return=${hostile}`]) {
      const shown = await page.goto(site + path);
      assert.match(shown.headers()['content-security-policy'], /default-src 'none'/);
      assert.equal(await page.locator('script').count(), 0, path);
    }
    assert.deepEqual(alerts, []);
    for (const evil of ['https://evil.example/', '//evil.example', '/\\evil.example', '/auth/login']) {
      const begun = await fetch(login('first', evil), { redirect: 'manual' });
      const value = begun.headers.getSetCookie()[0].split('=')[1].split(';')[0];
      assert.match(Buffer.from(value.split('.')[1], 'base64url').toString(), /\n\/$/, evil);
    }
    await context.close();
  },

  async 'a session that was planted is not used, and the old one ends'() {
    const context = await newPerson();
    const planted = 'A'.repeat(43);
    await context.addCookies([{ name: 'vat_session', value: planted, url: site }]);
    await signIn(context, 'dora');
    const first = (await cookie(context)).value;
    assert.notEqual(first, planted);
    assert.equal((await me(planted)).status, 401);
    await signIn(context, 'dora');
    const second = (await cookie(context)).value;
    assert.notEqual(second, first);
    assert.equal((await me(second)).status, 200);
    assert.equal((await me(first)).status, 401);
    await context.close();
  },

  async 'a page of another site changes nothing'() {
    const context = await newPerson();
    const page = await signIn(context, 'erin', 'first', '/');
    const value = (await cookie(context)).value;
    const evil = http.createServer((request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<form method="post" action="${site}/auth/logout" target="a"></form><iframe name="a"></iframe>
        <form method="post" enctype="text/plain" action="${site}/api/v1/keys" target="b"><input name='{"name":"x","y":"' value='"}'></form><iframe name="b"></iframe>`);
    }).listen(0, '127.0.0.1');
    await once(evil, 'listening');
    const there = await context.newPage();
    await there.goto(`http://127.0.0.1:${evil.address().port}/`);
    const outcome = await there.evaluate(async (target) => {
      for (const form of document.forms) form.submit();
      const attempts = [];
      for (const [path, init] of [
        ['/api/v1/keys', { method: 'POST', body: '{"name":"x"}', mode: 'no-cors', credentials: 'include', headers: { 'Content-Type': 'text/plain' } }],
        ['/api/v1/keys', { method: 'POST', body: '{"name":"x"}', credentials: 'include', headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': 'x' } }],
        ['/api/v1/sessions', { method: 'DELETE', credentials: 'include' }],
        ['/api/v1/me', { credentials: 'include' }],
      ]) attempts.push(await fetch(target + path, init).then((response) => response.status, () => 'blocked'));
      return attempts;
    }, site);
    assert.deepEqual(outcome, ['blocked', 'blocked', 'blocked', 'blocked']);
    evil.close();
    evil.closeAllConnections();
    assert.equal((await me(value)).status, 200, 'still signed in');
    assert.deepEqual((await (await fetch(`${site}/api/v1/keys`, withCookie(value))).json()).items, []);

    // Not even a request that carries the cookie, as one by a neighbour would, does anything without the token.
    const json = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"name":"x"}' };
    assert.equal((await inPage(page, '/api/v1/keys', json)).status, 403);
    const token = await csrfOf(value);
    assert.equal((await inPage(page, '/api/v1/keys', { ...json, headers: { ...json.headers, 'X-CSRF-Token': `${token}x` } })).status, 403);
    assert.equal((await inPage(page, '/api/v1/keys', { ...json, headers: { ...json.headers, 'X-CSRF-Token': token } })).status, 201);
    const neighbour = await fetch(`${site}/api/v1/keys`, { ...json, headers: { ...json.headers, 'X-CSRF-Token': token, Cookie: `vat_session=${value}`, Origin: 'http://evil.example' } });
    assert.equal(neighbour.status, 403);
    await context.close();
  },

  async 'a key needs no token, and what it makes belongs to its owner'() {
    const context = await newPerson();
    await signIn(context, 'frank');
    const value = (await cookie(context)).value;
    const token = await csrfOf(value);
    const made = await fetch(`${site}/api/v1/keys`, { method: 'POST', ...withCookie(value, { 'Content-Type': 'application/json', 'X-CSRF-Token': token }), body: '{"name":"laptop"}' });
    const { secret } = await made.json();
    const account = await (await fetch(`${site}/api/v1/me`, { headers: { Authorization: `Bearer ${secret}` } })).json();
    assert.equal(account.email, 'frank@example.com');
    assert.equal(account.csrf_token, null);
    assert.equal((await fetch(`${site}/v1/models`, { headers: { Authorization: `Bearer ${secret}` } })).status, 200);
    await context.close();
  },

  async 'signing out ends the session here and at the provider'() {
    const context = await newPerson();
    const page = await signIn(context, 'grace', 'first', '/');
    const value = (await cookie(context)).value;
    const token = await csrfOf(value);
    assert.equal((await inPage(page, '/auth/logout', { method: 'POST', headers: { Accept: 'application/json' } })).status, 403);
    const out = await inPage(page, '/auth/logout', { method: 'POST', headers: { Accept: 'application/json', 'X-CSRF-Token': token } });
    assert.equal(out.status, 200, out.text);
    const { location } = JSON.parse(out.text);
    assert.ok(location.startsWith(`${issuers[0]}/session/end?`), location);
    assert.equal((await me(value)).status, 401);
    assert.equal(await cookie(context), undefined);
    // In a page of its own: the web application leads to the sign-in by itself, once it hears that it is signed out.
    const leaving = await context.newPage();
    await leaving.goto(location, { waitUntil: 'domcontentloaded' });
    await Promise.all([leaving.waitForURL(`${site}/`), leaving.click('button[name=logout]')]);
    // The page that it came back to leads to the sign-in by itself, so another one asks.
    const again = await context.newPage();
    await again.goto(login(), { waitUntil: 'domcontentloaded' });
    assert.ok(await again.locator('input[name=login]').count(), 'the provider asks again');
    await context.close();
  },

  async 'the web application leads to sign-in, and signs out'() {
    const context = await newPerson();
    const page = await context.newPage();
    await page.goto(`${site}/settings`, { waitUntil: 'domcontentloaded' });
    await page.click('a:text-is("Sign in with Second")');
    await page.waitForURL(`${issuers[1]}/**`);
    await answer(page, 'niaj');
    await page.waitForURL(`${site}/settings`);
    await page.waitForSelector('text=niaj@example.com');
    const value = (await cookie(context)).value;
    const elsewhere = await newPerson();
    await signIn(elsewhere, 'niaj', 'second');
    await page.click('text=Sign out everywhere else');
    await eventually('the other browser is signed out', 10, async () => (await me((await cookie(elsewhere)).value)).status === 401);
    assert.equal((await me(value)).status, 200);
    await page.click('button:text-is("Sign out")');
    await page.waitForURL(`${issuers[1]}/session/end**`);
    assert.equal((await me(value)).status, 401);
    await Promise.all([context.close(), elsewhere.close()]);
  },

  async 'signing out at the provider ends the session here'() {
    const context = await newPerson();
    const page = await signIn(context, 'heidi');
    const value = (await cookie(context)).value;
    assert.equal((await me(value)).status, 200);
    for (const forged of ['', 'x.y.z', `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`]) {
      const refused = await fetch(`${site}/auth/backchannel-logout`, { method: 'POST', body: new URLSearchParams({ logout_token: forged }) });
      assert.equal(refused.status, 400);
    }
    await page.goto(`${issuers[0]}/session/end`, { waitUntil: 'domcontentloaded' });
    await page.click('button[name=logout]');
    await eventually('the provider tells us', 20, async () => (await me(value)).status === 401);
    await context.close();
  },

  async 'sessions are shown, and end one by one or all at once'() {
    const people = [await newPerson(), await newPerson(), await newPerson()];
    const values = [];
    for (const context of people) {
      await signIn(context, 'ivan');
      values.push((await cookie(context)).value);
    }
    const list = async (value) => (await (await fetch(`${site}/api/v1/sessions`, withCookie(value))).json()).items;
    const shown = await list(values[0]);
    assert.equal(shown.length, 3);
    assert.equal(shown.filter((session) => session.current).length, 1);
    assert.match(shown[0].device, /Chrom/);
    assert.equal(shown[0].address, '127.0.0.1');
    const token = await csrfOf(values[0]);
    const end = (id) => fetch(`${site}/api/v1/sessions${id}`, { method: 'DELETE', ...withCookie(values[0], { 'X-CSRF-Token': token }) });
    const [second] = await list(values[1]).then((all) => all.filter((session) => session.current));
    assert.equal((await end(`/${second.id}`)).status, 204);
    assert.equal((await me(values[1])).status, 401);
    assert.equal((await end(`/${second.id}`)).status, 404);
    assert.equal((await end('')).status, 204);
    assert.equal((await me(values[2])).status, 401);
    assert.equal((await me(values[0])).status, 200, 'the one that asked stays');
    await Promise.all(people.map((context) => context.close()));
  },

  async 'users and keys are made at the terminal, while the service runs'() {
    const user = async (...words) => (await run(program, ['user', ...words, '--data', server.data])).stdout;
    assert.match(await user('add', 'Judy@example.com', '--name', 'Judy'), /member +judy@example.com  Judy\n$/);
    const key = (await user('token', 'judy@example.com', '--scopes', 'read')).trim();
    assert.match(key, /^vat_[\w-]{43}$/);
    const headers = { Authorization: `Bearer ${key}` };
    const status = async () => (await fetch(`${site}/api/v1/me`, { headers })).status;
    assert.equal(await status(), 200);
    assert.equal((await fetch(`${site}/api/v1/keys`, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body: '{"name":"x"}' })).status, 403);
    assert.match(await user('disable', 'judy@example.com'), /disabled/);
    assert.equal(await status(), 401);
    await user('disable', 'judy@example.com', '--undo');
    assert.equal(await status(), 200);
    assert.match(await user('admin', 'judy@example.com'), /admin/);
    assert.match(await user('list'), /judy@example.com/);
    const context = await newPerson();
    const page = await signIn(context, 'judy');
    const account = JSON.parse(await bodyOf(page));
    assert.equal(account.role, 'admin', 'an added user waits for the first sign-in with the address');
    const value = (await cookie(context)).value;
    await user('disable', account.id);
    await eventually('the session ends', 10, async () => (await me(value)).status === 401);
    await page.goto(login(), { waitUntil: 'domcontentloaded' });
    await answer(page, 'judy');
    assert.match(await bodyOf(page), /disabled/);
    await context.close();
    for (const [words, message] of [[['disable', 'nobody@example.com'], /vat user list/], [['add', 'nobody'], /valid e-mail/], [['add', 'judy@example.com'], /already/], [['token', 'judy@example.com', '--scopes', 'all'], /scopes/]]) {
      const refused = await user(...words).then(() => assert.fail(words.join(' ')), (error) => error);
      assert.match(refused.stderr, message);
    }
  },

  async 'a token does what its session may, and ends with it'() {
    const context = await newPerson();
    await signIn(context, 'mallory');
    const value = (await cookie(context)).value;
    const json = { 'Content-Type': 'application/json', 'X-CSRF-Token': await csrfOf(value) };
    assert.equal((await fetch(`${site}/api/v1/auth/token`, { method: 'POST', ...withCookie(value) })).status, 403);
    const tokens = await (await fetch(`${site}/api/v1/auth/token`, { method: 'POST', ...withCookie(value, json), body: '{"scope":"read"}' })).json();
    const claims = JSON.parse(Buffer.from(tokens.access_token.split('.')[1], 'base64url'));
    assert.equal(claims.iss, site);
    const status = async () => (await fetch(`${site}/api/v1/me`, { headers: { Authorization: `Bearer ${tokens.access_token}` } })).status;
    assert.equal(await status(), 200);
    await fetch(`${site}/auth/logout`, { method: 'POST', ...withCookie(value, { ...json, Accept: 'application/json' }) });
    assert.equal(await status(), 401);
    await context.close();
  },

  async 'the service refuses other addresses until somebody can sign in'() {
    const ended = (flags) => run(program, ['serve', '--port', '0', '--data', `${folder}/refused`, ...flags], { timeout: 20_000 }).then(() => assert.fail('it started'), (error) => error);
    const open = await ended(['--address', '0.0.0.0']);
    assert.equal(open.code, 2);
    assert.match(open.stderr, /GOOGLE_CLIENT_ID/);
    const nameless = await ended(['--address', '0.0.0.0', '--require-sign-in']);
    assert.equal(nameless.code, 2);
    assert.match(nameless.stderr, /VAT_BASE_URL/);
    const half = await run(program, ['serve', '--port', '0'], { env: { ...process.env, GOOGLE_CLIENT_ID: 'x' }, timeout: 20_000 }).catch((error) => error);
    assert.match(half.stderr, /GOOGLE_CLIENT_SECRET/);
  },

  async 'the browser ends'() {
    await browser.close();
  },
}, server);

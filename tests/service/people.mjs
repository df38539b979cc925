// A service where people sign in, with a real OpenID provider, and a browser in which they do, for the tests beside this
// file. The service is localhost and everything else 127.0.0.1, so that these are two sites.
import fs from 'node:fs';
import { launch, openPage } from './browser.mjs';
import { answerAs, signInFlags, startIssuer } from './issuer.mjs';
import { Server, eventually, freePort, makeSpeech } from './server.mjs';

export async function startSignedIn(flags = []) {
  const port = await freePort();
  const site = `http://localhost:${port}`;
  const server = new Server({ flags: [...signInFlags(site, { Acme: await startIssuer(site) }), ...flags], online: true });
  server.port = port;
  await server.start();
  const browser = await launch();
  const wav = fs.readFileSync(await makeSpeech('talk.wav', 'One two three four five.'));

  /** A page of somebody who has signed in. */
  async function openAs(name, path, options) {
    const page = await openPage(browser, site, '/auth/login?return=/auth/providers', options);
    await answerAs(page, site, name);
    page.complaints = [];
    await page.goto(site + path);
    return page;
  }
  /** A request of the page's user. */
  const api = (page, path, init = {}) => page.evaluate(async ([url, { json, ...rest }]) => {
    const { csrf_token: token } = await (await fetch('/api/v1/me')).json();
    const headers = { 'X-CSRF-Token': token, ...(json && { 'Content-Type': 'application/json' }), ...rest.headers };
    const answer = await fetch(url, { ...rest, headers, ...(json && { body: JSON.stringify(json) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
    return text && JSON.parse(text);
  }, [path, init]);
  /** A finished recording of the page's user. */
  async function finished(page, title) {
    const { items: [{ id }] } = await page.evaluate(async ([name, bytes]) => {
      const { csrf_token: token } = await (await fetch('/api/v1/me')).json();
      const form = new FormData();
      for (const [field, value] of [['title', name], ['speech', 'false']]) form.append(field, value);
      form.append('file', new Blob([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))]), 'talk.wav');
      return (await fetch('/api/v1/jobs', { method: 'POST', body: form, headers: { 'X-CSRF-Token': token } })).json();
    }, [title, wav.toString('base64')]);
    await eventually('it is done', 60, async () => (await api(page, `/api/v1/jobs/${id}`)).state === 'completed');
    return id;
  }
  return { browser, server, site, wav, openAs, api, finished };
}

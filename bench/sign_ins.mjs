// node bench/sign_ins.mjs [SIGN_INS] [PEOPLE]: that many sign-ins (100,000) of so many people (1,000) over HTTP: from
// /auth/login through a local issuer to /auth/callback, and one request with each session. Prints the memory of the server and
// the rows of its tables after each tenth. Half of the sessions are signed out. VAT_PROGRAM names the program. Needs sqlite3.
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { startIssuer } from './issuer.mjs';

const [wanted, people] = [Number(process.argv[2] ?? 100_000), Number(process.argv[3] ?? 1_000)];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vat-sign-ins-'));
const { issuer } = await startIssuer();
const portFile = path.join(folder, 'port');
const flags = ['serve', '--data', path.join(folder, 'data'), '--base-url', 'http://vat.example', '--port', '0', '--port-file', portFile, '--jobs', '0', '--log-level', 'warning', '--no-access-log', '--oidc-issuer', issuer, '--oidc-client-id', 'bench'];
const server = spawn(process.env.VAT_PROGRAM, flags, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, VAT_CACHE: path.join(folder, 'cache') } });
process.on('exit', () => (server.kill('SIGKILL'), fs.rmSync(folder, { recursive: true, force: true })));
while (!fs.existsSync(portFile)) await new Promise((resolve) => setTimeout(resolve, 50));
const site = `http://127.0.0.1:${fs.readFileSync(portFile, 'utf8').trim()}`;
const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });

/** Status, headers and body of a response that is not followed. */
async function ask(url, headers = {}, method = 'GET') {
  const own = url.startsWith(site);
  const request = http.request(url, { method, agent, headers: own ? { Host: 'vat.example', ...headers } : headers }).end();
  const [response] = await once(request, 'response');
  let body = '';
  for await (const bytes of response) body += bytes;
  return { status: response.statusCode, headers: response.headers, body };
}
const check = (answer, status) => {
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.body}`);
  return answer;
};
const cookieOf = ({ headers }, name) => headers['set-cookie'].find((field) => field.startsWith(name)).split(';')[0];

async function signIn(number) {
  const begun = check(await ask(`${site}/auth/login`), 303);
  const there = check(await ask(`${begun.headers.location}&login_as=p${number % people}`), 302);
  const back = new URL(there.headers.location);
  const done = check(await ask(`${site}${back.pathname}${back.search}`, { Cookie: cookieOf(begun, 'vat_sign_in_') }), 303);
  const cookie = cookieOf(done, 'vat_session');
  const me = JSON.parse(check(await ask(`${site}/api/v1/me`, { Cookie: cookie }), 200).body);
  if (number % 2 === 0) check(await ask(`${site}/auth/logout`, { Cookie: cookie, 'X-CSRF-Token': me.csrf_token }, 'POST'), 303);
}

const database = path.join(folder, 'data/vat.db');
const tables = ['users', 'identities', 'sessions', 'token_families', 'used_tokens', 'pictures', 'audit_log'];
function figures(done, begin) {
  const memory = Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;
  const counts = execFileSync('sqlite3', [database, tables.map((name) => `SELECT COUNT(*) FROM ${name};`).join(' ')], { encoding: 'utf8' }).trim().split('\n');
  console.log([done, ((Date.now() - begin) / 1000).toFixed(0), memory.toFixed(1), ...counts].map((cell) => String(cell).padStart(14)).join(''));
}

console.log(['sign-ins', 'seconds', 'memory, MiB', ...tables].map((cell) => cell.padStart(14)).join(''));
const begin = Date.now();
let next = 0;
for (let tenth = 0; tenth <= 10; tenth++) {
  const end = Math.round((wanted * tenth) / 10);
  await Promise.all(Array.from({ length: 16 }, async () => {
    while (next < end) await signIn(next++);
  }));
  figures(end, begin);
}
process.exit(0);

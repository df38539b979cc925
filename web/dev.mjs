// node web/dev.mjs [SERVICE]: the web application on http://localhost:8001, made anew whenever the page is loaded and a file
// has changed, in front of a running service (http://localhost:8000). For developers, who need not build the program.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const service = new URL(process.argv[2] ?? 'http://localhost:8000');
const port = Number(process.env.PORT ?? 8001);
const out = fs.mkdtempSync(path.join(os.tmpdir(), 'vat-web-'));
let made = 0;
let files = new Map();

function build() {
  const newest = fs.readdirSync(here, { recursive: true }).reduce((time, name) => Math.max(time, fs.statSync(path.join(here, name)).mtimeMs), 0);
  if (newest <= made) return;
  execFileSync(process.execPath, [path.join(here, 'build.mjs'), out], { stdio: 'inherit' });
  made = newest;
  files = new Map(fs.readFileSync(path.join(out, 'files.txt'), 'utf8').trim().split('\n').map((line) => line.split('\t')).map(([name, type, file]) => [`/${name}`, { type, file }]));
}

function forward(request, response) {
  const target = { host: service.hostname, port: service.port, method: request.method, path: request.url, headers: { ...request.headers, host: service.host, ...(request.headers.origin ? { origin: service.origin } : {}) } };
  const inner = http.request(target, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  inner.on('error', () => response.destroy());
  response.on('close', () => inner.destroy());
  request.pipe(inner);
}

http.createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const isPage = request.headers.accept?.includes('text/html') && !/^\/(api|v1|docs|redoc)\b/.test(pathname);
  if (isPage) build();
  const found = files.get(isPage ? '/index.html' : pathname);
  if (!found) return forward(request, response);
  const policy = fs.readFileSync(path.join(here, '../src/api/web/web_routes.cc'), 'utf8').match(/kPagePolicy =\s*([^;]*(?:"[^"]*"\s*)+);/)[1].match(/"([^"]*)"/g).map((text) => text.slice(1, -1)).join('');
  response.writeHead(200, { 'Content-Type': `${found.type}; charset=utf-8`, 'Content-Security-Policy': policy, 'Cache-Control': 'no-store' });
  fs.createReadStream(found.file).pipe(response);
}).listen(port, '127.0.0.1', () => console.log(`http://localhost:${port}`));

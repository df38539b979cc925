// The least OpenID issuer with which one can sign in: everybody is who `?login_as=` of the authorization request says, or
// "somebody", at once. For benchmarks; it checks nothing. Prints its address.
import crypto from 'node:crypto';
import http from 'node:http';
import { once } from 'node:events';

export async function startIssuer() {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwks = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256', use: 'sig' }] });
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = encode({ alg: 'ES256', kid: 'k' });
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    const json = (body) => response.setHeader('Content-Type', 'application/json').end(body);
    if (url.pathname === '/jwks') return json(jwks);
    if (url.pathname.startsWith('/.well-known/')) return json(JSON.stringify({ issuer, authorization_endpoint: `${issuer}/in`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` }));
    if (url.pathname === '/in') {
      const query = url.searchParams;
      const code = Buffer.from(`${query.get('login_as') ?? 'somebody'} ${query.get('nonce')}`).toString('base64url');
      return response.writeHead(302, { Location: `${query.get('redirect_uri')}?code=${code}&state=${query.get('state')}` }).end();
    }
    let body = '';
    for await (const bytes of request) body += bytes;
    const [sub, nonce] = Buffer.from(new URLSearchParams(body).get('code'), 'base64url').toString().split(' ');
    const now = Math.floor(Date.now() / 1000);
    const text = `${head}.${encode({ iss: issuer, aud: 'bench', sub, name: sub, email: `${sub}@example.com`, email_verified: true, nonce, iat: now, exp: now + 300 })}`;
    const signature = crypto.sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
    return json(JSON.stringify({ access_token: 'a', token_type: 'Bearer', id_token: `${text}.${signature}` }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${server.address().port}`;
  return { issuer, server };
}

if (process.argv[1] === new URL(import.meta.url).pathname) console.log((await startIssuer()).issuer);

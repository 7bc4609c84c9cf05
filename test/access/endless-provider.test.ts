import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { IdentityProvider } from '../../src/access/identity-provider.ts';
import { TokenVerifier } from '../../src/access/token-verifier.ts';
import { connectDrive } from '../../src/sources/drive/connect.ts';
import { temporaryFolder } from '../support/cli.ts';
import { forgeToken } from '../support/identity-provider.ts';
import { isLong } from '../support/long.ts';

const issuerPath = '/realms/firm';
/** More than any process of these tests may use. */
const maxMemoryBytes = 400 * 2 ** 20;
const zeros = gzipSync(Buffer.alloc(64 * 2 ** 20, ' '));

/** Sends the beginning of a body, then as much of it as the other side takes. */
async function sendForever(response: ServerResponse, begin: string, chunk: string | Buffer) {
  response.write(begin);
  const piece = Buffer.concat(
    Array.from({ length: Math.ceil(2 ** 16 / chunk.length) }, () => Buffer.from(chunk)),
  );
  while (!response.destroyed) {
    response.write(piece);
    do await sleep(1);
    while (response.writableNeedDrain && !response.destroyed);
  }
}

/** Bodies that never end, or are much larger once they are decompressed, by what is sent. */
const bodies: Record<string, (response: ServerResponse) => void> = {
  'keys without end': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    void sendForever(response, '{"keys":[', '{"kty":"RSA","n":"AQAB","e":"AQAB"},');
  },
  'an error without end': (response) => {
    response.writeHead(500, { 'content-type': 'application/json' });
    void sendForever(response, '{"error":"', 'x');
  },
  'a body that is much larger once it is decompressed': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    void sendForever(response, '', zeros);
  },
  'a body that comes one byte at a time': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 5);
    response.once('close', () => clearInterval(timer));
  },
};

/** A server that answers each request by `answer`; its connections are counted. */
async function startServer(answer: (path: string, response: ServerResponse) => void) {
  const server = createServer((request, response) => answer(request.url!, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const token = forgeToken(
  `x.${Buffer.from(JSON.stringify({ email: 'ann@firm.example' })).toString('base64url')}.x`,
  { alg: 'RS256', kid: 'k' },
  () => createHash('sha256').digest(),
);

/** Runs an action, and returns by how many bytes the memory of this process has grown at most. */
async function memoryOf(action: () => Promise<void>): Promise<number> {
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 10);
  await action();
  clearInterval(timer);
  return Math.max(most, process.memoryUsage().rss) - before;
}

function verifierOf(issuer: string): TokenVerifier {
  const settings = {
    issuer,
    audience: 'a',
    algorithms: ['RS256'] as const,
    clockSkewSeconds: 0,
    emailClaim: 'email',
    scopePrefix: '',
  };
  return new TokenVerifier(settings, new IdentityProvider({ issuer }, { timeoutMs: 1000 }));
}

describe.each(Object.entries(bodies))('an identity provider that sends %s', (_, sendBody) => {
  it.each(['as its metadata', 'as its keys'])(
    '%s is not reachable, and fills no memory',
    async (which) => {
      let url = '';
      url = await startServer((path, response) => {
        if (which === 'as its metadata' || path === '/keys') return sendBody(response);
        response.end(JSON.stringify({ issuer: `${url}${issuerPath}`, jwks_uri: `${url}/keys` }));
      });
      const verifier = verifierOf(`${url}${issuerPath}`);
      const grown = await memoryOf(() =>
        expect(verifier.verify(token)).rejects.toMatchObject({
          code: 'not_ready',
          retryable: true,
        }),
      );
      expect(grown).toBeLessThan(maxMemoryBytes);
    },
  );
});

it('an identity provider with more keys than any has is not reachable', async () => {
  const keys = Array.from({ length: 101 }, () => ({ kty: 'oct', k: 'AA', kid: randomUUID() }));
  let url = '';
  url = await startServer((path, response) => {
    const metadata = { issuer: `${url}${issuerPath}`, jwks_uri: `${url}/keys` };
    response.end(JSON.stringify(path === '/keys' ? { keys } : metadata));
  });
  const verify = () => verifierOf(`${url}${issuerPath}`).verify(token);
  await expect(verify()).rejects.toMatchObject({ code: 'not_ready' });
  keys.pop();
  await expect(verify()).rejects.toMatchObject({ code: 'unauthenticated' });
});

/** What Google's client is given: credentials, and an endpoint that sends one body for all but tokens. */
async function googleWith(sendBody: (response: ServerResponse) => void, forTokens = false) {
  const endpoint = await startServer((path, response) => {
    if (forTokens || !path.includes('token')) return sendBody(response);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: 'a', expires_in: 3600, token_type: 'Bearer' }));
  });
  const keyFile = join(temporaryFolder(), 'key.json');
  const user = { client_id: 'c', client_secret: 's', refresh_token: 'r' };
  writeFileSync(keyFile, JSON.stringify({ type: 'authorized_user', ...user }));
  return { keyFile, endpoint };
}

const limits = {
  unitsPerMinute: 1e8,
  concurrency: 1,
  initialBackoffMs: 1,
  maxAttempts: 1,
  idleTimeoutMs: 1500,
};

/** A token may take longer than a test. */
const answers = Object.entries(bodies).flatMap(([what, sendBody]) => [
  { what, sendBody, which: 'an answer', forTokens: false },
  ...(what.includes('at a time') ? [] : [{ what, sendBody, which: 'a token', forTokens: true }]),
]);

it.runIf(isLong).each(answers)(
  'Google, where $which is $what, is not read to its end',
  async (answer) => {
    const google = await googleWith(answer.sendBody, answer.forTokens);
    const api = await connectDrive({ ...google, tokenFile: '/none', limits });
    const grown = await memoryOf(() =>
      expect(api.drives()).rejects.toMatchObject({ name: 'DeedboxError' }),
    );
    expect(grown).toBeLessThan(maxMemoryBytes);
  },
);

it('a download that fails with an error without end is not read to its end', async () => {
  const settings = {
    ...(await googleWith(bodies['an error without end']!)),
    tokenFile: '/none',
    limits,
  };
  const api = await connectDrive(settings);
  const grown = await memoryOf(() =>
    expect(
      api.executor.run(1, async (context) => void (await api.media(context, { id: 'x' }, 0))),
    ).rejects.toMatchObject({ code: 'source_error' }),
  );
  expect(grown).toBeLessThan(maxMemoryBytes);
});

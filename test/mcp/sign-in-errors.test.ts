import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { generateKey } from '../../src/access/api-key.ts';
import { KeyStore } from '../../src/access/key-store.ts';
import { authenticatedService } from '../support/authenticated-service.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { temporaryFolder } from '../support/cli.ts';
import { IdentityProviderServer } from '../support/identity-provider.ts';
import { initializeMessage } from '../support/mcp-client.ts';
import { bearer, json, send, type RawRequestOptions } from '../support/raw-http.ts';

/** What clients of all kinds are told where they cannot go on, and what they do then. */

let provider: IdentityProviderServer;
let keysOnly: Awaited<ReturnType<typeof authenticatedService>>;
let withProvider: Awaited<ReturnType<typeof authenticatedService>>;
let key: string;
const publicUrl = 'https://deedbox.firm.example';

beforeAll(async () => {
  provider = await IdentityProviderServer.start();
  onFileFinished(() => provider.close());
  const data = temporaryFolder(onFileFinished);
  const keys = new KeyStore(data);
  key = keys.create({ name: 'ann', role: 'reader' });
  keys.close();
  keysOnly = await authenticatedService(onFileFinished, { publicUrl, data });
  withProvider = await authenticatedService(onFileFinished, { publicUrl, provider });
}, 60_000);

const initialize = { method: 'POST', headers: json, body: JSON.stringify(initializeMessage) };
const descriptionOf = (body: string) =>
  (JSON.parse(body) as { error_description: string }).error_description;

describe('the paths of an identity provider', () => {
  const paths = [
    '/.well-known/oauth-authorization-server',
    '/.well-known/oauth-authorization-server/mcp',
    '/.well-known/openid-configuration',
    '/.well-known/openid-configuration/mcp',
    '/.well-known/anything-else',
    '/mcp/.well-known/openid-configuration',
    '/register',
    '/authorize?client_id=x',
    '/token',
  ];
  const requests: [string, RawRequestOptions][] = [
    ...paths.map((path): [string, RawRequestOptions] => [path, {}]),
    ['/register', { method: 'POST', headers: json, body: '{}' }],
    ['/token', { method: 'POST', headers: json, body: '{}' }],
    ['/register', { method: 'POST', headers: { ...json, ...bearer(generateKey()) }, body: '{}' }],
  ];

  it('do not exist where keys alone are accepted, and say so', async () => {
    const metadata: [string, RawRequestOptions][] = ['', '/mcp'].map((path) => [
      `/.well-known/oauth-protected-resource${path}`,
      {},
    ]);
    for (const [path, options] of [...requests, ...metadata]) {
      const { status, body, headers } = await send(keysOnly.url + path, options);
      expect(`${path} ${status}`).toBe(`${path} 404`);
      expect(headers['www-authenticate']).toBeUndefined();
      expect(descriptionOf(body)).toMatch(/takes keys.*dbx_/);
    }
  });

  it('say why a key is refused that the client sends when it tries to register itself', async () => {
    const { keys, url } = keysOnly;
    const revoked = keys.create({ name: 'brief', role: 'reader' });
    keys.revoke('brief');
    for (const [credential, reason] of [
      [revoked, /"brief" was revoked.*takes keys/],
      [key.slice(0, -1), /not a whole key.*takes keys/],
      [generateKey(), /not known here.*takes keys/],
      [key, /^This service has no sign-in/],
    ] as const) {
      const headers = { ...json, ...bearer(credential) };
      const { status, body } = await send(`${url}/register`, { ...initialize, headers });
      expect(status).toBe(404);
      expect(descriptionOf(body)).toMatch(reason);
    }
  });

  it('do not exist beside a provider either, which the metadata name', async () => {
    for (const [path, options] of requests) {
      const { status, body } = await send(withProvider.url + path, options);
      expect(`${path} ${status}`).toBe(`${path} 404`);
      expect(descriptionOf(body)).toContain('/.well-known/oauth-protected-resource');
    }
    for (const path of ['', '/mcp', '/mcp/']) {
      const { status } = await send(
        `${withProvider.url}/.well-known/oauth-protected-resource${path}`,
      );
      expect(status).toBe(200);
    }
  });
});

describe('the challenge', () => {
  it('has no error without a credential, or with one of another scheme', async () => {
    for (const authorization of [undefined, '', 'Basic YTpi', 'Digest x', 'Negotiate']) {
      for (const [service, challenge] of [
        [keysOnly, 'Bearer realm="Deedbox"'],
        [
          withProvider,
          'Bearer realm="Deedbox", scope="documents:read documents:sync", ' +
            `resource_metadata="${publicUrl}/.well-known/oauth-protected-resource/mcp"`,
        ],
      ] as const) {
        const headers = { ...json, ...(authorization !== undefined && { authorization }) };
        const refused = await send(`${service.url}/mcp`, { ...initialize, headers });
        expect(refused.status).toBe(401);
        expect(refused.headers['www-authenticate']).toBe(challenge);
        expect(JSON.parse(refused.body)).not.toHaveProperty('error');
        expect(descriptionOf(refused.body)).toMatch(/Authorization: Bearer/);
      }
    }
  });

  it('names the reason for a credential, and quotes what a header cannot hold', async () => {
    const expired = keysOnly.keys.create({
      name: 'Änne "A" \\',
      role: 'reader',
      expiresAt: new Date(0),
    });
    const refused = await send(`${keysOnly.url}/mcp`, {
      ...initialize,
      headers: { ...json, ...bearer(expired) },
    });
    expect(refused.headers['www-authenticate']).toBe(
      'Bearer realm="Deedbox", error="invalid_token", error_description="The key \\"?nne \\"A\\" \\\\\\" has expired. ' +
        'Ask your Deedbox administrator for another one."',
    );
    expect(descriptionOf(refused.body)).toContain('The key "Änne "A" \\" has expired.');
  });
});

describe('a credential that is sent again and again', () => {
  it('counts once, and is told its own reason each time', async () => {
    const service = await authenticatedService((close) => onTestFinished(close), {
      limits: { authFailuresPerMinute: 3 },
      provider,
    });
    const ask = (credential: string) =>
      send(`${service.url}/health`, { headers: bearer(credential) });
    const revoked = service.keys.create({ name: 'brief', role: 'reader' });
    service.keys.revoke('brief');
    const expired = await provider.token('ann@firm.example', { exp: 1000 });
    for (const [credential, reason] of [
      [revoked, /brief.* was revoked/],
      [expired, /has expired/],
    ] as const) {
      for (let n = 0; n < 10; n += 1) {
        const { status, body } = await ask(credential);
        expect(status).toBe(401);
        expect(body).toMatch(reason);
      }
    }
    expect((await ask(generateKey())).status).toBe(401);
    // new ones are limited, and those that were counted are not
    const guessed = generateKey();
    for (let n = 0; n < 2; n += 1) {
      const limited = await ask(guessed);
      expect(limited.status).toBe(429);
      expect(descriptionOf(limited.body)).toMatch(/not known here.*Too many credentials/);
    }
    expect((await ask(revoked)).status).toBe(401);
  });
});

describe('a valid token of somebody without a verified address', () => {
  it.each([
    ['not verified', { email_verified: false }, /verified/],
    ['not said to be verified', { email_verified: undefined }, /verified/],
    ['no address', { email: undefined }, /"email"/],
  ])(
    'is answered once, with the reason, and no invitation to sign in: %s',
    async (_, claims, why) => {
      const token = await provider.token('ann@firm.example', claims);
      const refused = await send(`${withProvider.url}/mcp`, {
        ...initialize,
        headers: { ...json, ...bearer(token) },
      });
      expect(refused.status).toBe(403);
      expect(refused.headers['www-authenticate']).toBeUndefined();
      expect(JSON.parse(refused.body)).toMatchObject({
        error: 'access_denied',
        error_description: expect.stringMatching(why) as string,
      });
    },
  );
});

describe('a client of the older transport', () => {
  const speaks = `Streamable HTTP: clients POST their messages to ${publicUrl}/mcp`;

  it('learns at every address which one is spoken, and where', async () => {
    const events = { accept: 'text/event-stream', ...bearer(key) };
    const tries: [string, RawRequestOptions, number][] = [
      ['/mcp', { headers: events }, 405],
      ['/mcp/', { headers: events }, 405],
      ['/mcp?transport=sse', { headers: events }, 405],
      ['/mcp', { headers: { ...bearer(key), accept: 'text/html' } }, 405],
      ['/mcp', { method: 'DELETE', headers: bearer(key) }, 405],
      ['/mcp', { method: 'PUT', headers: { ...json, ...bearer(key) }, body: '{}' }, 405],
      ['/sse', { headers: events }, 404],
      ['/sse', { headers: { accept: 'text/event-stream' } }, 404],
      ['/sse/', { headers: events }, 404],
      ['/mcp/sse', { headers: events }, 404],
      ['/messages?sessionId=x', { ...initialize, headers: { ...json, ...bearer(key) } }, 404],
      ['/nothing', { headers: events }, 404],
      ['/', { ...initialize, headers: { ...json, ...bearer(key) } }, 405],
    ];
    for (const [path, options, expected] of tries) {
      const { status, body, headers } = await send(keysOnly.url + path, options);
      expect(`${options.method ?? 'GET'} ${path}: ${status}`).toMatch(new RegExp(`${expected}$`));
      expect(body).toContain(speaks);
      if (expected === 405) expect(headers.allow).toBeTruthy();
    }
  });

  it('is served at the address with a slash at its end, if it speaks the newer one', async () => {
    const headers = { ...json, ...bearer(key) };
    const { status, body } = await send(`${keysOnly.url}/mcp/`, { ...initialize, headers });
    expect(status).toBe(200);
    expect(body).toContain('"serverInfo"');
  });
});

import { connect } from 'node:net';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { generateKey } from '../../src/access/api-key.ts';
import type { AuditEvent } from '../../src/request/audit-event.ts';
import { authenticatedService } from '../support/authenticated-service.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { IdentityProviderServer } from '../support/identity-provider.ts';
import { connectHttp, eras, initializeMessage } from '../support/mcp-client.ts';
import { bearer, json, send, type RawRequestOptions } from '../support/raw-http.ts';

let provider: IdentityProviderServer;
let service: Awaited<ReturnType<typeof authenticatedService>>;
let url: string;
let readerKey: string;
let adminKey: string;
const auditEvents: AuditEvent[] = [];

beforeAll(async () => {
  provider = await IdentityProviderServer.start();
  onFileFinished(() => provider.close());
  service = await authenticatedService(onFileFinished, {
    provider,
    publicUrl: 'https://deedbox.firm.example',
    limits: { revalidateMs: 50, authFailuresPerMinute: 1e6 },
    auditSink: (event) => void auditEvents.push(event),
  });
  ({ url } = service);
  readerKey = service.keys.create({ name: 'reader', role: 'reader', person: 'ann@firm.example' });
  adminKey = service.keys.create({ name: 'admin', role: 'admin' });
}, 60_000);

const message = (method: string, params: object = {}, id = 1) =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });
const initialize = JSON.stringify(initializeMessage);
const post = (credential: string | undefined, body = initialize, headers = {}) =>
  send(`${url}/mcp`, {
    method: 'POST',
    headers: { ...json, ...headers, ...(credential !== undefined && bearer(credential)) },
    body,
  });
const sync = message('tools/call', { name: 'sync_documents', arguments: {} }, 2);

async function session(credential: string): Promise<string> {
  const { status, headers } = await post(credential);
  expect(status).toBe(200);
  return String(headers['mcp-session-id']);
}

/** A stream of notifications that is held open, and whether it has ended. */
async function stream(credential: string, id: string) {
  const abortController = new AbortController();
  onTestFinished(() => abortController.abort());
  const opened = await fetch(`${url}/mcp`, {
    headers: { accept: 'text/event-stream', 'mcp-session-id': id, ...bearer(credential) },
    signal: abortController.signal,
  });
  expect(opened.status).toBe(200);
  let ended = false;
  const onEnd = () => void (ended = true);
  opened.text().then(onEnd, onEnd);
  return { ended: () => ended };
}

describe('without a valid credential', () => {
  const endpoints: [string, RawRequestOptions][] = [
    ['/mcp', { method: 'POST', headers: json, body: initialize }],
    ['/mcp', { method: 'POST', headers: json, body: message('tools/list') }],
    ['/mcp', { headers: { accept: 'text/event-stream' } }],
    ['/mcp', { method: 'DELETE', headers: { 'mcp-session-id': 'x' } }],
    ['/mcp', { method: 'OPTIONS' }],
    ['/mcp/', { method: 'POST', headers: json, body: initialize }],
    ['/', {}],
    ['/health', {}],
    ['/health', { method: 'POST' }],
    ['/health/live', { method: 'POST' }],
    ['/nothing', {}],
    ['/mcp/../health', {}],
    ['//health', {}],
    ['/%6dcp', { method: 'POST', headers: json, body: initialize }],
  ];

  async function invalidCredentials(): Promise<[string, string | undefined][]> {
    const { keys } = service;
    const expired = keys.create({
      name: 'expired',
      role: 'admin',
      expiresAt: new Date(Date.now() - 1000),
    });
    const revoked = keys.create({ name: 'revoked', role: 'admin' });
    keys.revoke('revoked');
    const token = (claims: Record<string, unknown>) => provider.token('ann@firm.example', claims);
    return [
      ['none', undefined],
      ['an empty one', ''],
      ['an unknown key', generateKey()],
      ['a mistyped key', adminKey.slice(0, -1)],
      ['an expired key', expired],
      ['a revoked key', revoked],
      ['a token for another audience', await token({ aud: 'https://elsewhere.example' })],
      ['an expired token', await token({ exp: 1000 })],
      ['a token of another issuer', await token({ iss: 'https://elsewhere.example' })],
      ['rubbish', 'rubbish'],
    ];
  }

  it('rejects every path and method', async () => {
    for (const [label, credential] of await invalidCredentials()) {
      for (const [path, sending] of endpoints) {
        const headers = {
          ...sending.headers,
          ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
        };
        const {
          status,
          body,
          headers: responseHeaders,
        } = await send(`${url}${path}`, { ...sending, headers });
        expect(`${label} at ${sending.method ?? 'GET'} ${path}: ${status}`).toMatch(/: 401$/);
        // no error code without a credential (RFC 6750, section 3.1)
        const error = credential ? 'invalid_token' : undefined;
        expect((JSON.parse(body) as { error?: string }).error).toBe(error);
        expect(responseHeaders['www-authenticate']).toMatch(
          credential ? /, error="invalid_token"/ : /^(?!.*error)/,
        );
        expect(responseHeaders['www-authenticate']).toContain(
          'resource_metadata="https://deedbox.firm.example/.well-known/oauth-protected-resource/mcp"',
        );
        // what a client must register to be able to call every tool
        expect(responseHeaders['www-authenticate']).toContain(
          'scope="documents:read documents:sync"',
        );
        if (credential)
          expect(body + String(responseHeaders['www-authenticate'])).not.toContain(credential);
      }
    }
  });

  it('serves liveness, readiness and where to sign in', async () => {
    const live = await send(`${url}/health/live`);
    expect([live.status, live.body]).toEqual([200, '{"status":"live"}']);
    const ready = await send(`${url}/health/ready`);
    expect([ready.status, ready.body]).toEqual([200, '{"status":"ready"}']);
    for (const path of ['', '/mcp']) {
      const { status, body } = await send(`${url}/.well-known/oauth-protected-resource${path}`);
      expect(status).toBe(200);
      expect(JSON.parse(body)).toEqual({
        resource: 'https://deedbox.firm.example/mcp',
        resource_name: 'Deedbox',
        authorization_servers: [provider.issuer],
        scopes_supported: ['documents:read', 'documents:sync'],
        bearer_methods_supported: ['header'],
      });
    }
  });

  it('reports the error to the SDK’s client', async () => {
    await expect(connectHttp(url, '2025-11-25')).rejects.toThrow(/A key or a token is needed/);
    await expect(connectHttp(url, '2026-07-28')).rejects.toThrow();
  });

  it('answers 503 and not 401 while the provider cannot be reached', async () => {
    const fresh = await authenticatedService((close) => onTestFinished(close), { provider });
    provider.isUp = false;
    try {
      const token = await provider.token('ann@firm.example');
      const answer = await send(`${fresh.url}/health`, { headers: bearer(token) });
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toBe('5');
      expect(JSON.parse(answer.body)).toMatchObject({ error: 'temporarily_unavailable' });
    } finally {
      provider.isUp = true;
    }
  });
});

describe.each(eras)('with a key or a token, over %s', (era) => {
  it('answers as the person, and audits the call under their name', async () => {
    const token = await provider.token('bob@firm.example');
    for (const [credential, name] of [
      [readerKey, 'reader'],
      [token, 'bob@firm.example'],
    ] as const) {
      const client = await connectHttp(url, era, undefined, bearer(credential));
      expect((await client.listTools()).tools).toHaveLength(6);
      auditEvents.length = 0;
      const result = await client.callTool({ name: 'search_documents', arguments: {} });
      expect(result.structuredContent).toMatchObject({ total: 0 });
      expect(auditEvents).toMatchObject([
        {
          event: 'tool',
          name: 'search_documents',
          caller: { name },
          from: { transport: 'http', address: '127.0.0.1' },
        },
      ]);
      expect(JSON.stringify(auditEvents)).not.toContain(credential);
      await client.readResource({ uri: 'deedbox://register' });
      expect(auditEvents[1]).toMatchObject({ event: 'resource', name: 'deedbox://register' });
    }
  });

  it('lets an admin start a sync, and no reader', async () => {
    const asReader = await connectHttp(url, era, undefined, bearer(readerKey));
    const refused = await asReader.callTool({ name: 'sync_documents', arguments: {} });
    expect(refused.isError).toBe(true);
    expect(JSON.stringify(refused.content)).toMatch(/Error forbidden.*role admin/);
    const asAdmin = await connectHttp(url, era, undefined, bearer(adminKey));
    const allowed = await asAdmin.callTool({ name: 'sync_documents', arguments: {} });
    expect(allowed.isError).toBeFalsy();
  });

  it('challenges a token without the scope of a tool', async () => {
    const none = await provider.token('ann@firm.example', { scope: 'openid' });
    await expect(connectHttp(url, era, undefined, bearer(none))).rejects.toThrow();
    const reads = await provider.token('ann@firm.example');
    const client = await connectHttp(url, era, undefined, bearer(reads));
    await expect(client.callTool({ name: 'sync_documents', arguments: {} })).rejects.toMatchObject({
      requiredScope: 'documents:read documents:sync',
    });
    const both = await provider.token('ann@firm.example', {
      scope: 'documents:read documents:sync',
    });
    const more = await connectHttp(url, era, undefined, bearer(both));
    expect((await more.callTool({ name: 'sync_documents', arguments: {} })).isError).toBeFalsy();
  });
});

describe('a missing scope', () => {
  it('answers 403 with the required scopes', async () => {
    const none = await provider.token('ann@firm.example', { scope: 'openid' });
    const read = await post(none);
    expect(read.status).toBe(403);
    expect(read.headers['www-authenticate']).toMatch(
      /error="insufficient_scope".*scope="documents:read documents:sync"/,
    );
    const reads = await provider.token('ann@firm.example');
    const id = await session(reads);
    const write = await post(reads, sync, { 'mcp-session-id': id });
    expect(write.status).toBe(403);
    expect(write.headers['www-authenticate']).toContain('scope="documents:read documents:sync"');
    expect(write.headers['www-authenticate']).toContain('resource_metadata=');
  });
});

describe('sessions', () => {
  const ping = message('ping', {}, 9);

  it('are unknown with any other credential, and without one', async () => {
    const id = await session(readerKey);
    const other = service.keys.create({
      name: 'other',
      role: 'reader',
      person: 'ann@firm.example',
    });
    const token = await provider.token('bob@firm.example');
    expect((await post(readerKey, ping, { 'mcp-session-id': id })).status).toBe(200);
    for (const credential of [adminKey, other, token]) {
      expect((await post(credential, ping, { 'mcp-session-id': id })).status).toBe(404);
      const listening = { accept: 'text/event-stream', 'mcp-session-id': id };
      const received = await send(`${url}/mcp`, {
        headers: { ...listening, ...bearer(credential) },
      });
      expect(received.status).toBe(404);
      const ended = await send(`${url}/mcp`, {
        method: 'DELETE',
        headers: { 'mcp-session-id': id, ...bearer(credential) },
      });
      expect(ended.status).toBe(404);
    }
    expect((await post(undefined, ping, { 'mcp-session-id': id })).status).toBe(401);
    expect((await post(readerKey, ping, { 'mcp-session-id': id })).status).toBe(200);
  });

  it('continue with another token of the same person', async () => {
    const id = await session(await provider.token('carl@firm.example'));
    const next = await provider.token('carl@firm.example', { jti: 'another' });
    expect((await post(next, ping, { 'mcp-session-id': id })).status).toBe(200);
  });

  it('end with their streams when the key is revoked', async () => {
    const key = service.keys.create({ name: 'brief', role: 'reader', person: 'ann@firm.example' });
    const id = await session(key);
    const listening = await stream(key, id);
    const otherStream = await stream(readerKey, await session(readerKey));
    expect(listening.ended()).toBe(false);
    service.keys.revoke('brief');
    const refused = await post(key, ping, { 'mcp-session-id': id });
    expect(refused.status).toBe(401);
    expect(refused.body).toContain('was revoked');
    await expect.poll(listening.ended).toBe(true);
    expect(otherStream.ended()).toBe(false);
  });
});

describe('limits', () => {
  const limited = async (limits: object) => {
    const limitedService = await authenticatedService((close) => onTestFinished(close), { limits });
    const one = limitedService.keys.create({ name: 'one', role: 'reader' });
    const two = limitedService.keys.create({ name: 'two', role: 'reader' });
    const ask = (key: string) => send(`${limitedService.url}/health`, { headers: bearer(key) });
    const open = (key: string) =>
      send(`${limitedService.url}/mcp`, {
        method: 'POST',
        headers: { ...json, ...bearer(key) },
        body: initialize,
      });
    const listen = async (key: string) => {
      const id = String((await open(key)).headers['mcp-session-id']);
      const abortController = new AbortController();
      onTestFinished(() => abortController.abort());
      const { status } = await fetch(`${limitedService.url}/mcp`, {
        headers: { accept: 'text/event-stream', 'mcp-session-id': id, ...bearer(key) },
        signal: abortController.signal,
      });
      return { status, held: abortController };
    };
    return { one, two, ask, open, listen };
  };

  it('apply to the requests of each caller, and say how long to wait', async () => {
    const { one, two, ask } = await limited({ requestsPerMinute: 60, burst: 5 });
    for (let n = 0; n < 5; n += 1) expect((await ask(one)).status).toBe(200);
    const refused = await ask(one);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBe(1);
    expect((await ask(two)).status).toBe(200);
    await expect.poll(async () => (await ask(one)).status).toBe(200);
  });

  it('apply to the open requests of each caller, and of all together', async () => {
    const { one, two, ask, listen } = await limited({ maxOpenPerCaller: 2, maxOpenTotal: 3 });
    const [first] = [await listen(one), await listen(one)];
    expect((await ask(one)).status).toBe(429);
    expect((await ask(two)).status).toBe(200);
    await listen(two);
    expect((await ask(two)).status).toBe(503);
    first.held.abort();
    await expect.poll(async () => (await ask(two)).status).toBe(200);
  });

  it('apply to the sessions of each caller, and of all together', async () => {
    const { one, two, open, listen } = await limited({
      maxSessionsPerCaller: 2,
      maxSessionsTotal: 3,
    });
    expect((await listen(one)).status).toBe(200);
    expect((await listen(one)).status).toBe(200);
    expect((await open(one)).status).toBe(429);
    expect((await listen(two)).status).toBe(200);
    expect((await open(two)).status).toBe(503);
  });

  it('close an idle session of another caller where there are too many', async () => {
    const { one, two, open } = await limited({ maxSessionsTotal: 2 });
    for (const key of [one, one, two, two]) expect((await open(key)).status).toBe(200);
  });
});

describe('slow and broken connections', () => {
  /** What a socket receives that sends this and then nothing, and after how many milliseconds it ends. */
  async function sendPartially(
    to: string,
    sent: string,
  ): Promise<{ received: string; elapsedMs: number }> {
    const began = Date.now();
    const socket = connect(Number(new URL(to).port), '127.0.0.1');
    let received = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
    socket.write(sent);
    await new Promise((resolve) => socket.once('close', resolve));
    return { received, elapsedMs: Date.now() - began };
  }

  it('are closed, while others are served', async () => {
    const limitedService = await authenticatedService((close) => onTestFinished(close), {
      limits: { headersTimeoutMs: 200, requestTimeoutMs: 600 },
    });
    const key = limitedService.keys.create({ name: 'one', role: 'reader' });
    const requestHead = (length: number) =>
      `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\ncontent-length: ${length}\r\n\r\n`;
    const slow = [
      sendPartially(limitedService.url, 'POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\n'),
      sendPartially(limitedService.url, `${requestHead(1000)}{"jsonrpc"`),
      sendPartially(limitedService.url, 'rubbish\r\n\r\n'),
      sendPartially(
        limitedService.url,
        `GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`,
      ),
    ];
    const fine = await send(`${limitedService.url}/health`, { headers: bearer(key) });
    expect(fine.status).toBe(200);
    const [half, body, rubbish, long] = await Promise.all(slow);
    expect(half!.received).toMatch(/^HTTP\/1\.1 408/);
    expect(body!.received).toMatch(/^HTTP\/1\.1 408/);
    expect(rubbish!.received).toMatch(/^HTTP\/1\.1 400/);
    expect(long!.received).toMatch(/^HTTP\/1\.1 431/);
    for (const { elapsedMs } of [half!, body!, rubbish!, long!])
      expect(elapsedMs).toBeLessThan(5000);
  });
});

describe('allowed host names', () => {
  it('are its own and that of the public URL', async () => {
    const status = async (headers: Record<string, string>) =>
      (await send(`${url}/health`, { headers: { ...bearer(adminKey), ...headers } })).status;
    for (const host of ['deedbox.firm.example', 'localhost:1', '127.0.0.1', '[::1]:7331']) {
      expect(await status({ host })).toBe(200);
    }
    for (const host of [
      'evil.example',
      'deedbox.firm.example.evil.example',
      '127.0.0.1.evil.example',
      '0.0.0.0',
    ]) {
      expect(await status({ host })).toBe(403);
    }
    expect(await status({ host: 'evil.example@127.0.0.1:1x' })).toBe(400);
    expect(await status({ origin: 'https://deedbox.firm.example' })).toBe(200);
    for (const origin of ['https://evil.example', 'null', 'https://firm.example', 'file://']) {
      expect(await status({ origin })).toBe(403);
    }
    const live = await send(`${url}/health/live`, { headers: { host: 'evil.example' } });
    expect(live.status).toBe(403);
  });
});

describe('closing', () => {
  it.each(eras)(
    'waits for a running call, rejects new ones, and closes streams (%s)',
    async (era) => {
      const closing = await authenticatedService(() => {}, { syncTimeoutMs: 1000 });
      const key = closing.keys.create({ name: 'admin', role: 'admin' });
      await closing.reader.store.addSource(`folder:${closing.data}`);
      const client = await connectHttp(closing.url, era, undefined, bearer(key));
      const listener = await connectHttp(closing.url, era, undefined, bearer(key));
      if (era === '2026-07-28') await listener.listen({ resourceSubscriptions: [] });
      const running = client.callTool({ name: 'sync_documents', arguments: {} });
      await expect
        .poll(async () => (await closing.reader.store.sync())?.state, { timeout: 5000 })
        .toBe('waiting');
      const began = Date.now();
      const closed = closing.service.close();
      await expect(client.listTools()).rejects.toThrow();
      expect((await running).isError).toBeFalsy();
      await closed;
      expect(Date.now() - began).toBeLessThan(5000);
      await expect(send(`${closing.url}/health/live`)).rejects.toThrow();
      closing.keys.close();
      await closing.reader.close();
    },
  );
});

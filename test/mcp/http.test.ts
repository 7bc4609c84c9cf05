import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { KeyStore } from '../../src/access/key-store.ts';
import { Authenticator } from '../../src/access/authenticator.ts';
import { openRequestServices, openSearchEngine } from '../../src/composition/app.ts';
import { readConfig } from '../../src/settings/config.ts';
import type { RequestContext } from '../../src/request/context.ts';
import { serveHttp } from '../../src/mcp/http.ts';
import { temporaryFolder } from '../support/cli.ts';
import { connectHttp, eras, initializeMessage } from '../support/mcp-client.ts';
import { json, send as sendTo, type RawRequestOptions } from '../support/raw-http.ts';
import { serveWorkspace } from '../support/sample-service.ts';

const openAuthenticatorAt = (dataFolder: string) =>
  new Authenticator({ dataFolder, principal: 'unrestricted' });

let url: string;
let services: Awaited<ReturnType<typeof serveWorkspace>>['services'];

beforeAll(async () => {
  const folder = temporaryFolder(() => {});
  ({ url, services } = await serveWorkspace(folder));
}, 60_000);

/** What a service needs besides an address. */
const baseOptions = () => ({
  services: (context: RequestContext) =>
    openRequestServices({ ...services, ensureWorker: () => {} }, context),
  authenticator: openAuthenticatorAt(temporaryFolder()),
});

const send = (
  path: string,
  { base = url, ...options }: RawRequestOptions & { base?: string } = {},
) => sendTo(new URL(path, base).href, options);

const initialize = JSON.stringify(initializeMessage);

describe('the service', () => {
  it('rejects other hosts and origins on every path', async () => {
    for (const path of ['/mcp', '/health', '/']) {
      const rebound = await send(path, { headers: { host: 'evil.example:7331' } });
      expect(rebound.status).toBe(403);
      const foreign = await send(path, { headers: { origin: 'https://evil.example' } });
      expect(foreign.status).toBe(403);
      const opaque = await send(path, { headers: { origin: 'null' } });
      expect(opaque.status).toBe(403);
    }
    const post = { method: 'POST', body: initialize };
    expect(
      (await send('/mcp', { ...post, headers: { ...json, host: 'evil.example' } })).status,
    ).toBe(403);
    expect((await send('/mcp', { ...post, headers: { ...json, origin: url } })).status).toBe(200);
  });

  it.each(['0.0.0.0', '::', '192.168.1.10', 'example.org'])(
    'does not listen on %s without credentials',
    async (host) => {
      await expect(serveHttp({ ...baseOptions(), host, port: 0 })).rejects.toMatchObject({
        code: 'invalid_configuration',
        message: expect.stringContaining(host),
      });
    },
  );

  it('serves no public URL without credentials, as a proxy on this machine would pass it to everybody', async () => {
    const options = { ...baseOptions(), host: '127.0.0.1', port: 0 };
    await expect(
      serveHttp({ ...options, publicUrl: 'https://deedbox.firm.example' }),
    ).rejects.toMatchObject({
      code: 'invalid_configuration',
      message: expect.stringContaining('https://deedbox.firm.example'),
    });
    const local = await serveHttp({ ...options, publicUrl: 'http://localhost:8080' });
    await local.close();
  });

  it('listens on other addresses with credentials and a public URL', async () => {
    const data = temporaryFolder();
    const keys = new KeyStore(data);
    onTestFinished(() => keys.close());
    const publicOptions = {
      ...baseOptions(),
      authenticator: openAuthenticatorAt(data),
      host: '0.0.0.0',
      port: 0,
    };
    const namedOptions = { ...publicOptions, publicUrl: 'https://deedbox.firm.example' };
    await expect(serveHttp(namedOptions)).rejects.toThrow(/does not listen/);
    const key = keys.create({ name: 'x', role: 'reader' });
    await expect(serveHttp(publicOptions)).rejects.toMatchObject({
      hint: expect.stringContaining('DEEDBOX_PUBLIC_URL'),
    });
    const service = await serveHttp(namedOptions);
    onTestFinished(() => service.close());
    const host = 'deedbox.firm.example';
    const ask = (headers: Record<string, string>) =>
      send('/health', { base: service.url, headers });
    expect((await ask({ host })).status).toBe(401);
    expect((await ask({ host, authorization: `Bearer ${key}` })).status).toBe(200);
    keys.revoke('x');
    await expect(serveHttp(namedOptions)).rejects.toThrow(/does not listen/);
  });

  it('reports a port that is in use', async () => {
    const port = Number(new URL(url).port);
    await expect(serveHttp({ ...baseOptions(), host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'invalid_configuration',
      message: expect.stringContaining(`Port ${port}`),
    });
  });

  it('checks a call before it opens the services, which may ask a directory', async () => {
    let opened = 0;
    const options = baseOptions();
    const service = await serveHttp({
      ...options,
      services: (context) => {
        opened += 1;
        return options.services(context);
      },
      host: '127.0.0.1',
      port: 0,
    });
    onTestFinished(() => service.close());
    const client = await connectHttp(service.url, '2026-07-28');
    const call = (limit: unknown) =>
      client.callTool({ name: 'search_documents', arguments: { limit } });
    await call(1);
    const openedBefore = opened;
    expect(await call('many')).toMatchObject({ isError: true });
    expect(opened).toBe(openedBefore);
    await call(1);
    expect(opened).toBeGreaterThan(openedBefore);
  });

  it('rejects a body that is too large, and one that is not JSON', async () => {
    const huge = await send('/mcp', {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'x', params: 'x'.repeat(2 ** 20) }),
    });
    expect(huge.status).toBe(413);
    const broken = await send('/mcp', { method: 'POST', headers: json, body: '{"jsonrpc"' });
    expect(broken.status).toBe(400);
    expect(JSON.parse(broken.body).error.code).toBe(-32_700);
    const form = await send('/mcp', {
      method: 'POST',
      headers: { ...json, 'content-type': 'text/plain' },
      body: initialize,
    });
    expect(form.status).toBe(415);
  });
});

describe('sessions', () => {
  it('are separate, end with DELETE, and are rejected when unknown', async () => {
    const opened = await send('/mcp', { method: 'POST', headers: json, body: initialize });
    const session = String(opened.headers['mcp-session-id']);
    const ping = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'ping' });
    const ask = (id: string) =>
      send('/mcp', { method: 'POST', headers: { ...json, 'mcp-session-id': id }, body: ping });
    expect((await ask(session)).status).toBe(200);
    expect((await ask('00000000-0000-4000-8000-000000000000')).status).toBe(404);
    expect((await send('/mcp', { method: 'POST', headers: json, body: ping })).status).toBe(400);
    const ended = await send('/mcp', {
      method: 'DELETE',
      headers: { 'mcp-session-id': session },
    });
    expect(ended.status).toBe(200);
    expect((await ask(session)).status).toBe(404);
  });

  it('are limited: an idle one is closed, a busy one is kept', async () => {
    const { url: limitedService } = await serveWorkspace(
      temporaryFolder(() => {}),
      {
        limits: { maxSessionsPerCaller: 2 },
      },
    );
    const open = async () => {
      const answer = await send('/mcp', {
        method: 'POST',
        headers: json,
        body: initialize,
        base: limitedService,
      });
      return { status: answer.status, id: String(answer.headers['mcp-session-id']) };
    };
    const listen = async (id: string) => {
      const abortController = new AbortController();
      onTestFinished(() => abortController.abort());
      const stream = await fetch(`${limitedService}/mcp`, {
        headers: { accept: 'text/event-stream', 'mcp-session-id': id },
        signal: abortController.signal,
      });
      expect(stream.status).toBe(200);
      return abortController;
    };
    const first = await open();
    const second = await open();
    await listen(second.id);
    const third = await open();
    expect(third.status).toBe(200);
    expect(
      (
        await send('/mcp', {
          method: 'POST',
          headers: { ...json, 'mcp-session-id': first.id },
          body: JSON.stringify({ jsonrpc: '2.0', id: 3, method: 'ping' }),
          base: limitedService,
        })
      ).status,
    ).toBe(404);
    const stream = await listen(third.id);
    expect((await open()).status).toBe(429);
    stream.abort();
    await expect.poll(async () => (await open()).status).toBe(200);
  });

  it('that are idle for too long are closed', async () => {
    const { url: shortIdleService } = await serveWorkspace(
      temporaryFolder(() => {}),
      { limits: { idleTimeoutMs: 50 } },
    );
    const opened = await send('/mcp', {
      method: 'POST',
      headers: json,
      body: initialize,
      base: shortIdleService,
    });
    expect(opened.status).toBe(200);
    const sessions = async () =>
      JSON.parse((await send('/health', { base: shortIdleService })).body).sessions;
    await expect.poll(sessions).toBe(0);
  });

  it('open a stream again at once after the client dropped it', async () => {
    const opened = await send('/mcp', { method: 'POST', headers: json, body: initialize });
    const headers = {
      accept: 'text/event-stream',
      'mcp-session-id': String(opened.headers['mcp-session-id']),
    };
    const firstAbort = new AbortController();
    expect((await fetch(`${url}/mcp`, { headers, signal: firstAbort.signal })).status).toBe(200);
    firstAbort.abort();
    const secondAbort = new AbortController();
    onTestFinished(() => secondAbort.abort());
    await expect
      .poll(async () => (await fetch(`${url}/mcp`, { headers, signal: secondAbort.signal })).status)
      .toBe(200);
  });
});

describe('routes for people and for monitoring', () => {
  it('GET /health counts documents and jobs', async () => {
    const { status, body } = await send('/health');
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      ok: true,
      documents: 0,
      files: { pending: 0, indexed: 0, failed: 0, ignored: 0 },
      queue: { waiting: 0, active: 0, failed: 0 },
    });
  });

  it('GET / shows how to connect, and loads nothing from elsewhere', async () => {
    const { status, body, headers } = await send('/');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/html/);
    expect(body).toMatch(/^<!doctype html>/);
    expect(body).toContain(`${url}/mcp`);
    expect(body).toContain('&quot;DEEDBOX_URL&quot;');
    expect(body).not.toMatch(/<script|<link|<img|https:/);
    const tags = [
      ...body.matchAll(/<(\/?)(html|head|body|title|style|h1|h2|p|dl|dt|dd|pre|ul|li|code)\b/g),
    ];
    const balance = new Map<string, number>();
    for (const [, close, tag] of tags) {
      balance.set(tag!, (balance.get(tag!) ?? 0) + (close === '/' ? -1 : 1));
    }
    expect([...balance.values()].every((count) => count === 0)).toBe(true);
  });

  it('every response forbids browsers to run, frame, guess or store anything of it', async () => {
    const post = { method: 'POST', headers: { ...json }, body: initialize };
    const responses = {
      page: await send('/'),
      state: await send('/health'),
      live: await send('/health/live'),
      metrics: await send('/metrics'),
      missing: await send('/etc/passwd'),
      wrongHost: await send('/', { headers: { host: 'evil.example' } }),
      ambiguous: await send('/', { headers: { host: 'a, b' } }),
      answer: await send('/mcp', post),
      noMessage: await send('/mcp', { ...post, body: '{' }),
      unknownSession: await send('/mcp', {
        ...post,
        headers: { ...json, 'mcp-session-id': 'nothing' },
      }),
    };
    for (const [name, { headers }] of Object.entries(responses)) {
      const policy = headers['content-security-policy'];
      for (const part of ['default-src', 'base-uri', 'form-action', 'frame-ancestors']) {
        expect(policy, name).toContain(`${part} 'none'`);
      }
      expect(headers['x-content-type-options'], name).toBe('nosniff');
      expect(headers['referrer-policy'], name).toBe('no-referrer');
      // a stream of events says itself that it is not to be cached
      expect(headers['cache-control'], name).toMatch(/^no-store|^no-cache/);
    }
  });

  it('other paths and methods are rejected', async () => {
    expect((await send('/etc/passwd')).status).toBe(404);
    expect((await send('/', { method: 'POST' })).status).toBe(405);
  });
});

it.each(eras)('closes the connections of its clients when it closes (%s)', async (era) => {
  const reader = await openSearchEngine(readConfig({ DEEDBOX_DATA: temporaryFolder() }));
  onTestFinished(() => reader.close());
  const service = await serveHttp({
    services: (context) => openRequestServices({ ...reader, ensureWorker: () => {} }, context),
    authenticator: openAuthenticatorAt(temporaryFolder()),
    host: '::1',
    port: 0,
  });
  expect(service.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  const client = await connectHttp(service.url, era);
  expect((await client.listTools()).tools.length).toBe(6);
  await service.close();
  await expect(fetch(`${service.url}/health`)).rejects.toThrow();
});

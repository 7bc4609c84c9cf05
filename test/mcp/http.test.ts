import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Keys } from '../../src/access/keys.ts';
import { Door } from '../../src/access/door.ts';
import { openReader, servicesOf } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { serveHttp } from '../../src/mcp/http.ts';
import { temporaryFolder } from '../support/cli.ts';
import { connectHttp, eras, initializeMessage } from '../support/mcp-client.ts';
import { json, send as sendTo, type Sending } from '../support/raw-http.ts';
import { serveArchive } from '../support/sample-service.ts';

const openDoorAt = (dataFolder: string) => new Door({ dataFolder, asker: 'everything' });

let url: string;
let services: Awaited<ReturnType<typeof serveArchive>>['services'];

beforeAll(async () => {
  const folder = temporaryFolder(() => {});
  ({ url, services } = await serveArchive(folder));
}, 60_000);

/** What a service needs besides an address. */
const answering = () => ({
  services: servicesOf(services, () => {}),
  door: openDoorAt(temporaryFolder()),
});

const send = (path: string, { base = url, ...options }: Sending & { base?: string } = {}) =>
  sendTo(new URL(path, base).href, options);

const initialize = JSON.stringify(initializeMessage);

describe('the door', () => {
  it('is closed to other hosts and origins, on every path', async () => {
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

  it.each(['0.0.0.0', '::', '192.168.1.10', 'example.org'])('does not open on %s', async (host) => {
    await expect(serveHttp({ ...answering(), host, port: 0 })).rejects.toMatchObject({
      code: 'invalid_configuration',
      message: expect.stringContaining(host),
    });
  });

  it('opens elsewhere where it can tell who asks, and knows its name', async () => {
    const data = temporaryFolder();
    const keys = new Keys(data);
    onTestFinished(() => keys.close());
    const elsewhere = { ...answering(), door: openDoorAt(data), host: '0.0.0.0', port: 0 };
    const named = { ...elsewhere, publicUrl: 'https://deedbox.firm.example' };
    await expect(serveHttp(named)).rejects.toThrow(/does not listen/);
    const key = keys.create({ name: 'x', role: 'reader' });
    await expect(serveHttp(elsewhere)).rejects.toMatchObject({
      hint: expect.stringContaining('DEEDBOX_PUBLIC_URL'),
    });
    const service = await serveHttp(named);
    onTestFinished(() => service.close());
    const host = 'deedbox.firm.example';
    const ask = (headers: Record<string, string>) =>
      send('/health', { base: service.url, headers });
    expect((await ask({ host })).status).toBe(401);
    expect((await ask({ host, authorization: `Bearer ${key}` })).status).toBe(200);
    keys.revoke('x');
    await expect(serveHttp(named)).rejects.toThrow(/does not listen/);
  });

  it('says so when its port is in use', async () => {
    const port = Number(new URL(url).port);
    await expect(serveHttp({ ...answering(), host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'invalid_configuration',
      message: expect.stringContaining(`Port ${port}`),
    });
  });

  it('refuses a body that is too large, and one that is not JSON', async () => {
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
  it('are told apart, end with DELETE, and are refused when unknown', async () => {
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

  it('are at most so many: the idle make room, the busy are kept', async () => {
    const { url: small } = await serveArchive(
      temporaryFolder(() => {}),
      {
        limits: { sessions: 2 },
      },
    );
    const open = async () => {
      const answer = await send('/mcp', {
        method: 'POST',
        headers: json,
        body: initialize,
        base: small,
      });
      return { status: answer.status, id: String(answer.headers['mcp-session-id']) };
    };
    const listen = async (id: string) => {
      const held = new AbortController();
      onTestFinished(() => held.abort());
      const stream = await fetch(`${small}/mcp`, {
        headers: { accept: 'text/event-stream', 'mcp-session-id': id },
        signal: held.signal,
      });
      expect(stream.status).toBe(200);
      return held;
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
          base: small,
        })
      ).status,
    ).toBe(404);
    const stream = await listen(third.id);
    expect((await open()).status).toBe(503);
    stream.abort();
    await expect.poll(async () => (await open()).status).toBe(200);
  });

  it('that nobody uses are closed', async () => {
    const { url: brief } = await serveArchive(
      temporaryFolder(() => {}),
      { limits: { idle: 50 } },
    );
    const opened = await send('/mcp', {
      method: 'POST',
      headers: json,
      body: initialize,
      base: brief,
    });
    expect(opened.status).toBe(200);
    const sessions = async () => JSON.parse((await send('/health', { base: brief })).body).sessions;
    await expect.poll(sessions).toBe(0);
  });

  it('take a stream up again at once after the client dropped it', async () => {
    const opened = await send('/mcp', { method: 'POST', headers: json, body: initialize });
    const headers = {
      accept: 'text/event-stream',
      'mcp-session-id': String(opened.headers['mcp-session-id']),
    };
    const dropped = new AbortController();
    expect((await fetch(`${url}/mcp`, { headers, signal: dropped.signal })).status).toBe(200);
    expect((await fetch(`${url}/mcp`, { headers })).status).toBe(409);
    dropped.abort();
    const again = new AbortController();
    onTestFinished(() => again.abort());
    await expect
      .poll(async () => (await fetch(`${url}/mcp`, { headers, signal: again.signal })).status)
      .toBe(200);
  });
});

describe('pages for people and for checks', () => {
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

  it('GET / says what to paste where, and loads nothing from elsewhere', async () => {
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

  it('other paths and methods are refused', async () => {
    expect((await send('/etc/passwd')).status).toBe(404);
    expect((await send('/', { method: 'POST' })).status).toBe(405);
  });
});

it.each(eras)('a service that closes lets its clients go (%s)', async (era) => {
  const reader = await openReader(readConfig({ DEEDBOX_DATA: temporaryFolder() }));
  onTestFinished(() => reader.close());
  const service = await serveHttp({
    services: servicesOf(reader, () => {}),
    door: openDoorAt(temporaryFolder()),
    host: '::1',
    port: 0,
  });
  expect(service.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  const client = await connectHttp(service.url, era);
  expect((await client.listTools()).tools.length).toBe(6);
  await service.close();
  await expect(fetch(`${service.url}/health`)).rejects.toThrow();
});

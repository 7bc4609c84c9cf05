import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { LimitName } from '../../src/mcp/rate-limit-error.ts';
import type { AuditEvent } from '../../src/request/audit-event.ts';
import { authenticatedService } from '../support/authenticated-service.ts';
import { temporaryFolder } from '../support/cli.ts';
import { connectHttp, eras, initializeMessage } from '../support/mcp-client.ts';
import { bearer, json, type RawResponse, send } from '../support/raw-http.ts';
import { serveWorkspace } from '../support/sample-service.ts';

const initialize = JSON.stringify(initializeMessage);
const auditEvents: AuditEvent[] = [];
const reachedLimits: LimitName[] = [];

beforeEach(() => void (auditEvents.length = reachedLimits.length = 0));

const message = (method: string, params: object = {}, id = 2) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});
const search = (id = 2) =>
  message('tools/call', { name: 'search_documents', arguments: { query: 'notice' } }, id);

/** A service with two keys, of two callers. */
async function limitedService(limits: object) {
  const service = await authenticatedService((close) => onTestFinished(close), {
    limits,
    auditSink: (event) => void auditEvents.push(event),
    onLimitReached: (limit) => void reachedLimits.push(limit),
  });
  const create = (name: string) => service.keys.create({ name, role: 'reader' });
  const [one, two] = [create('one'), create('two')];
  const post = (key: string, body: unknown, headers: Record<string, string> = {}) =>
    send(`${service.url}/mcp`, {
      method: 'POST',
      headers: { ...json, ...bearer(key), ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const session = async (key: string) => {
    const { headers } = await post(key, initialize);
    return { 'mcp-session-id': String(headers['mcp-session-id']) };
  };
  return { ...service, one, two, post, session };
}

/** The text of a refusal, which has to name the limit and to say when to try again. */
function expectRefusal({ status, headers, body }: RawResponse, setting: string): string {
  expect(status).toBe(429);
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect(body).toContain(setting);
  return body;
}

describe('JSON-RPC batches', () => {
  it('are refused, with or without a session, and run no call in them', async () => {
    const { one, post, session } = await limitedService({});
    const batch = Array.from({ length: 100 }, (_, id) => search(id));
    for (const headers of [{}, await session(one), { 'mcp-protocol-version': '2026-07-28' }]) {
      for (const messages of [batch, [search()], [initializeMessage], []]) {
        const refused = await post(one, messages, headers as Record<string, string>);
        expect(refused.status).toBe(400);
        expect(JSON.parse(refused.body)).toMatchObject({
          error: { code: -32_600, message: expect.stringMatching(/^Batches are not supported/) },
        });
      }
    }
    expect(auditEvents).toEqual([]);
  });
});

describe('calls', () => {
  it.each(eras)('are limited apart from other requests (%s)', async (era) => {
    const service = await limitedService({ callsPerMinute: 1 });
    const client = await connectHttp(service.url, era, onTestFinished, bearer(service.one));
    const calls = [
      () => client.callTool({ name: 'search_documents', arguments: {} }),
      () => client.readResource({ uri: 'deedbox://register' }),
      () => client.listResources(),
      () => client.getPrompt({ name: 'expiring_contracts', arguments: { days: '90' } }),
      () =>
        client.complete({
          ref: { type: 'ref/prompt', name: 'nda_check' },
          argument: { name: 'client', value: 'a' },
        }),
    ];
    // 20 at once
    for (let round = 0; round < 4; round += 1) for (const call of calls) await call();
    for (const call of calls) await expect(call()).rejects.toThrow('DEEDBOX_CALLS_PER_MINUTE');
    expect(reachedLimits).toEqual(calls.map(() => 'calls'));
    expect((await client.listTools()).tools.length).toBeGreaterThan(0);
    const other = await connectHttp(service.url, era, onTestFinished, bearer(service.two));
    await other.callTool({ name: 'search_documents', arguments: {} });
  });

  it('that wait are limited for each caller, also when their connections are gone', async () => {
    const service = await limitedService({ maxPendingCalls: 3 });
    const { one, two, post, session, reader } = service;
    const headers = await session(one);
    let release = () => {};
    const blocked = new Promise<void>((resolve) => (release = resolve));
    const open = reader.scopedIndexFor.bind(reader);
    let waiting = 0;
    const spy = vi.spyOn(reader, 'scopedIndexFor').mockImplementation(async (principal) => {
      waiting += 1;
      await blocked;
      return open(principal);
    });
    for (let id = 10; id < 13; id += 1) {
      const abort = new AbortController();
      const sent = await fetch(`${service.url}/mcp`, {
        method: 'POST',
        headers: { ...json, ...bearer(one), ...headers },
        body: JSON.stringify(search(id)),
        signal: abort.signal,
      });
      expect(sent.status).toBe(200);
      await expect.poll(() => waiting).toBe(id - 9);
      abort.abort();
    }
    for (const call of [search(20), message('resources/read', { uri: 'deedbox://register' }, 21)]) {
      expectRefusal(await post(one, call, headers), 'DEEDBOX_PENDING_CALLS');
    }
    spy.mockImplementation(open);
    const answer = await post(two, search(), await session(two));
    expect(answer.body).toContain('structuredContent');
    release();
    await expect.poll(async () => (await post(one, search(30), headers)).status).toBe(200);
    expect(auditEvents.map(({ caller }) => caller.name)).toContain('one');
  });
});

it('callers take turns with calls of every kind, and one alone cannot use all turns', async () => {
  const { one, two, post, session, reader } = await limitedService({});
  let release = () => {};
  const blocked = new Promise<void>((resolve) => (release = resolve));
  onTestFinished(() => release());
  const open = reader.scopedIndexFor.bind(reader);
  let running = 0;
  let highest = 0;
  const spy = vi.spyOn(reader, 'scopedIndexFor').mockImplementation(async (principal) => {
    const index = await open(principal);
    for (const method of ['documents', 'parties', 'size'] as const) {
      vi.spyOn(index, method).mockImplementation(async () => {
        highest = Math.max(highest, (running += 1));
        await blocked;
        throw new Error('Nothing is needed of this answer.');
      });
    }
    return index;
  });
  const headers = await session(one);
  const calls = [
    search(10),
    message('resources/read', { uri: 'deedbox://register' }, 11),
    message('resources/list', {}, 12),
    message(
      'completion/complete',
      {
        ref: { type: 'ref/prompt', name: 'nda_check' },
        argument: { name: 'client', value: 'a' },
      },
      13,
    ),
    message('resources/read', { uri: 'deedbox://documents/a' }, 14),
    message('resources/subscribe', { uri: 'deedbox://documents/a' }, 15),
  ];
  const waiting = calls.map((call) => post(one, call, headers));
  await expect.poll(() => highest).toBe(3);
  spy.mockImplementation(open);
  const answer = await post(two, search(), await session(two));
  expect(answer.body).toContain('structuredContent');
  expect(highest).toBe(3);
  release();
  for (const { status } of await Promise.all(waiting)) expect(status).toBe(200);
});

describe('bytes', () => {
  const listTools = message('tools/list');

  it('that a caller sends are limited, whether their length is announced or not', async () => {
    const { url, one, two, post, session } = await limitedService({
      receivedBytesPerMinute: 100_000,
    });
    const ping = message('ping', { padding: 'x'.repeat(60_000) });
    const headers = await session(one);
    for (let n = 0; n < 2; n += 1) expect((await post(one, ping, headers)).status).toBe(200);
    expectRefusal(await post(one, ping, headers), 'DEEDBOX_RECEIVED_MB_PER_MINUTE');
    // in chunks
    const others = await session(two);
    const chunked = () =>
      fetch(`${url}/mcp`, {
        method: 'POST',
        headers: { ...json, ...bearer(two), ...others },
        body: new Blob([JSON.stringify(ping)]).stream(),
        duplex: 'half',
      });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) {
      const { status, body } = await chunked();
      await body?.cancel();
      statuses.push(status);
    }
    expect(statuses.at(-1)).toBe(429);
    expect(reachedLimits).toContain('received_bytes');
  });

  it('that a caller is sent are limited', async () => {
    const { one, two, post, session } = await limitedService({ sentBytesPerMinute: 40_000 });
    const headers = await session(one);
    const statuses: number[] = [];
    for (let n = 0; n < 5; n += 1) statuses.push((await post(one, listTools, headers)).status);
    expect(statuses[0]).toBe(200);
    expectRefusal(await post(one, listTools, headers), 'DEEDBOX_SENT_MB_PER_MINUTE');
    expect((await post(two, initialize)).status).toBe(200);
  });

  it('of a caller are not charged to requests of others on the same connection', async () => {
    const { url, one } = await limitedService({ receivedBytesPerMinute: 50_000 });
    // what stands before the service keeps connections open, and sends requests of anyone on them
    const { Agent, request } = await import('node:http');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const ask = (headers: Record<string, string>, body?: string) =>
      new Promise<number>((resolve, reject) => {
        const sent = request(`${url}/health`, { method: body ? 'POST' : 'GET', headers, agent });
        sent.on('response', (response) => {
          response.resume().once('end', () => resolve(response.statusCode!));
        });
        sent.on('error', reject).end(body);
      });
    for (let n = 0; n < 4; n += 1) expect(await ask({}, 'x'.repeat(40_000))).toBe(401);
    for (let n = 0; n < 2; n += 1) expect(await ask(bearer(one))).toBe(200);
  });
});

it('counts callers by their address while nobody signs in', async () => {
  const { url } = await serveWorkspace(
    temporaryFolder((remove) => onTestFinished(remove)),
    { limits: { requestsPerMinute: 60, burst: 3 }, trustedProxies: ['127.0.0.1'] },
    (close) => onTestFinished(close),
  );
  const ask = (address: string) =>
    send(`${url}/health`, { headers: { 'x-forwarded-for': address } });
  for (let n = 0; n < 3; n += 1) expect((await ask('10.0.0.1')).status).toBe(200);
  expectRefusal(await ask('10.0.0.1'), 'DEEDBOX_REQUESTS_PER_MINUTE');
  expect((await ask('10.0.0.2')).status).toBe(200);
});

it('a request with the id of an open one of its session is refused, and does not keep that open', async () => {
  const { one, post, session, reader } = await limitedService({});
  const headers = await session(one);
  let release = () => {};
  const blocked = new Promise<void>((resolve) => (release = resolve));
  const open = reader.scopedIndexFor.bind(reader);
  const spy = vi.spyOn(reader, 'scopedIndexFor').mockImplementation(async (principal) => {
    await blocked;
    return open(principal);
  });
  const first = post(one, search(7), headers);
  await expect.poll(() => spy.mock.calls.length).toBe(1);
  const second = await post(one, search(7), headers);
  expect(second.status).toBe(400);
  expect(second.body).toContain('Another request with this id');
  release();
  expect((await first).body).toContain('structuredContent');
  expect((await post(one, search(7), headers)).body).toContain('structuredContent');
});

describe('cancelled requests', () => {
  it('end their stream, and their session when there were very many', async () => {
    const limits = { maxOpenPerCaller: 2, maxCancellations: 5 };
    const { one, post, session, reader } = await limitedService(limits);
    const headers = await session(one);
    let release = () => {};
    const blocked = new Promise<void>((resolve) => (release = resolve));
    const open = reader.scopedIndexFor.bind(reader);
    vi.spyOn(reader, 'scopedIndexFor').mockImplementation(async (principal) => {
      await blocked;
      return open(principal);
    });
    onTestFinished(() => release());
    const cancel = (requestId: number) =>
      post(one, { ...message('notifications/cancelled', { requestId }), id: undefined }, headers);
    for (let id = 10; id < 15; id += 1) {
      const call = post(one, search(id), headers);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect((await cancel(id)).status).toBe(202);
      expect((await call).body).not.toContain('structuredContent');
    }
    expect((await cancel(99)).status).toBe(404);
    expect((await post(one, message('ping'), headers)).status).toBe(404);
    expect((await post(one, initialize)).status).toBe(200);
  });
});

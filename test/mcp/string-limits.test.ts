import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { authenticatedService } from '../support/authenticated-service.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { connectHttp, eras, initializeMessage } from '../support/mcp-client.ts';
import { PermissionModel } from '../support/permission-model.ts';
import { bearer, json, send } from '../support/raw-http.ts';

const permissionModel = new PermissionModel(5, 3);
const rates = { requestsPerMinute: 1e6, burst: 1e6 };
let service: Awaited<ReturnType<typeof authenticatedService>>;
let key: string;
let session: string;

const post = (body: unknown, headers: Record<string, string> = {}) =>
  send(`${service.url}/mcp`, {
    method: 'POST',
    headers: { ...json, ...bearer(key), ...headers },
    body: JSON.stringify(body),
  });
const inSession = (body: unknown) => post(body, { 'mcp-session-id': session });
const message = (method: string, params: object = {}, id: unknown = 2) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});
const documentUri = (index: number) =>
  `deedbox://documents/${permissionModel.contracts[index]!.documentId}`;

beforeAll(async () => {
  service = await authenticatedService(onFileFinished, { limits: rates });
  key = service.keys.create({ name: 'admin', role: 'admin' });
  await permissionModel.write(service.reader, 12);
  session = String((await post(initializeMessage)).headers['mcp-session-id']);
}, 60_000);

const x = (length: number) => 'x'.repeat(length);
const client = (clientInfo: object) =>
  message('initialize', {
    ...initializeMessage.params,
    clientInfo: { name: 'a', version: '1', ...clientInfo },
  });
const complete = (params: object) =>
  message('completion/complete', {
    ref: { type: 'ref/prompt', name: 'nda_check' },
    argument: { name: 'client', value: 'a' },
    ...params,
  });
const call = (args: object) => message('tools/call', { name: 'search_documents', arguments: args });

/** Messages with one string or part that is too long, by what the refusal names. */
const tooLong: [string, object][] = [
  ['id', message('ping', {}, x(257))],
  ['method', message(x(129))],
  ['params.uri', message('resources/subscribe', { uri: `deedbox://documents/${x(60_000)}` })],
  ['params.uri', message('resources/unsubscribe', { uri: x(513) })],
  ['params.uri', message('resources/read', { uri: `deedbox://documents/${x(500)}` })],
  ['params.name', message('tools/call', { name: x(257), arguments: {} })],
  ['params.name', message('prompts/get', { name: x(257) })],
  ['params.cursor', message('resources/list', { cursor: x(501) })],
  ['params.cursor', message('tools/list', { cursor: x(501) })],
  ['params.level', message('logging/setLevel', { level: x(33) })],
  ['params.requestId', message('notifications/cancelled', { requestId: x(257) })],
  ['params.reason', message('notifications/cancelled', { requestId: 1, reason: x(1001) })],
  ['params.clientInfo.name', client({ name: x(257) })],
  ['params.clientInfo.version', client({ version: x(257) })],
  ['params.clientInfo.title', client({ title: x(257) })],
  [
    'params.protocolVersion',
    message('initialize', { ...initializeMessage.params, protocolVersion: x(65) }),
  ],
  ['params._meta.progressToken', message('tools/list', { _meta: { progressToken: x(257) } })],
  ['params.ref.name', complete({ ref: { type: 'ref/prompt', name: x(257) } })],
  ['params.ref.uri', complete({ ref: { type: 'ref/resource', uri: x(513) } })],
  ['params.argument.name', complete({ argument: { name: x(257), value: '' } })],
  ['params.argument.value', complete({ argument: { name: 'client', value: x(2001) } })],
  ['The message', complete({ context: { arguments: { id: x(70_000) } } })],
  ['The message', client({ icons: [{ src: `data:,${x(70_000)}` }] })],
  ['The message', call({ query: x(70_000) })],
  ['The message', message('prompts/get', { name: 'nda_check', arguments: { client: x(70_000) } })],
];

describe('messages', () => {
  it.each(tooLong)('with too long a string are refused, which names %s', async (what, body) => {
    const contexts: Record<string, string>[] = [
      { 'mcp-session-id': session },
      { 'mcp-protocol-version': '2026-07-28' },
    ];
    for (const headers of contexts) {
      const refused = await post(body, headers);
      expect(refused.status).toBe(400);
      expect(refused.body).toContain(`${what} is longer than`);
      expect(refused.body.length).toBeLessThan(1000);
    }
  });

  it.each(['mcp-session-id', 'mcp-protocol-version', 'mcp-method', 'mcp-name', 'last-event-id'])(
    'with too long a header %s are refused',
    async (name) => {
      const refused = await post(message('ping'), { 'mcp-session-id': session, [name]: x(600) });
      expect(refused.status).toBe(400);
      expect(refused.body).toContain(`The header ${name} is longer than`);
      expect(refused.body.length).toBeLessThan(1000);
    },
  );

  it('of more than 256 KiB are refused before they are read', async () => {
    const uri = `deedbox://documents/${x(2 ** 20)}`;
    const refused = await inSession(message('resources/subscribe', { uri }));
    expect(refused.status).toBe(413);
    expect(refused.body).toContain('262144 bytes');
    const completion = complete({ argument: { name: 'client', value: x(900_000) } });
    expect((await inSession(completion)).status).toBe(413);
  });

  it('of tools with long lists or many mistakes get a short answer', async () => {
    const mistakes = [
      { has_clauses: Array.from({ length: 15_000 }, () => '') },
      { has_clauses: Array.from({ length: 100 }, () => 'no such clause') },
      Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`key${n}`, n])),
      { [x(60_000)]: 1 },
    ];
    for (const args of mistakes) {
      const { status, body } = await inSession(call(args));
      expect(status).toBe(200);
      expect(body).toContain('Error invalid_request');
      expect(body.length).toBeLessThan(4000);
      // the values of a long list are not even looked at
      expect(body.includes('a list of more than 100 values')).toBe(args === mistakes[0]);
    }
  });
});

describe('completions', () => {
  it.each(eras)('have at most 100 values and 20,000 characters (%s)', async (era) => {
    const connected = await connectHttp(service.url, era, onTestFinished, bearer(key));
    const ids = Array.from({ length: 30 }, (_, n) => `${n}`.padStart(64, 'a')).join(',');
    for (const value of ['', 'a,', `${ids},`, `${x(1900)},`, `${x(1990)},`, ',,,,']) {
      const { completion } = await connected.complete({
        ref: { type: 'ref/prompt', name: 'compare_clause' },
        argument: { name: 'document_ids', value },
      });
      expect(completion.values.length).toBeLessThanOrEqual(100);
      expect(completion.values.join('').length).toBeLessThanOrEqual(20_000);
      for (const one of completion.values) expect(one.length).toBeLessThanOrEqual(2000);
      if (value === 'a,') expect(completion.values.length).toBe(12);
      if (value.length === 1901) expect(completion.values.length).toBe(10);
    }
  });
});

describe('subscriptions', () => {
  const subscribe = (uri: string) => inSession(message('resources/subscribe', { uri }));

  it.each([
    'https://firm.example/',
    'deedbox://documents',
    'deedbox://documents/',
    'deedbox://documents/a/b',
    'deedbox://documents/a/pages/0',
    'deedbox://documents/a/pages/1/2',
    'deedbox://documents/a?x=1',
    'deedbox://documents/a#b',
    'deedbox://documents/..%2f',
    'deedbox://register/0',
    `deedbox://documents/${x(65)}`,
    'DEEDBOX://register',
    ' deedbox://register',
  ])('to %s, which names no resource, are refused', async (uri) => {
    const legacy = await subscribe(uri);
    expect(legacy.body).toMatch(/-32602.*No resource of Deedbox has the URI/);
    const modern = await connectHttp(service.url, '2026-07-28', onTestFinished, bearer(key));
    await expect(modern.listen({ resourceSubscriptions: [uri] })).rejects.toThrow(
      /No resource of Deedbox has the URI/,
    );
  });

  it('are limited for each caller, on all connections together', async () => {
    const limited = await authenticatedService((close) => onTestFinished(close), {
      limits: { ...rates, maxSubscriptions: 4 },
    });
    const one = limited.keys.create({ name: 'one', role: 'reader' });
    const two = limited.keys.create({ name: 'two', role: 'reader' });
    const connectAs = (era: (typeof eras)[number], caller: string) =>
      connectHttp(limited.url, era, onTestFinished, bearer(caller));
    const legacy = await connectAs('2025-11-25', one);
    const other = await connectAs('2025-11-25', one);
    const modern = await connectAs('2026-07-28', one);
    const full = /more than 4 resources.*DEEDBOX_SUBSCRIPTIONS/;
    await legacy.subscribeResource({ uri: documentUri(0) });
    await legacy.subscribeResource({ uri: documentUri(0) });
    await other.subscribeResource({ uri: 'deedbox://register' });
    await modern.listen({ resourceSubscriptions: [documentUri(0), documentUri(0)] });
    await expect(other.subscribeResource({ uri: documentUri(2) })).rejects.toThrow(full);
    await expect(modern.listen({ resourceSubscriptions: [documentUri(2)] })).rejects.toThrow(full);
    await (await connectAs('2025-11-25', two)).subscribeResource({ uri: documentUri(2) });
    await legacy.unsubscribeResource({ uri: documentUri(0) });
    await other.subscribeResource({ uri: documentUri(2) });
    await modern.close();
    await expect
      .poll(() => other.subscribeResource({ uri: documentUri(3) }).then(() => 'subscribed', String))
      .toBe('subscribed');
  });

  it('count before the client says that it is initialized', async () => {
    const limited = await authenticatedService((close) => onTestFinished(close), {
      limits: { ...rates, maxSubscriptions: 2 },
    });
    const reader = limited.keys.create({ name: 'reader', role: 'reader' });
    const ask = (body: unknown, headers: Record<string, string> = {}) =>
      send(`${limited.url}/mcp`, {
        method: 'POST',
        headers: { ...json, ...bearer(reader), ...headers },
        body: JSON.stringify(body),
      });
    const statuses: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      const opened = await ask(initializeMessage);
      const headers = { 'mcp-session-id': String(opened.headers['mcp-session-id']) };
      const subscribed = await ask(
        message('resources/subscribe', { uri: documentUri(n) }),
        headers,
      );
      statuses.push(subscribed.status);
    }
    expect(statuses).toEqual([200, 200, 429]);
  });

  it('that end leave nothing behind', async () => {
    const connected = await connectHttp(service.url, '2025-11-25', onTestFinished, bearer(key));
    const opened = vi.spyOn(service.reader, 'scopedIndexFor');
    onTestFinished(() => opened.mockRestore());
    const uri = documentUri(11);
    const readsOf = async (subscribing: () => Promise<unknown>) => {
      opened.mockClear();
      await subscribing();
      return opened.mock.calls.length;
    };
    const first = await readsOf(() => connected.subscribeResource({ uri }));
    const again = await readsOf(() => connected.subscribeResource({ uri }));
    expect(again).toBeLessThan(first);
    await connected.unsubscribeResource({ uri });
    // the state of the document is read as if for the first time
    expect(await readsOf(() => connected.subscribeResource({ uri }))).toBe(first);
  });

  it('of many resources at once read the index once', async () => {
    const modern = await connectHttp(service.url, '2026-07-28', onTestFinished, bearer(key));
    const opened = vi.spyOn(service.reader, 'scopedIndexFor');
    onTestFinished(() => opened.mockRestore());
    const uris = Array.from({ length: 90 }, (_, n) => `deedbox://documents/unknown${n}`);
    for (let n = 0; n < 10; n += 1) {
      opened.mockClear();
      const listening = await modern.listen({ resourceSubscriptions: [...uris, documentUri(n)] });
      expect(opened.mock.calls.length).toBeLessThanOrEqual(4);
      if (n % 2 === 0) await listening.close();
    }
    const many = Array.from({ length: 35_000 }, (_, n) => `deedbox://documents/${n}`);
    await expect(modern.listen({ resourceSubscriptions: many })).rejects.toThrow(/262144 bytes/);
    await expect(modern.listen({ resourceSubscriptions: many.slice(0, 1001) })).rejects.toThrow(
      /more than 1000 resources/,
    );
  });
});

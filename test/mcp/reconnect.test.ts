import { randomUUID } from 'node:crypto';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { authenticatedService } from '../support/authenticated-service.ts';
import { onFileFinished } from '../support/clean-up.ts';
import { initializeMessage } from '../support/mcp-client.ts';
import { PermissionModel, type SharedContract } from '../support/permission-model.ts';
import { bearer, json, send } from '../support/raw-http.ts';

/** The stream of a session, as clients lose it and open it again. */

const model = new PermissionModel(1, 7);
let service: Awaited<ReturnType<typeof authenticatedService>>;
let key: string;

beforeAll(async () => {
  service = await authenticatedService(onFileFinished);
  await model.write(service.reader, 3);
  key = service.keys.create({ name: 'ann', role: 'reader' });
}, 60_000);

const request = (session: string | undefined, body: object, credential = key) =>
  send(`${service.url}/mcp`, {
    method: 'POST',
    headers: {
      ...json,
      ...bearer(credential),
      ...(session !== undefined && { 'mcp-session-id': session }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...body }),
  });

const uriOf = ({ documentId }: SharedContract) => `deedbox://documents/${documentId}`;

/** A session that is subscribed to contracts. */
async function subscribedSession(...contracts: SharedContract[]): Promise<string> {
  const session = String((await request(undefined, initializeMessage)).headers['mcp-session-id']);
  await request(session, { method: 'notifications/initialized' });
  for (const contract of contracts) {
    const params = { uri: uriOf(contract) };
    const subscribed = await request(session, { id: 2, method: 'resources/subscribe', params });
    expect(subscribed.status).toBe(200);
  }
  return session;
}

interface Event {
  id?: string;
  data?: { method: string; params?: { uri?: string } };
}

function parseEvent(text: string): Event {
  const fields = Object.fromEntries(
    text.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line)?.slice(1) ?? []),
  ) as { id?: string; data?: string };
  return {
    ...(fields.id !== undefined && { id: fields.id }),
    ...(fields.data && { data: JSON.parse(fields.data) as Event['data'] }),
  };
}

/** A stream that is read as long as it lasts. */
async function listen(session: string, headers: Record<string, string> = {}, credential = key) {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const response = await fetch(`${service.url}/mcp`, {
    headers: {
      accept: 'text/event-stream',
      'mcp-session-id': session,
      'mcp-protocol-version': '2025-11-25',
      ...bearer(credential),
      ...headers,
    },
    signal: abort.signal,
  });
  let text = '';
  let isOver = false;
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body!) text += decoder.decode(chunk, { stream: true });
  };
  const onEnd = () => void (isOver = true);
  read().then(onEnd, onEnd);
  const events = () =>
    text
      .split('\n\n')
      .map(parseEvent)
      .filter(({ id }) => id !== undefined);
  return {
    status: response.status,
    events,
    isOver: () => isOver,
    drop: () => abort.abort(),
    updates: () => events().flatMap(({ data }) => data?.params?.uri ?? []),
    lastId: () => events().at(-1)!.id!,
  };
}

async function change({ word }: SharedContract): Promise<void> {
  const record = (await service.reader.store.file(`${word}.txt`))!;
  await service.reader.store.recordFiles([{ ...record, fileName: `${randomUUID()}.txt` }]);
}

/** Changes contracts, and waits until that was sent to another session of the same key. */
async function changeAndAnnounce(...contracts: SharedContract[]): Promise<void> {
  const witness = await listen(await subscribedSession(...contracts));
  for (const contract of contracts) await change(contract);
  const uris = contracts.map(uriOf);
  await expect.poll(witness.updates, { timeout: 10_000 }).toEqual(expect.arrayContaining(uris));
  witness.drop();
}

it('opens a stream in place of one that its client no longer reads', async () => {
  const [contract] = model.contracts as [SharedContract];
  const session = await subscribedSession(contract);
  const frozen = await listen(session);
  const other = await listen(await subscribedSession(contract));
  const next = await listen(session);
  expect([frozen.status, next.status]).toEqual([200, 200]);
  await expect.poll(frozen.isOver).toBe(true);
  await changeAndAnnounce(contract);
  for (const stream of [next, other]) {
    await expect.poll(stream.updates, { timeout: 10_000 }).toContain(uriOf(contract));
  }
  expect(frozen.updates()).toEqual([]);
});

it('replaces no stream for another key, or for a request that opens none', async () => {
  const session = await subscribedSession();
  const stream = await listen(session);
  const other = service.keys.create({ name: 'bob', role: 'reader' });
  expect((await listen(session, {}, other)).status).toBe(404);
  expect((await listen(session, { accept: 'text/html' })).status).toBe(406);
  expect((await listen(session, { 'mcp-protocol-version': '1999-01-01' })).status).toBe(400);
  expect(stream.isOver()).toBe(false);
});

it('sends what came after the event that the client names, each message once', async () => {
  const [first, second, third] = model.contracts as [
    SharedContract,
    SharedContract,
    SharedContract,
  ];
  const session = await subscribedSession(first, second, third);
  const lost = await listen(session);
  await changeAndAnnounce(first);
  await expect.poll(lost.updates, { timeout: 10_000 }).toEqual([uriOf(first)]);
  const lastEventId = lost.lastId();
  lost.drop();
  await changeAndAnnounce(second);
  await changeAndAnnounce(third);
  await changeAndAnnounce(second);
  const again = await listen(session, { 'last-event-id': lastEventId });
  await expect.poll(again.updates).toEqual([uriOf(third), uriOf(second)]);
  // the ids go on
  const further = await listen(session, { 'last-event-id': again.lastId() });
  await changeAndAnnounce(first);
  await expect.poll(further.updates, { timeout: 10_000 }).toEqual([uriOf(first)]);
  const ids = [...lost.events(), ...again.events(), ...further.events()].map(({ id }) => id!);
  expect(new Set(ids).size).toBeGreaterThan(4);
});

it('sends all where the client names no event, or none that there was', async () => {
  const [first, second] = model.contracts as [SharedContract, SharedContract];
  const session = await subscribedSession(first, second);
  await changeAndAnnounce(first);
  await changeAndAnnounce(second);
  const both = [uriOf(first), uriOf(second)];
  await expect.poll((await listen(session)).updates).toEqual(both);
  for (const lastEventId of [
    'nothing',
    '-1',
    '1e3',
    '999999',
    '00000000-0000-4000-8000-000000000000',
  ]) {
    const stream = await listen(session, { 'last-event-id': lastEventId });
    expect(stream.status).toBe(200);
    await expect.poll(stream.updates).toEqual(both);
  }
});

it('names an event before there is one, to clients that understand it', async () => {
  const session = await subscribedSession();
  const current = await listen(session);
  await expect.poll(() => current.events().length).toBe(1);
  const earlier = await listen(session, { 'mcp-protocol-version': '2025-06-18' });
  await expect.poll(current.isOver).toBe(true);
  expect(earlier.events()).toEqual([]);
});

it('names no events in the answer to a request, which is not sent twice', async () => {
  const session = await subscribedSession();
  const answer = await request(session, { id: 5, method: 'tools/list' });
  expect(answer.body).toContain('search_documents');
  expect(answer.body).not.toMatch(/^id:/m);
});

it('tells a client whose session has ended to initialize again', async () => {
  const session = await subscribedSession();
  await send(`${service.url}/mcp`, {
    method: 'DELETE',
    headers: { 'mcp-session-id': session, ...bearer(key) },
  });
  const reopened = await send(`${service.url}/mcp`, {
    headers: {
      accept: 'text/event-stream',
      'mcp-session-id': session,
      'last-event-id': '1',
      ...bearer(key),
    },
  });
  expect(reopened.status).toBe(404);
  expect(reopened.body).toContain('initialize again');
});

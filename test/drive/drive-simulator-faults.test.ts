import { createHash } from 'node:crypto';
import { gaxios } from 'google-auth-library';
import { beforeEach, expect, test } from 'vitest';
import { clientOf } from '../support/drive/clients.ts';
import { edit } from '../support/drive/drive-operations.ts';
import { textFile } from '../support/drive/sample-files.ts';
import type { DriveSimulator } from '../support/drive/simulator.ts';
import { type SpawnedSimulator, spawnSimulator } from '../support/drive/spawned-simulator.ts';
import { temporarySimulator } from '../support/drive/temporary-simulator.ts';

const alice = 'alice@firm.example';
const content = Buffer.alloc(100_000, 'contract ');

let server: DriveSimulator;
let client: ReturnType<typeof clientOf>;
let fileId: string;
beforeEach(async () => {
  server = await temporarySimulator();
  const parent = server.model.rootOf(server.model.addUser(alice));
  const mimeType = 'application/pdf';
  fileId = server.model.createFile({ name: 'a.pdf', parent, mimeType, bytes: content });
  client = clientOf(server, alice);
});

async function failure(request: Promise<unknown>) {
  const error = await request.then(
    () => expect.fail('It went well.'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof gaxios.GaxiosError)) throw error;
  return error;
}

const download = async () => {
  const options = { responseType: 'arraybuffer' } as const;
  const { data } = await client.files.get({ fileId, alt: 'media' }, options);
  return Buffer.from(data as unknown as ArrayBuffer);
};

test('returns errors of every kind on request, in the format of Google', async () => {
  for (const [status, reason] of [
    [401, 'authError'],
    [403, 'userRateLimitExceeded'],
    [403, 'rateLimitExceeded'],
    [403, 'dailyLimitExceeded'],
    [403, 'insufficientFilePermissions'],
    [403, 'cannotDownloadFile'],
    [403, 'domainPolicy'],
    [403, 'appNotAuthorizedToFile'],
    [403, 'storageQuotaExceeded'],
    [404, 'notFound'],
    [410, 'deleted'],
    [429, 'rateLimitExceeded'],
    [500, 'internalError'],
    [502, 'backendError'],
    [503, 'backendError'],
  ] as const) {
    const removeFaults = server.faults.add({
      kind: 'get',
      fault: { do: 'answer', status, reason },
    });
    const { response } = await failure(client.files.get({ fileId }));
    expect(response?.status).toBe(status);
    expect(response?.data).toMatchObject({ error: { code: status, errors: [{ reason }] } });
    expect((await client.files.list()).status).toBe(200);
    removeFaults();
  }
  expect((await client.files.get({ fileId })).status).toBe(200);
});

test('Retry-After holds seconds or a date; the body may be HTML or truncated JSON', async () => {
  server.faults.add(
    { kind: 'get', nth: 1, fault: { do: 'answer', status: 429, retryAfter: 7 } },
    { kind: 'get', nth: 2, fault: { do: 'answer', status: 503, retryAfter: { date: 60 } } },
    { kind: 'get', nth: 3, fault: { do: 'answer', status: 502, body: 'html' } },
    { kind: 'get', nth: 4, fault: { do: 'answer', status: 200, body: 'broken-json' } },
  );
  const get = () => client.files.get({ fileId });
  const seconds = await failure(get());
  expect(seconds.response?.headers.get('retry-after')).toBe('7');
  const date = Date.parse((await failure(get())).response?.headers.get('retry-after') ?? '');
  expect(Math.abs(date - Date.now() - 60_000)).toBeLessThan(10_000);
  expect(String((await failure(get())).response?.data)).toContain('<!DOCTYPE html>');
  expect((await get()).data).not.toHaveProperty('id');
  expect((await get()).data).toHaveProperty('id');
});

test('bodies are truncated, altered, slow or late, and connections break; other responses are complete', async () => {
  server.faults.add(
    { kind: 'download', nth: 1, fault: { do: 'cut', after: 0.5 } },
    { kind: 'download', nth: 2, fault: { do: 'alter' } },
    { kind: 'download', nth: 3, fault: { do: 'drip', bytes: 30_000, everyMs: 50 } },
    { kind: 'download', nth: 4, fault: { do: 'delay', ms: 120 } },
    { kind: 'download', nth: 5, fault: { do: 'refuse' } },
    { kind: 'download', nth: 6, fault: { do: 'hang' } },
  );
  await expect(download()).rejects.toThrow();
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const altered = await download();
  expect(altered).toHaveLength(content.length);
  expect(sha256(altered)).not.toBe(sha256(content));
  const timedDownload = async () => {
    const startedAt = performance.now();
    expect((await download()).equals(content)).toBe(true);
    return performance.now() - startedAt;
  };
  expect(await timedDownload()).toBeGreaterThan(100);
  expect(await timedDownload()).toBeGreaterThan(100);
  await expect(download()).rejects.toThrow();
  const signal = AbortSignal.timeout(100);
  await expect(client.files.get({ fileId, alt: 'media' }, { signal })).rejects.toThrow();
  expect(await timedDownload()).toBeLessThan(5000);
  expect(server.counts()).toEqual({ download: 7 });
  expect(server.requestLog[0]).toMatchObject({ kind: 'download', email: alice, status: 200 });
});

test('some bytes of a truncated body arrive', async () => {
  server.faults.add({ kind: 'download', fault: { do: 'cut', after: 70_000 } });
  const { data } = await client.files.get({ fileId, alt: 'media' }, { responseType: 'stream' });
  let arrived = 0;
  const read = async () => {
    for await (const chunk of data) arrived += (chunk as Buffer).length;
  };
  await expect(read()).rejects.toThrow();
  expect(arrived).toBe(70_000);
});

test('listings are incomplete, tokens expire, pages are empty, changes are duplicated and reordered', async () => {
  const { model } = server;
  const parent = model.rootOf(alice);
  const { data: start } = await client.changes.getStartPageToken();
  for (let at = 0; at < 20; at++) {
    const id = model.createFile(textFile(`${at}.txt`, parent, String(at)));
    edit(model, id, Buffer.from(`${at} again`));
  }
  server.faults.add({ kind: 'list', nth: 1, fault: { do: 'incompleteSearch' } });
  expect((await client.files.list()).data.incompleteSearch).toBe(true);
  server.faults.add({ kind: 'list', nth: 2, fault: { do: 'emptyPage' } });
  const pages: number[] = [];
  let pageToken: string | undefined;
  do {
    const { data } = await client.files.list({ pageSize: 15, pageToken });
    expect(data.nextPageToken).not.toBe(pageToken ?? '');
    pages.push(data.files?.length ?? 0);
    pageToken = data.nextPageToken ?? undefined;
  } while (pageToken !== undefined);
  expect(pages).toEqual([15, 0, 6]);
  const since = async () => {
    const token = start.startPageToken ?? '';
    const { data } = await client.changes.list({ pageToken: token, pageSize: 100 });
    return (data.changes ?? []).map((change) => change.file?.name ?? '');
  };
  const inOrder = await since();
  expect(inOrder).toHaveLength(20);
  const removeFaults = server.faults.add(
    { kind: 'changes', fault: { do: 'duplicateChanges' } },
    { kind: 'changes', fault: { do: 'reorderChanges' } },
  );
  const disordered = await since();
  expect(disordered.length).toBeGreaterThan(20);
  expect(new Set(disordered)).toEqual(new Set(inOrder));
  expect([...new Set(disordered)]).not.toEqual(inOrder);
  removeFaults();
  server.faults.add({ kind: 'changes', times: 1, fault: { do: 'expirePageToken' } });
  expect((await failure(since())).response?.status).toBe(400);
  expect(await since()).toEqual(inOrder);
});

test('the same seed gives the same faults', async () => {
  const statusesFor = async (faultSeed: number) => {
    const one = await temporarySimulator({ faultSeed });
    one.model.addUser(alice);
    one.faults.add({ kind: 'list', probability: 0.3, fault: { do: 'answer', status: 500 } });
    const statuses: number[] = [];
    for (let at = 0; at < 40; at++) {
      const listed = clientOf(one, alice).files.list();
      statuses.push(
        await listed.then(
          ({ status }) => status,
          () => 500,
        ),
      );
    }
    return statuses;
  };
  const first = await statusesFor(3);
  expect(first).toContain(200);
  expect(first).toContain(500);
  expect(await statusesFor(3)).toEqual(first);
  expect(await statusesFor(4)).not.toEqual(first);
});

test('does the same as a separate process, controlled over HTTP', async () => {
  const spawned: SpawnedSimulator = await spawnSimulator();
  try {
    await spawned.control('addUser', alice);
    const parent = await spawned.control('rootOf', alice);
    const id = await spawned.control('createFile', textFile('x.txt', String(parent), 'x'));
    await spawned.control('edit', id, Buffer.from('y'));
    const expected = await spawned.control('expectedFor', alice);
    const contentHash = createHash('sha256').update('y').digest('hex');
    expect(expected).toMatchObject([{ fileId: id, name: 'x.txt', contentHash }]);
    expect((await fetch(`${spawned.url}/drive/v3/files`)).status).toBe(401);
    expect(await spawned.control('counts')).toEqual({ list: 1 });
    await expect(spawned.control('nonsense')).rejects.toThrow('There is no command nonsense');
  } finally {
    await spawned.close();
  }
});

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SyncStatusResponse } from '../../src/search/response-schemas.ts';
import type { Source } from '../../src/sources/source.ts';
import { DeedboxError } from '../../src/errors/errors.ts';
import { LoggedFolder } from '../support/logged-folder.ts';
import { contract, openFixture } from './fixture.ts';

/** A workspace with one source that has a change feed and some files. */
async function openFeedFixture(files = 3) {
  const fixture = await openFixture();
  const loggedFolder = new LoggedFolder(join(fixture.root, 'logged-folder'));
  for (let n = 0; n < files; n += 1)
    loggedFolder.upsert(`f${n}`, { text: contract(`Aldermoor ${n} Inc.`) });
  await fixture.store.removeSource(fixture.source);
  await fixture.store.addSource(loggedFolder.id);
  const source = loggedFolder.source(join(fixture.data, 'tmp'));
  return {
    ...fixture,
    loggedFolder,
    feedSource: source,
    sync: (...[options]: Parameters<typeof fixture.sync>) =>
      fixture.sync({ sourceFor: () => source, ...options }),
    /** Expects that the record of each file equals what its source reports. */
    expectConsistent: async () => {
      const records = await fixture.store.files({});
      const listed = records.filter(({ state }) => state !== 'ignored');
      const recorded = listed.map(({ fileId, source: id, fileName, folder, size, ...more }) => {
        const { modifiedAt, changeKey, aclEntries } = more;
        return { fileId, source: id, fileName, folder, aclEntries, size, modifiedAt, changeKey };
      });
      const byId = (one: { fileId: string }, other: { fileId: string }) =>
        one.fileId < other.fileId ? -1 : 1;
      expect(recorded.sort(byId)).toEqual(loggedFolder.files().sort(byId));
      expect(await fixture.store.verify()).toEqual([]);
    },
  };
}

const counts = ({ found, indexed, unchanged, failed, ignored, ...more }: SyncStatusResponse) => {
  const { state, removed, pending } = more;
  expect(found).toBe(indexed + unchanged + failed + ignored + pending);
  return { state, found, indexed, unchanged, failed, ignored, removed };
};
const zeroCounts = { found: 0, indexed: 0, unchanged: 0, failed: 0, ignored: 0, removed: 0 };

describe('incremental sync', () => {
  it('lists once, then asks only for changes, and fetches only files with new bytes', async () => {
    const { loggedFolder, sync, expectConsistent, store, record, texts } = await openFeedFixture();
    expect(counts(await sync())).toEqual({ ...zeroCounts, state: 'done', found: 3, indexed: 3 });
    // the position before the listing, and the changes made during it
    expect(loggedFolder.takeCallCounts()).toEqual({ now: 1, list: 1, changes: 1, fetch: 3 });

    expect(counts(await sync())).toEqual({ ...zeroCounts, state: 'done', found: 3, unchanged: 3 });
    expect(loggedFolder.takeCallCounts()).toEqual({ now: 0, list: 0, changes: 1, fetch: 0 });

    const before = await record('f0.txt');
    loggedFolder.upsert('f0', {
      fileName: 'renamed.txt',
      folder: 'Moved',
      aclEntries: ['user:b@example.com'],
    });
    loggedFolder.upsert('f1', { text: contract('Birchfold GmbH') });
    loggedFolder.upsert('f3', { text: contract('Cindervale Corp.') });
    loggedFolder.remove('f2');
    const status = await sync();
    expect(counts(status)).toEqual({
      ...zeroCounts,
      state: 'done',
      found: 3,
      indexed: 2,
      unchanged: 1,
      removed: 1,
    });
    expect(status).not.toHaveProperty('reconcile_diff', expect.anything());
    expect(loggedFolder.takeCallCounts()).toMatchObject({ now: 0, fetch: 2 });
    await expectConsistent();
    expect(await record('renamed.txt')).toMatchObject({ documentId: before?.documentId });
    expect((await texts())['f1.txt']).toContain('Birchfold');
    expect((await store.status()).files).toEqual({ pending: 0, indexed: 3, failed: 0, ignored: 0 });
  });

  it('does not take a copy for a rename when the first file is gone', async () => {
    const { loggedFolder, sync, expectConsistent, record } = await openFeedFixture(2);
    await sync();
    const gone = await record('f0.txt');
    loggedFolder.upsert('copy', { text: contract('Aldermoor 0 Inc.') });
    loggedFolder.remove('f0');
    await sync({ kind: 'reconcile' });
    await expectConsistent();
    expect((await record('copy.txt'))?.documentId).not.toBe(gone?.documentId);
  });

  it('removes a file that becomes ignored from the index, and restores its document id later', async () => {
    const { loggedFolder, sync, store, record, texts } = await openFeedFixture();
    await sync();
    const before = await record('f1.txt');
    loggedFolder.upsert('f1', { ignoredFor: 'in the trash' });
    expect(counts(await sync())).toMatchObject({ found: 3, unchanged: 2, ignored: 1, removed: 0 });
    expect(Object.keys(await texts()).sort()).toEqual(['f0.txt', 'f2.txt']);
    expect((await store.status()).documents).toBe(2);
    expect(counts(await sync())).toMatchObject({ found: 3, unchanged: 2, ignored: 1 });
    loggedFolder.upsert('f1', { ignoredFor: undefined });
    expect(counts(await sync())).toMatchObject({ found: 3, indexed: 1, unchanged: 2, ignored: 0 });
    expect((await record('f1.txt'))?.documentId).toBe(before?.documentId);
  });

  it('fetches each file once when changes come twice and in any order', async () => {
    const { loggedFolder, sync, expectConsistent } = await openFeedFixture(6);
    await sync();
    loggedFolder.takeCallCounts();
    loggedFolder.pageSize = 4;
    loggedFolder.reorder = (changes) => [...changes, ...changes].reverse();
    for (let round = 0; round < 3; round += 1) {
      for (const n of [0, 1, 2])
        loggedFolder.upsert(`f${n}`, { text: contract(`Birchfold ${n} Ltd.`) });
      loggedFolder.upsert('f0', { folder: `Round ${round}` });
      loggedFolder.remove('f5');
    }
    loggedFolder.upsert('new', { text: contract('Cindervale Corp.') });
    expect(counts(await sync())).toMatchObject({ found: 6, indexed: 4, unchanged: 2, removed: 1 });
    expect(loggedFolder.takeCallCounts().fetch).toBe(4);
    await expectConsistent();
  });

  it('lists everything again when its checkpoint has expired, with a note', async () => {
    const { loggedFolder, sync, expectConsistent } = await openFeedFixture();
    await sync();
    loggedFolder.takeCallCounts();
    loggedFolder.upsert('f1', { aclEntries: ['anyone'] });
    loggedFolder.remove('f2');
    loggedFolder.expire();
    const status = await sync();
    expect(counts(status)).toMatchObject({ state: 'done', found: 2, unchanged: 2, removed: 1 });
    expect(status.notes).toEqual([expect.stringContaining('Everything was listed.')]);
    expect(status.reconcile_diff).toMatchObject({ permissions: 1, removed: 1, changed: 0 });
    expect(loggedFolder.takeCallCounts()).toMatchObject({ now: 1, list: 1, fetch: 0 });
    await expectConsistent();
    expect((await sync()).notes).toBeUndefined();
    expect(loggedFolder.takeCallCounts()).toMatchObject({ list: 0 });
  });

  it('lists once more when its position expires during a listing', async () => {
    const { loggedFolder, sync, feedSource, expectConsistent } = await openFeedFixture();
    let listings = 0;
    const volatile: Source = {
      ...feedSource,
      async *list(signal) {
        yield* feedSource.list(signal);
        listings += 1;
        if (listings > 1) return;
        loggedFolder.remove('f1');
        loggedFolder.upsert('f3', { text: contract('Cindervale Corp.') });
        loggedFolder.expire();
      },
    };
    const status = await sync({ sourceFor: () => volatile });
    expect(counts(status)).toMatchObject({ state: 'done', found: 3, removed: 1 });
    expect(listings).toBe(2);
    await expectConsistent();
  });

  it('does not fetch bytes that were ingested before their change was reported', async () => {
    const { loggedFolder, sync, feedSource, expectConsistent } = await openFeedFixture(2);
    await sync();
    loggedFolder.upsert('f0', { text: contract('Birchfold GmbH') });
    const racing: Source = {
      ...feedSource,
      fetch: async (file, options) => {
        if (file.fileId === 'f0') loggedFolder.upsert('f0', { text: contract('Cindervale Corp.') });
        return feedSource.fetch(file, options);
      },
    };
    expect(counts(await sync({ sourceFor: () => racing }))).toMatchObject({ indexed: 1 });
    loggedFolder.upsert('f1', { text: contract('Birchfold GmbH') });
    loggedFolder.upsert('f1', { text: contract('Aldermoor 1 Inc.') });
    loggedFolder.takeCallCounts();
    expect(counts(await sync())).toMatchObject({ found: 2, indexed: 0, unchanged: 2 });
    expect(loggedFolder.takeCallCounts().fetch).toBe(0);
    await expectConsistent();
  });

  it('retries files with errors that may pass, and files of another pipeline', async () => {
    const { loggedFolder, sync, feedSource, record } = await openFeedFixture();
    loggedFolder.upsert('empty', { text: '' });
    const offline: Source = {
      ...feedSource,
      fetch: async (file, options) => {
        if (file.fileId !== 'f1') return feedSource.fetch(file, options);
        throw new DeedboxError('source_error', 'The drive is away.', { retryable: true });
      },
    };
    const first = await sync({ sourceFor: () => offline });
    expect(counts(first)).toMatchObject({ found: 4, indexed: 2, failed: 2 });
    loggedFolder.takeCallCounts();
    const second = await sync();
    expect(counts(second)).toMatchObject({ found: 4, indexed: 1, unchanged: 2, failed: 1 });
    expect(second.failures.map(({ file_name }) => file_name)).toEqual(['empty.txt']);
    expect(loggedFolder.takeCallCounts()).toMatchObject({ list: 0, fetch: 1 });
    expect((await record('f1.txt'))?.reason).toBeUndefined();

    expect(counts(await sync({ pipeline: 'next' }))).toMatchObject({ indexed: 3, failed: 1 });
    expect(loggedFolder.takeCallCounts()).toMatchObject({ list: 0, fetch: 4 });
    expect(counts(await sync({ pipeline: 'next' }))).toMatchObject({ unchanged: 3, failed: 1 });
    expect(counts(await sync({ kind: 'full' }))).toMatchObject({ indexed: 3, failed: 1 });
    expect(loggedFolder.takeCallCounts()).toMatchObject({ list: 1, fetch: 4 });
  });

  it('keeps its documents when a source lists no file any more', async () => {
    const { loggedFolder, sync, texts } = await openFeedFixture();
    await sync();
    for (const id of ['f0', 'f1', 'f2']) loggedFolder.remove(id);
    for (const kind of ['incremental', 'reconcile', 'full'] as const) {
      const status = await sync({ kind });
      expect(status).toMatchObject({ state: 'failed', removed: 0 });
      expect(status.detail).toMatch(/stay in the index.*still has access/);
      expect(Object.keys(await texts())).toHaveLength(3);
    }
    loggedFolder.upsert('f0', { text: contract('Aldermoor 0 Inc.') });
    expect(counts(await sync())).toMatchObject({ state: 'done', found: 1, removed: 2 });
  });

  it('keeps a file that is gone from one source and listed by another', async () => {
    const { root, data, loggedFolder, feedSource, sync, store } = await openFeedFixture(2);
    const other = new LoggedFolder(join(root, 'other-folder'));
    other.upsert('f0', { text: contract('Aldermoor 0 Inc.') });
    await store.addSource(other.id);
    const otherSource = other.source(join(data, 'tmp'));
    const sourceFor = (id: string) => (id === other.id ? otherSource : feedSource);
    await sync({ sourceFor });
    const { source: owner } = (await store.file('f0'))!;
    (owner === other.id ? loggedFolder : other).remove('f0');
    expect(await sync({ sourceFor })).toMatchObject({ state: 'done', removed: 0 });
    expect(await store.file('f0')).toMatchObject({ source: owner, state: 'indexed' });
  });

  it.each([
    ['keeps a file that is restored', ['removed', 'file'], 1],
    ['removes a file that is removed', ['file', 'removed'], 0],
  ] as const)('%s by the last change of a page', async (_, order, left) => {
    const { loggedFolder, sync, feedSource, store } = await openFeedFixture(2);
    await sync();
    const before = await store.file('f0');
    const restored = loggedFolder.files().find(({ fileId }) => fileId === 'f0')!;
    const changes = {
      removed: { kind: 'removed', fileId: 'f0' },
      file: { kind: 'file', file: restored },
    } as const;
    const source: Source = {
      ...feedSource,
      feed: {
        now: () => feedSource.feed!.now(),
        async *since(cursor) {
          await Promise.resolve();
          yield { changes: order.map((kind) => changes[kind]), cursor };
        },
      },
    };
    expect(await sync({ sourceFor: () => source })).toMatchObject({ removed: 1 - left });
    expect((await store.file('f0'))?.documentId).toBe(left ? before?.documentId : undefined);
  });
});

describe('reconciliation', () => {
  it('corrects and counts changes that the feed did not report, and fetches only new bytes', async () => {
    const { loggedFolder, sync, expectConsistent } = await openFeedFixture(5);
    await sync();
    loggedFolder.takeCallCounts();
    const silently = { silently: true };
    loggedFolder.upsert('f0', { aclEntries: ['anyone'] }, silently);
    loggedFolder.upsert('f1', { folder: 'Moved' }, silently);
    loggedFolder.upsert('f2', { text: contract('Birchfold GmbH') }, silently);
    loggedFolder.remove('f3', silently);
    loggedFolder.upsert('new', { text: contract('Cindervale Corp.') }, silently);
    expect(counts(await sync())).toMatchObject({ found: 5, unchanged: 5 });
    expect(counts(await sync({ kind: 'nightly' }))).toMatchObject({ unchanged: 5 });
    expect(loggedFolder.takeCallCounts()).toEqual({ now: 0, changes: 2, list: 0, fetch: 0 });

    const status = await sync({ kind: 'reconcile' });
    expect(counts(status)).toMatchObject({ found: 5, indexed: 2, unchanged: 3, removed: 1 });
    expect(status.reconcile_diff).toEqual({
      added: 1,
      changed: 1,
      moved: 1,
      permissions: 1,
      removed: 1,
    });
    expect(loggedFolder.takeCallCounts()).toMatchObject({ now: 0, list: 1, fetch: 2 });
    await expectConsistent();
    const rerun = await sync({ kind: 'reconcile' });
    expect(rerun.reconcile_diff).toEqual({
      added: 0,
      changed: 0,
      moved: 0,
      permissions: 0,
      removed: 0,
    });
  });

  it('runs in a nightly sync after reported changes, and every week', async () => {
    const { loggedFolder, sync, store, expectConsistent } = await openFeedFixture();
    await sync();
    loggedFolder.takeCallCounts();
    const nightly = async () => {
      await sync({ kind: 'nightly' });
      return loggedFolder.takeCallCounts();
    };
    expect(await nightly()).toMatchObject({ changes: 1, list: 0 });
    loggedFolder.upsert('f0', { folder: 'Moved' });
    loggedFolder.upsert('f1', { folder: 'Moved, unlogged' }, { silently: true });
    expect(await nightly()).toMatchObject({ changes: 2, list: 1, fetch: 0 });
    await expectConsistent();
    expect(await nightly()).toMatchObject({ changes: 1, list: 0 });
    const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 3600_000).toISOString();
    await store.saveSourceCheckpoint(loggedFolder.id, {
      reconciledAt: daysAgo(6.9),
      changedAt: daysAgo(9),
    });
    expect(await nightly()).toMatchObject({ list: 0 });
    await store.saveSourceCheckpoint(loggedFolder.id, {
      reconciledAt: daysAgo(7.1),
      changedAt: daysAgo(9),
    });
    expect(await nightly()).toMatchObject({ list: 1, fetch: 0 });
    expect(await nightly()).toMatchObject({ list: 0 });
  });

  it('keeps a new file that the listing does not show yet', async () => {
    const { loggedFolder, sync, feedSource, expectConsistent } = await openFeedFixture();
    await sync();
    loggedFolder.upsert('new', { text: contract('Cindervale Corp.') });
    const slow: Source = {
      ...feedSource,
      async *list(signal) {
        for await (const entry of feedSource.list(signal)) {
          if (entry.kind === 'ignored' || entry.file.fileId !== 'new') yield entry;
          // moved to a folder that the listing has already passed
          if (entry.kind === 'file' && entry.file.fileId === 'f0')
            loggedFolder.upsert('f0', { folder: 'A' });
        }
      },
    };
    const status = await sync({ kind: 'nightly', sourceFor: () => slow });
    expect(counts(status)).toMatchObject({ found: 4, indexed: 1, unchanged: 3, removed: 0 });
    await expectConsistent();
  });
});

describe('failures', () => {
  it('saves no checkpoint of an incomplete listing or page of changes', async () => {
    const { loggedFolder, sync, feedSource, store, expectConsistent } = await openFeedFixture(12);
    const cutSource = (after: number): Source => ({
      ...feedSource,
      async *list(signal) {
        let left = after;
        for await (const entry of feedSource.list(signal)) {
          if (left-- === 0) throw new DeedboxError('source_error', 'The line is cut.');
          yield entry;
        }
      },
      feed: {
        now: () => feedSource.feed!.now(),
        async *since(cursor) {
          yield* [];
          for await (const page of feedSource.feed!.since(cursor)) {
            yield page;
            throw new DeedboxError('source_error', 'The line is cut.');
          }
        },
      },
    });
    const first = await sync({ sourceFor: () => cutSource(7) });
    expect(counts(first)).toMatchObject({ state: 'failed', found: 7, indexed: 7 });
    expect(first.detail).toBe('The line is cut.');
    expect(await store.sourceCheckpoint(loggedFolder.id)).toEqual({});
    expect(counts(await sync())).toMatchObject({ state: 'done', found: 12, indexed: 5 });

    const { cursor } = await store.sourceCheckpoint(loggedFolder.id);
    for (let n = 0; n < 12; n += 1) loggedFolder.upsert(`f${n}`, { folder: 'Moved' });
    expect(await sync({ sourceFor: () => cutSource(99) })).toMatchObject({ state: 'failed' });
    const { cursor: savedCursor } = await store.sourceCheckpoint(loggedFolder.id);
    expect(Number(savedCursor)).toBe(Number(cursor) + loggedFolder.pageSize);
    expect(counts(await sync())).toMatchObject({ state: 'done', found: 12, unchanged: 12 });
    await expectConsistent();
  });

  /** Another source, which cannot be listed at the first attempt; `meanwhile` runs then. */
  const failingOnce = (id: string, meanwhile: () => void): Source => {
    let attempts = 0;
    return {
      id,
      async *list() {
        attempts += 1;
        yield* [];
        if (attempts > 1) return;
        meanwhile();
        throw new DeedboxError('source_error', 'The line is cut.', { retryable: true });
      },
      fetch: () => Promise.reject(new Error('Nothing is listed.')),
    };
  };

  it('keeps the kind of a sync when it is retried', async () => {
    const { loggedFolder, sync, feedSource, store, expectConsistent } = await openFeedFixture();
    await sync();
    loggedFolder.takeCallCounts();
    const other = failingOnce('logged:other', () => {
      loggedFolder.upsert('f0', { folder: 'Moved' });
      loggedFolder.upsert('f1', { folder: 'Moved, unlogged' }, { silently: true });
    });
    await store.addSource(other.id);
    const sourceFor = (id: string) => (id === other.id ? other : feedSource);
    const status = await sync({ kind: 'nightly', sourceFor });
    expect(status).toMatchObject({ state: 'done', reconcile_diff: { moved: 1 } });
    expect((await store.sync())?.kind).toBe('nightly');
    expect(loggedFolder.takeCallCounts()).toMatchObject({ list: 1, fetch: 0 });
    await store.removeSource(other.id);
    await expectConsistent();
  });

  it.each(['reconcile', 'full'] as const)(
    'does not repeat the listing of a %s sync that is retried',
    async (kind) => {
      const { loggedFolder, sync, feedSource, store, expectConsistent } = await openFeedFixture();
      await sync();
      loggedFolder.takeCallCounts();
      const other = failingOnce('logged:other', () =>
        loggedFolder.upsert('f0', { folder: 'Moved' }),
      );
      await store.addSource(other.id);
      const sourceFor = (id: string) => (id === other.id ? other : feedSource);
      expect(await sync({ kind, sourceFor })).toMatchObject({ state: 'done', found: 3 });
      const fetch = kind === 'full' ? 3 : 0;
      expect(loggedFolder.takeCallCounts()).toMatchObject({ list: 1, fetch });
      await store.removeSource(other.id);
      await expectConsistent();
    },
  );

  it.each(['reconcile', 'full'] as const)(
    'does not repeat the listing of a %s sync that is cut short before its checkpoint',
    async (kind) => {
      const { loggedFolder, sync, store, expectConsistent } = await openFeedFixture();
      await sync();
      loggedFolder.takeCallCounts();
      const saveSourceCheckpoint = store.saveSourceCheckpoint.bind(store);
      let failures = 0;
      store.saveSourceCheckpoint = async (source, checkpoint) => {
        if (checkpoint.reconciledAt === undefined || failures === 1)
          return saveSourceCheckpoint(source, checkpoint);
        failures += 1;
        throw new DeedboxError('storage_error', 'The disk reports an error.', { retryable: true });
      };
      expect(await sync({ kind })).toMatchObject({ state: 'done', found: 3 });
      expect(failures).toBe(1);
      expect(loggedFolder.takeCallCounts()).toMatchObject({ list: 1 });
      await expectConsistent();
    },
  );
});

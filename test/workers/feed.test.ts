import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SyncStatusAnswer } from '../../src/search/answers.ts';
import type { Source } from '../../src/sources/source.ts';
import { DeedboxError } from '../../src/errors.ts';
import { LoggedFolder } from '../support/logged-folder.ts';
import { contract, openWorkplace } from './workplace.ts';

/** An archive of a source that tells its changes, with some files in it. */
async function openFed(files = 3) {
  const place = await openWorkplace();
  const world = new LoggedFolder(join(place.root, 'world'));
  for (let n = 0; n < files; n += 1) world.put(`f${n}`, { text: contract(`Aldermoor ${n} Inc.`) });
  await place.store.removeSource(place.source);
  await place.store.addSource(world.id);
  const source = world.source(join(place.data, 'tmp'));
  return {
    ...place,
    world,
    feeding: source,
    sync: (...[options]: Parameters<typeof place.sync>) =>
      place.sync({ sourceFor: () => source, ...options }),
    /** What the index says of each file, which must be what its source says. */
    inStep: async () => {
      const records = await place.store.files({});
      const listed = records.filter(({ state }) => state !== 'ignored');
      const said = listed.map(({ fileId, source: id, fileName, folder, size, ...more }) => {
        const { modifiedAt, changeKey, readers } = more;
        return { fileId, source: id, fileName, folder, readers, size, modifiedAt, changeKey };
      });
      const byId = (one: { fileId: string }, other: { fileId: string }) =>
        one.fileId < other.fileId ? -1 : 1;
      expect(said.sort(byId)).toEqual(world.files().sort(byId));
      expect(await place.store.verify()).toEqual([]);
    },
  };
}

const counts = ({ found, indexed, unchanged, failed, ignored, ...more }: SyncStatusAnswer) => {
  const { state, removed, pending } = more;
  expect(found).toBe(indexed + unchanged + failed + ignored + pending);
  return { state, found, indexed, unchanged, failed, ignored, removed };
};
const none = { found: 0, indexed: 0, unchanged: 0, failed: 0, ignored: 0, removed: 0 };

describe('following what a source tells', () => {
  it('lists once, then asks only for changes, and reads only what has other bytes', async () => {
    const { world, sync, inStep, store, record, texts } = await openFed();
    expect(counts(await sync())).toEqual({ ...none, state: 'done', found: 3, indexed: 3 });
    // Once before the listing, and what happened during it.
    expect(world.asked()).toEqual({ now: 1, list: 1, changes: 1, fetch: 3 });

    expect(counts(await sync())).toEqual({ ...none, state: 'done', found: 3, unchanged: 3 });
    expect(world.asked()).toEqual({ now: 0, list: 0, changes: 1, fetch: 0 });

    const before = await record('f0.txt');
    world.put('f0', { fileName: 'renamed.txt', folder: 'Moved', readers: ['user:b@example.com'] });
    world.put('f1', { text: contract('Birchfold GmbH') });
    world.put('f3', { text: contract('Cindervale Corp.') });
    world.remove('f2');
    const status = await sync();
    expect(counts(status)).toEqual({
      ...none,
      state: 'done',
      found: 3,
      indexed: 2,
      unchanged: 1,
      removed: 1,
    });
    expect(status).not.toHaveProperty('mended', expect.anything());
    expect(world.asked()).toMatchObject({ now: 0, fetch: 2 });
    await inStep();
    expect(await record('renamed.txt')).toMatchObject({ documentId: before?.documentId });
    expect((await texts())['f1.txt']).toContain('Birchfold');
    expect((await store.status()).files).toEqual({ pending: 0, indexed: 3, failed: 0, ignored: 0 });
  });

  it('does not take a copy for a rename, though the first file is gone', async () => {
    const { world, sync, inStep, record } = await openFed(2);
    await sync();
    const gone = await record('f0.txt');
    world.put('copy', { text: contract('Aldermoor 0 Inc.') });
    world.remove('f0');
    await sync({ kind: 'reconcile' });
    await inStep();
    expect((await record('copy.txt'))?.documentId).not.toBe(gone?.documentId);
  });

  it('takes what is ignored now out of the index, and gives it its document back', async () => {
    const { world, sync, store, record, texts } = await openFed();
    await sync();
    const before = await record('f1.txt');
    world.put('f1', { ignoredFor: 'in the trash' });
    expect(counts(await sync())).toMatchObject({ found: 3, unchanged: 2, ignored: 1, removed: 0 });
    expect(Object.keys(await texts()).sort()).toEqual(['f0.txt', 'f2.txt']);
    expect((await store.status()).documents).toBe(2);
    expect(counts(await sync())).toMatchObject({ found: 3, unchanged: 2, ignored: 1 });
    world.put('f1', { ignoredFor: undefined });
    expect(counts(await sync())).toMatchObject({ found: 3, indexed: 1, unchanged: 2, ignored: 0 });
    expect((await record('f1.txt'))?.documentId).toBe(before?.documentId);
  });

  it('is told the same twice and in any order, and reads each file once', async () => {
    const { world, sync, inStep } = await openFed(6);
    await sync();
    world.asked();
    world.pageSize = 4;
    world.shuffle = (changes) => [...changes, ...changes].reverse();
    for (let round = 0; round < 3; round += 1) {
      for (const n of [0, 1, 2]) world.put(`f${n}`, { text: contract(`Birchfold ${n} Ltd.`) });
      world.put('f0', { folder: `Round ${round}` });
      world.remove('f5');
    }
    world.put('new', { text: contract('Cindervale Corp.') });
    expect(counts(await sync())).toMatchObject({ found: 6, indexed: 4, unchanged: 2, removed: 1 });
    expect(world.asked().fetch).toBe(4);
    await inStep();
  });

  it('lists everything again when its position is no longer known, and says so', async () => {
    const { world, sync, inStep } = await openFed();
    await sync();
    world.asked();
    world.put('f1', { readers: ['anyone'] });
    world.remove('f2');
    world.expire();
    const status = await sync();
    expect(counts(status)).toMatchObject({ state: 'done', found: 2, unchanged: 2, removed: 1 });
    expect(status.notes).toEqual([expect.stringContaining('Everything was listed.')]);
    expect(status.mended).toMatchObject({ permissions: 1, removed: 1, changed: 0 });
    expect(world.asked()).toMatchObject({ now: 1, list: 1, fetch: 0 });
    await inStep();
    expect((await sync()).notes).toBeUndefined();
    expect(world.asked()).toMatchObject({ list: 0 });
  });

  it('lists once more when too much changed during a listing to be told', async () => {
    const { world, sync, feeding, inStep } = await openFed();
    let listings = 0;
    const restless: Source = {
      ...feeding,
      async *list(signal) {
        yield* feeding.list(signal);
        listings += 1;
        if (listings > 1) return;
        world.remove('f1');
        world.put('f3', { text: contract('Cindervale Corp.') });
        world.expire();
      },
    };
    const status = await sync({ sourceFor: () => restless });
    expect(counts(status)).toMatchObject({ state: 'done', found: 3, removed: 1 });
    expect(listings).toBe(2);
    await inStep();
  });

  it('does not read what it has read before it was told of', async () => {
    const { world, sync, feeding, inStep } = await openFed(2);
    await sync();
    world.put('f0', { text: contract('Birchfold GmbH') });
    const hasty: Source = {
      ...feeding,
      fetch: async (file, options) => {
        if (file.fileId === 'f0') world.put('f0', { text: contract('Cindervale Corp.') });
        return feeding.fetch(file, options);
      },
    };
    expect(counts(await sync({ sourceFor: () => hasty }))).toMatchObject({ indexed: 1 });
    world.put('f1', { text: contract('Birchfold GmbH') });
    world.put('f1', { text: contract('Aldermoor 1 Inc.') });
    world.asked();
    expect(counts(await sync())).toMatchObject({ found: 2, indexed: 0, unchanged: 2 });
    expect(world.asked().fetch).toBe(0);
    await inStep();
  });

  it('tries again what failed for a reason that may pass, and all that another pipeline read', async () => {
    const { world, sync, feeding, record } = await openFed();
    world.put('empty', { text: '' });
    const away: Source = {
      ...feeding,
      fetch: async (file, options) => {
        if (file.fileId !== 'f1') return feeding.fetch(file, options);
        throw new DeedboxError('source_error', 'The drive is away.', { retryable: true });
      },
    };
    const first = await sync({ sourceFor: () => away });
    expect(counts(first)).toMatchObject({ found: 4, indexed: 2, failed: 2 });
    world.asked();
    const second = await sync();
    expect(counts(second)).toMatchObject({ found: 4, indexed: 1, unchanged: 2, failed: 1 });
    expect(second.failures.map(({ file_name }) => file_name)).toEqual(['empty.txt']);
    expect(world.asked()).toMatchObject({ list: 0, fetch: 1 });
    expect((await record('f1.txt'))?.reason).toBeUndefined();

    expect(counts(await sync({ pipeline: 'next' }))).toMatchObject({ indexed: 3, failed: 1 });
    expect(world.asked()).toMatchObject({ list: 0, fetch: 4 });
    expect(counts(await sync({ pipeline: 'next' }))).toMatchObject({ unchanged: 3, failed: 1 });
    expect(counts(await sync({ kind: 'full' }))).toMatchObject({ indexed: 3, failed: 1 });
    expect(world.asked()).toMatchObject({ list: 1, fetch: 4 });
  });

  it('keeps its documents when a source suddenly shows nothing', async () => {
    const { world, sync, texts } = await openFed();
    await sync();
    for (const id of ['f0', 'f1', 'f2']) world.remove(id);
    for (const kind of ['follow', 'reconcile', 'full'] as const) {
      const status = await sync({ kind });
      expect(status).toMatchObject({ state: 'failed', removed: 0 });
      expect(status.detail).toMatch(/stay in the index.*still has access/);
      expect(Object.keys(await texts())).toHaveLength(3);
    }
    world.put('f0', { text: contract('Aldermoor 0 Inc.') });
    expect(counts(await sync())).toMatchObject({ state: 'done', found: 1, removed: 2 });
  });
});

describe('comparing the whole listing', () => {
  it('mends what was never told, says what it mended, and reads only other bytes', async () => {
    const { world, sync, inStep } = await openFed(5);
    await sync();
    world.asked();
    const silently = { silently: true };
    world.put('f0', { readers: ['anyone'] }, silently);
    world.put('f1', { folder: 'Moved' }, silently);
    world.put('f2', { text: contract('Birchfold GmbH') }, silently);
    world.remove('f3', silently);
    world.put('new', { text: contract('Cindervale Corp.') }, silently);
    expect(counts(await sync())).toMatchObject({ found: 5, unchanged: 5 });
    expect(counts(await sync({ kind: 'nightly' }))).toMatchObject({ unchanged: 5 });
    expect(world.asked()).toEqual({ now: 0, changes: 2, list: 0, fetch: 0 });

    const status = await sync({ kind: 'reconcile' });
    expect(counts(status)).toMatchObject({ found: 5, indexed: 2, unchanged: 3, removed: 1 });
    expect(status.mended).toEqual({ added: 1, changed: 1, moved: 1, permissions: 1, removed: 1 });
    expect(world.asked()).toMatchObject({ now: 0, list: 1, fetch: 2 });
    await inStep();
    const again = await sync({ kind: 'reconcile' });
    expect(again.mended).toEqual({ added: 0, changed: 0, moved: 0, permissions: 0, removed: 0 });
  });

  it('is done at night where anything was told since the last time, and every week', async () => {
    const { world, sync, store, inStep } = await openFed();
    await sync();
    world.asked();
    const nightly = async () => {
      await sync({ kind: 'nightly' });
      return world.asked();
    };
    expect(await nightly()).toMatchObject({ changes: 1, list: 0 });
    world.put('f0', { folder: 'Moved' });
    world.put('f1', { folder: 'Moved, untold' }, { silently: true });
    expect(await nightly()).toMatchObject({ changes: 2, list: 1, fetch: 0 });
    await inStep();
    expect(await nightly()).toMatchObject({ changes: 1, list: 0 });
    const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 3600_000).toISOString();
    await store.keepPosition(world.id, { reconciledAt: daysAgo(6.9), changedAt: daysAgo(9) });
    expect(await nightly()).toMatchObject({ list: 0 });
    await store.keepPosition(world.id, { reconciledAt: daysAgo(7.1), changedAt: daysAgo(9) });
    expect(await nightly()).toMatchObject({ list: 1, fetch: 0 });
    expect(await nightly()).toMatchObject({ list: 0 });
  });

  it('does not forget a file that the listing does not show yet', async () => {
    const { world, sync, feeding, inStep } = await openFed();
    await sync();
    world.put('new', { text: contract('Cindervale Corp.') });
    const slow: Source = {
      ...feeding,
      async *list(signal) {
        for await (const entry of feeding.list(signal)) {
          if (entry.kind === 'ignored' || entry.file.fileId !== 'new') yield entry;
          // Moved to where the listing has been already.
          if (entry.kind === 'file' && entry.file.fileId === 'f0') world.put('f0', { folder: 'A' });
        }
      },
    };
    const status = await sync({ kind: 'nightly', sourceFor: () => slow });
    expect(counts(status)).toMatchObject({ found: 4, indexed: 1, unchanged: 3, removed: 0 });
    await inStep();
  });
});

describe('what goes wrong on the way', () => {
  it('keeps no position of half a listing, nor of half a feed', async () => {
    const { world, sync, feeding, store, inStep } = await openFed(12);
    const cut = (after: number): Source => ({
      ...feeding,
      async *list(signal) {
        let left = after;
        for await (const entry of feeding.list(signal)) {
          if (left-- === 0) throw new DeedboxError('source_error', 'The line is cut.');
          yield entry;
        }
      },
      feed: {
        now: () => feeding.feed!.now(),
        async *since(cursor) {
          yield* [];
          for await (const page of feeding.feed!.since(cursor)) {
            yield page;
            throw new DeedboxError('source_error', 'The line is cut.');
          }
        },
      },
    });
    const first = await sync({ sourceFor: () => cut(7) });
    expect(counts(first)).toMatchObject({ state: 'failed', found: 7, indexed: 7 });
    expect(first.detail).toBe('The line is cut.');
    expect(await store.position(world.id)).toEqual({});
    expect(counts(await sync())).toMatchObject({ state: 'done', found: 12, indexed: 5 });

    const { cursor } = await store.position(world.id);
    for (let n = 0; n < 12; n += 1) world.put(`f${n}`, { folder: 'Moved' });
    expect(await sync({ sourceFor: () => cut(99) })).toMatchObject({ state: 'failed' });
    const { cursor: kept } = await store.position(world.id);
    expect(Number(kept)).toBe(Number(cursor) + world.pageSize);
    expect(counts(await sync())).toMatchObject({ state: 'done', found: 12, unchanged: 12 });
    await inStep();
  });
});

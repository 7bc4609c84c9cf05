import { expect, test } from 'vitest';
import type { FileRecord } from '../../src/store/records.ts';
import {
  indexRevision,
  unfiltered,
  passagesOf,
  pending,
  revisionOf,
  sourceFile,
  type StoreUnderTest,
  unrestricted,
} from './store-samples.ts';

export function filesContract(subject: () => StoreUnderTest): void {
  test('files are found by name, ignoring case, and by document id', async () => {
    const { store } = subject();
    const fileNamed = (fileId: string, fileName: string, folder = '') => ({
      ...pending(fileId),
      fileName,
      folder,
    });
    await store.recordFiles([
      fileNamed('a', 'Lease.pdf', 'b'),
      fileNamed('b', 'LEASE.PDF', 'a'),
      fileNamed('c', 'Caf\u00e9.pdf'),
      fileNamed('d', 'Leases.pdf'),
    ]);
    const documentId = await indexRevision(store, revisionOf('e', ['Text.']));
    const find = async (...names: string[]) =>
      (await unrestricted(store).filesByName(names)).map(({ fileId }) => fileId);
    expect(await find('lease.pdf')).toEqual(['b', 'a']);
    expect(await find('Cafe\u0301.pdf', documentId)).toEqual(['c', 'e']);
    expect(await find('Lease', 'a', '%')).toEqual([]);
    expect(await find()).toEqual([]);
  });

  test('a file is returned as it was recorded', async () => {
    const { store } = subject();
    const record: FileRecord = {
      ...sourceFile('a/b/lease.pdf', { webUrl: 'https://example.com/lease', size: 2 ** 40 }),
      state: 'failed',
      reason: 'encrypted',
      detail: 'It asks for a password.',
      attempts: 2,
      syncId: 'sync-1',
      outcome: 'failed',
    };
    await store.recordFiles([record]);
    expect(await store.file('a/b/lease.pdf')).toEqual(record);
    expect(await store.file('a/b')).toBeUndefined();
    expect(await store.sources()).toEqual(['folder:/contracts']);
  });

  test('files are listed by source, state and sync, in pages', async () => {
    const { store } = subject();
    await store.recordFiles(['1', '2', '3', '4'].map((id) => pending(id)));
    await store.recordFiles([{ ...pending('3', 'sync-2'), state: 'ignored', outcome: 'ignored' }]);
    await store.recordFiles([{ ...pending('other'), source: 'drive' }]);
    const ids = async (query: Parameters<typeof store.files>[0]) =>
      (await store.files(query)).map(({ fileId }) => fileId);
    expect(await ids({ source: 'folder:/contracts' })).toEqual(['1', '2', '3', '4']);
    expect(await ids({ source: 'drive' })).toEqual(['other']);
    expect(await ids({ states: ['ignored', 'failed'] })).toEqual(['3']);
    expect(await ids({ states: [] })).toEqual([]);
    expect(await ids({ syncId: 'sync-2', states: ['ignored'] })).toEqual(['3']);
    expect(await ids({ syncId: 'sync-2', states: ['pending'] })).toEqual([]);
    expect(await ids({ limit: 2, offset: 1 })).toEqual(['2', '3']);
  });

  test('files are listed by folder and name, ignoring case', async () => {
    const { store } = subject();
    const paths = ['b/z', 'B/a', 'a/c', 'late', 'a/B', 'Early', 'a/b', 'C/a'];
    await store.recordFiles(paths.map((id) => pending(id)));
    const all = ['Early', 'late', 'a/B', 'a/b', 'a/c', 'B/a', 'b/z', 'C/a'];
    const ids = async (limit?: number, offset?: number) =>
      (await store.files({ limit, offset })).map(({ fileId }) => fileId);
    expect(await ids()).toEqual(all);
    expect([...(await ids(3)), ...(await ids(3, 3)), ...(await ids(3, 6))]).toEqual(all);
  });

  test('recording a file leaves its document readable, under its new name', async () => {
    const { store } = subject();
    const documentId = await indexRevision(store, revisionOf('old/nda.pdf', ['Secret things.']));
    const before = await store.status();
    await store.recordFiles([
      {
        ...sourceFile('old/nda.pdf', { fileName: 'renamed.pdf', folder: 'new', changeKey: '2' }),
        state: 'failed',
        reason: 'corrupt',
        attempts: 3,
        syncId: 'sync-2',
        outcome: 'failed',
      },
    ]);
    const record = await store.file('old/nda.pdf');
    expect(record).toMatchObject({ state: 'failed', documentId, fileName: 'renamed.pdf' });
    const [document] = (
      await unrestricted(store).documents(unfiltered, { sort: 'title', limit: 1 })
    ).documents;
    expect(document?.file).toMatchObject({ fileName: 'renamed.pdf', folder: 'new' });
    expect(await unrestricted(store).searchDocuments(['renamed'], unfiltered, 5)).toHaveLength(1);
    expect((await store.status()).sequenceNumber).toBeGreaterThan(before.sequenceNumber);
    expect((await store.status()).failures).toEqual({ corrupt: 1 });
  });

  test('recording an unchanged file is not a change', async () => {
    const { store } = subject();
    await indexRevision(store, revisionOf('nda.pdf', ['Secret things.']));
    const { sequenceNumber } = await store.status();
    await store.recordFiles([
      {
        ...sourceFile('nda.pdf'),
        state: 'indexed',
        attempts: 1,
        syncId: 'sync-2',
        outcome: 'unchanged',
      },
    ]);
    expect((await store.status()).sequenceNumber).toBe(sequenceNumber);
    expect(await store.file('nda.pdf')).toMatchObject({ syncId: 'sync-2', outcome: 'unchanged' });
  });

  test('a file without a document is never recorded as indexed', async () => {
    const { store } = subject();
    await store.recordFiles([{ ...pending('nda.pdf'), state: 'indexed', outcome: 'unchanged' }]);
    const record = await store.file('nda.pdf');
    expect(record?.state).toBe('pending');
    expect(record).not.toHaveProperty('outcome');
  });

  test('a file that becomes ignored loses its document, and keeps its document id', async () => {
    const { store } = subject();
    const documentId = await indexRevision(store, revisionOf('nda.pdf', ['Secret things.']));
    const ignored = { state: 'ignored', outcome: 'ignored', detail: 'in the trash' } as const;
    await store.recordFiles([{ ...pending('nda.pdf'), ...ignored }]);
    expect(await store.scopedTo('unrestricted').text(documentId)).toBeUndefined();
    expect((await store.status()).files).toMatchObject({ indexed: 0, ignored: 1 });
    expect(await store.verify()).toEqual([]);
    expect(await indexRevision(store, revisionOf('nda.pdf', ['Secret things.']))).toBe(documentId);
  });

  test('files are revised from their records, all or none', async () => {
    const { store } = subject();
    await store.recordFiles([pending('a'), pending('b')]);
    await store.reviseFiles(['a', 'b', 'c'], (known, fileId) => {
      if (fileId === 'b') return undefined;
      return { ...pending(fileId, 'sync-2'), attempts: (known?.attempts ?? 6) + 1 };
    });
    const found = await store.files({});
    expect(found.map(({ fileId, syncId, attempts }) => [fileId, syncId, attempts])).toEqual([
      ['a', 'sync-2', 1],
      ['b', 'sync-1', 0],
      ['c', 'sync-2', 7],
    ]);
    const failing = store.reviseFiles(['a', 'b'], (_, fileId) => {
      if (fileId === 'b') throw new Error('no');
      return pending(fileId, 'sync-3');
    });
    await expect(failing).rejects.toThrow();
    expect(await store.file('a')).toMatchObject({ syncId: 'sync-2' });
  });

  test('a revision is stored only if the change key is still the recorded one', async () => {
    const { store } = subject();
    await store.recordFiles([{ ...pending('a'), changeKey: '1' }]);
    const read = revisionOf('a', ['The apples are sold.']);
    const shared = { folder: 'Moved', aclEntries: ['user:b@example.com' as const] };
    await store.recordFiles([{ ...pending('a', 'sync-2'), ...shared }]);
    expect(await store.replaceDocumentIfUnchanged(read)).toBe(true);
    expect(await store.file('a')).toMatchObject({ ...shared, state: 'indexed', syncId: 'sync-2' });
    await store.recordFiles([{ ...pending('a', 'sync-3'), changeKey: '2' }]);
    expect(await store.replaceDocumentIfUnchanged(revisionOf('a', ['The pears.']))).toBe(false);
    expect(await store.file('a')).toMatchObject({
      state: 'pending',
      contentHash: read.contentHash,
    });
    await store.removeFiles(['a']);
    expect(await store.replaceDocumentIfUnchanged(read)).toBe(false);
    expect(await store.files({})).toEqual([]);
  });

  test('files read by another pipeline can be listed', async () => {
    const { store } = subject();
    await indexRevision(store, revisionOf('old', ['The apples.'], { pipeline: '1' }));
    await indexRevision(store, revisionOf('new', ['The pears.'], { pipeline: '2' }));
    await store.recordFiles([pending('unread')]);
    const found = await store.files({ states: ['indexed'], excludedPipeline: '2' });
    expect(found.map(({ fileId }) => fileId)).toEqual(['old']);
  });

  test('the checkpoint of a source is updated field by field, and deleted with the source', async () => {
    const { store } = subject();
    expect(await store.sourceCheckpoint('drive')).toEqual({});
    await store.saveSourceCheckpoint('drive', { cursor: 'unknown source' });
    expect(await store.sourceCheckpoint('drive')).toEqual({});
    for (const id of ['drive', 'other']) {
      await store.addSource(id);
      await store.saveSourceCheckpoint(id, { cursor: '1', changedAt: '2026-06-15T10:00:00.000Z' });
      await store.saveSourceCheckpoint(id, {
        cursor: '2',
        reconciledAt: '2026-06-15T11:00:00.000Z',
      });
      await store.saveSourceCheckpoint(id, { changedAt: '2026-06-15T12:00:00.000Z' });
      await store.saveSourceCheckpoint(id, { permissionsAsOf: '2026-06-15T10:30:00.000Z' });
    }
    const partialCheckpoint = {
      cursor: '2',
      changedAt: '2026-06-15T12:00:00.000Z',
      permissionsAsOf: '2026-06-15T10:30:00.000Z',
    };
    const checkpoint = { ...partialCheckpoint, reconciledAt: '2026-06-15T11:00:00.000Z' };
    expect(await store.sourceCheckpoint('drive')).toEqual(checkpoint);
    await store.removeSource('drive');
    await store.saveSourceCheckpoint('drive', checkpoint);
    expect(await store.sourceCheckpoint('drive')).toEqual({});
    // It may have held files of other sources, which must be listed again.
    expect(await store.sourceCheckpoint('other')).toEqual(partialCheckpoint);
    await store.addSource('drive');
    expect(await store.sourceCheckpoint('drive')).toEqual({});
  });

  test('a rename keeps the document and its id, and frees the path for another file', async () => {
    const { store } = subject();
    const renamed = await indexRevision(store, revisionOf('a.txt', ['The apples are sold.']));
    await store.renameFile('a.txt', sourceFile('b/c.txt'), 'sync-2');
    expect(await store.file('a.txt')).toBeUndefined();
    expect(await store.file('b/c.txt')).toMatchObject({
      documentId: renamed,
      state: 'indexed',
      outcome: 'unchanged',
      syncId: 'sync-2',
    });
    const other = await indexRevision(store, revisionOf('a.txt', ['The pears are leased.']));
    expect(other).not.toBe(renamed);
    expect((await unrestricted(store).text(renamed))?.text).toBe('The apples are sold.');
    expect((await unrestricted(store).text(other))?.text).toBe('The pears are leased.');
    expect(other).toMatch(/^[A-Za-z0-9_-]{16,64}$/);
  });

  test('a rename onto a known path replaces what was there', async () => {
    const { store } = subject();
    const remainingId = await indexRevision(store, revisionOf('a.txt', ['The apples are sold.']));
    const lost = await indexRevision(store, revisionOf('b.txt', ['The pears are leased.']));
    await store.renameFile('a.txt', sourceFile('b.txt'), 'sync-2');
    expect(await unrestricted(store).text(lost)).toBeUndefined();
    expect((await store.file('b.txt'))?.documentId).toBe(remainingId);
    expect((await store.files({})).length).toBe(1);
    await expect(store.renameFile('a.txt', sourceFile('z.txt'), 's')).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('a removed file is removed with its document', async () => {
    const { store } = subject();
    const remainingId = await indexRevision(store, revisionOf('a.txt', ['The apples are sold.']));
    const removedId = await indexRevision(store, revisionOf('b.txt', ['The apples are leased.']));
    await store.removeFiles(['b.txt', 'never-known']);
    expect(await unrestricted(store).text(removedId)).toBeUndefined();
    expect(await passagesOf(unrestricted(store), removedId)).toEqual([]);
    const hits = await unrestricted(store).searchText(['apples'], unfiltered, 5);
    expect(hits.map(({ documentId }) => documentId)).toEqual([remainingId]);
    expect(await unrestricted(store).searchDocuments(['b', 'leased'], unfiltered, 5)).toEqual([]);
    expect((await store.status()).files.indexed).toBe(1);
  });

  test('a removed source loses its files, and stays removed until it is added again', async () => {
    const { store } = subject();
    await store.addSource('drive');
    await store.addSource('drive');
    await indexRevision(
      store,
      revisionOf('x', ['The apples are sold.'], { file: { source: 'drive' } }),
    );
    await indexRevision(store, revisionOf('y', ['The pears are sold.']));
    expect(await store.removeSource('drive')).toBe(1);
    expect(await store.sources()).toEqual(['folder:/contracts']);
    expect((await store.status()).documents).toBe(1);
    const late = revisionOf('x', ['The apples are sold.'], { file: { source: 'drive' } });
    await expect(indexRevision(store, late)).rejects.toMatchObject({ code: 'not_found' });
    await store.addSource('drive');
    await indexRevision(store, late);
    expect((await store.status()).documents).toBe(2);
  });
}

export function syncsContract(subject: () => StoreUnderTest): void {
  const begin = (syncId: string) =>
    subject().store.putSync({
      syncId,
      sources: ['folder:/contracts'],
      kind: 'incremental',
      state: 'listing',
      createdAt: '2026-06-15T10:00:00.000Z',
    });

  test('the counts of a sync are live until it ends', async () => {
    const { store } = subject();
    await begin('sync-1');
    await store.recordFiles(['a', 'b', 'c', 'd'].map((id) => pending(id)));
    expect(await store.sync('sync-1')).toEqual({
      syncId: 'sync-1',
      sources: ['folder:/contracts'],
      kind: 'incremental',
      state: 'listing',
      createdAt: '2026-06-15T10:00:00.000Z',
      found: 4,
      indexed: 0,
      unchanged: 0,
      failed: 0,
      ignored: 0,
      removed: 0,
      pending: 4,
    });
    await store.updateSync('sync-1', { state: 'reading', removed: 2 });
    await indexRevision(store, revisionOf('a', ['Apples.']));
    const failed = { state: 'failed', reason: 'corrupt', outcome: 'failed' } as const;
    await store.recordFiles([{ ...pending('b'), ...failed }]);
    await store.recordFiles([{ ...pending('c'), state: 'ignored', outcome: 'ignored' }]);
    const counts = { found: 4, indexed: 1, failed: 1, ignored: 1, pending: 1, removed: 2 };
    expect(await store.sync('sync-1')).toMatchObject({ state: 'reading', ...counts });
    await indexRevision(store, revisionOf('d', ['Pears.']));
    await store.updateSync('sync-1', { state: 'done', finishedAt: '2026-06-15T10:05:00.000Z' });

    await begin('sync-2');
    await store.recordFiles(['b', 'c'].map((id) => pending(id, 'sync-2')));
    const unchanged = { state: 'indexed', outcome: 'unchanged', attempts: 1 } as const;
    await store.recordFiles([{ ...pending('a', 'sync-2'), ...unchanged }]);
    expect(await store.sync()).toMatchObject({
      syncId: 'sync-2',
      found: 3,
      unchanged: 1,
      pending: 2,
    });
    // Ending it again changes nothing.
    await store.updateSync('sync-1', { state: 'done' });
    expect(await store.sync('sync-1')).toMatchObject({
      state: 'done',
      finishedAt: '2026-06-15T10:05:00.000Z',
      ...counts,
      indexed: 2,
      pending: 0,
    });
    expect(await store.sync('unknown')).toBeUndefined();
  });

  test('a sync counts all files of its feed sources', async () => {
    const { store } = subject();
    await begin('sync-1');
    for (const id of ['a', 'b']) await indexRevision(store, revisionOf(id, [`${id}.`]));
    const failed = { state: 'failed', reason: 'corrupt', outcome: 'failed' } as const;
    await store.recordFiles([{ ...pending('c'), ...failed }]);
    await store.recordFiles([{ ...pending('d'), state: 'ignored', outcome: 'ignored' }]);
    await store.recordFiles([{ ...pending('elsewhere'), source: 'drive' }]);
    await store.updateSync('sync-1', { state: 'done' });

    await begin('sync-2');
    await store.recordFiles([pending('e', 'sync-2')]);
    expect(await store.sync()).toMatchObject({ found: 1, pending: 1 });
    const feedSources = ['folder:/contracts'];
    await store.updateSync('sync-2', { feedSources });
    const counts = { found: 5, unchanged: 2, failed: 1, ignored: 1, pending: 1 };
    expect(await store.sync()).toMatchObject({ feedSources, ...counts });
    await store.updateSync('sync-2', { state: 'done' });
    await store.removeFiles(['a']);
    expect(await store.sync()).toMatchObject(counts);
  });

  test('a sync keeps its notes and its reconcile diff', async () => {
    const { store } = subject();
    await begin('sync-1');
    const reconcileDiff = { added: 1, changed: 2, moved: 3, permissions: 4, removed: 5 };
    const listedSources = ['folder:/contracts'];
    await store.updateSync('sync-1', { notes: ['It was listed.'], reconcileDiff, listedSources });
    await store.updateSync('sync-1', { state: 'done' });
    expect(await store.sync()).toMatchObject({
      state: 'done',
      notes: ['It was listed.'],
      reconcileDiff,
      listedSources,
    });
  });

  test('a failed sync has a detail', async () => {
    const { store } = subject();
    await begin('sync-1');
    await store.updateSync('sync-1', { state: 'failed', detail: 'The folder is gone.' });
    expect(await store.sync()).toMatchObject({ state: 'failed', detail: 'The folder is gone.' });
  });
}

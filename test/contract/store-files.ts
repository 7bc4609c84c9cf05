import { expect, test } from 'vitest';
import type { FileRecord } from '../../src/store/records.ts';
import type { StoreUnderTest } from './store.ts';
import { unrestricted, matchAll, passagesOf, revisionOf, sourceFile } from './store-samples.ts';

export function pending(fileId: string, syncId = 'sync-1'): FileRecord {
  return { ...sourceFile(fileId), state: 'pending', attempts: 0, syncId };
}

export function filesContract(subject: () => StoreUnderTest): void {
  test('files are found by their names, whatever the case, and by the ids of their documents', async () => {
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
    const documentId = await store.replaceDocument(revisionOf('e', ['Text.']));
    const find = async (...names: string[]) =>
      (await unrestricted(store).filesByName(names)).map(({ fileId }) => fileId);
    expect(await find('lease.pdf')).toEqual(['b', 'a']);
    expect(await find('Cafe\u0301.pdf', documentId)).toEqual(['c', 'e']);
    expect(await find('Lease', 'a', '%')).toEqual([]);
    expect(await find()).toEqual([]);
  });

  test('a file is read back as it was recorded', async () => {
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
    await store.recordFile(record);
    expect(await store.file('a/b/lease.pdf')).toEqual(record);
    expect(await store.file('a/b')).toBeUndefined();
    expect(await store.sources()).toEqual(['folder:/contracts']);
  });

  test('files are listed by source, state and sync, in pages', async () => {
    const { store } = subject();
    await store.recordFiles(['1', '2', '3', '4'].map((id) => pending(id)));
    await store.recordFile({ ...pending('3', 'sync-2'), state: 'ignored', outcome: 'ignored' });
    await store.recordFile({ ...pending('other'), source: 'drive' });
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

  test('files are listed by folder and name, whatever their case', async () => {
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
    const documentId = await store.replaceDocument(revisionOf('old/nda.pdf', ['Secret things.']));
    const before = await store.status();
    await store.recordFile({
      ...sourceFile('old/nda.pdf', { fileName: 'renamed.pdf', folder: 'new', changeKey: '2' }),
      state: 'failed',
      reason: 'corrupt',
      attempts: 3,
      syncId: 'sync-2',
      outcome: 'failed',
    });
    const record = await store.file('old/nda.pdf');
    expect(record).toMatchObject({ state: 'failed', documentId, fileName: 'renamed.pdf' });
    const [document] = (await unrestricted(store).documents(matchAll, { sort: 'title', limit: 1 }))
      .documents;
    expect(document?.file).toMatchObject({ fileName: 'renamed.pdf', folder: 'new' });
    expect(await unrestricted(store).searchDocuments(['renamed'], matchAll, 5)).toHaveLength(1);
    expect((await store.status()).sequenceNumber).toBeGreaterThan(before.sequenceNumber);
    expect((await store.status()).failures).toEqual({ corrupt: 1 });
  });

  test('recording a file as unchanged is no change', async () => {
    const { store } = subject();
    await store.replaceDocument(revisionOf('nda.pdf', ['Secret things.']));
    const { sequenceNumber } = await store.status();
    await store.recordFile({
      ...sourceFile('nda.pdf'),
      state: 'indexed',
      attempts: 1,
      syncId: 'sync-2',
      outcome: 'unchanged',
    });
    expect((await store.status()).sequenceNumber).toBe(sequenceNumber);
    expect(await store.file('nda.pdf')).toMatchObject({ syncId: 'sync-2', outcome: 'unchanged' });
  });

  test('a file without a document is never recorded as indexed', async () => {
    const { store } = subject();
    await store.recordFile({ ...pending('nda.pdf'), state: 'indexed', outcome: 'unchanged' });
    const record = await store.file('nda.pdf');
    expect(record?.state).toBe('pending');
    expect(record).not.toHaveProperty('outcome');
  });

  test('a file that is ignored now has no document, and has its id again when it comes back', async () => {
    const { store } = subject();
    const documentId = await store.replaceDocument(revisionOf('nda.pdf', ['Secret things.']));
    const ignored = { state: 'ignored', outcome: 'ignored', detail: 'in the trash' } as const;
    await store.recordFile({ ...pending('nda.pdf'), ...ignored });
    expect(await store.scopedTo('unrestricted').text(documentId)).toBeUndefined();
    expect((await store.status()).files).toMatchObject({ indexed: 0, ignored: 1 });
    expect(await store.verify()).toEqual([]);
    expect(await store.replaceDocument(revisionOf('nda.pdf', ['Secret things.']))).toBe(documentId);
  });

  test('files are revised by what is recorded of them, all or none', async () => {
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

  test('what was read of a file is kept only while it is recorded as it was read', async () => {
    const { store } = subject();
    await store.recordFile({ ...pending('a'), changeKey: '1' });
    const read = revisionOf('a', ['The apples are sold.']);
    const shared = { folder: 'Moved', aclEntries: ['user:b@example.com' as const] };
    await store.recordFile({ ...pending('a', 'sync-2'), ...shared });
    expect(await store.replaceDocumentIfUnchanged(read)).toBe(true);
    expect(await store.file('a')).toMatchObject({ ...shared, state: 'indexed', syncId: 'sync-2' });
    await store.recordFile({ ...pending('a', 'sync-3'), changeKey: '2' });
    expect(await store.replaceDocumentIfUnchanged(revisionOf('a', ['The pears.']))).toBe(false);
    expect(await store.file('a')).toMatchObject({
      state: 'pending',
      contentHash: read.contentHash,
    });
    await store.removeFiles(['a']);
    expect(await store.replaceDocumentIfUnchanged(read)).toBe(false);
    expect(await store.files({})).toEqual([]);
  });

  test('files that another pipeline read can be listed', async () => {
    const { store } = subject();
    await store.replaceDocument(revisionOf('old', ['The apples.'], { pipeline: '1' }));
    await store.replaceDocument(revisionOf('new', ['The pears.'], { pipeline: '2' }));
    await store.recordFile(pending('unread'));
    const found = await store.files({ states: ['indexed'], excludedPipeline: '2' });
    expect(found.map(({ fileId }) => fileId)).toEqual(['old']);
  });

  test('the position of a source is kept by parts, and lost with the source', async () => {
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
    }
    const partialCheckpoint = { cursor: '2', changedAt: '2026-06-15T10:00:00.000Z' };
    const checkpoint = { ...partialCheckpoint, reconciledAt: '2026-06-15T11:00:00.000Z' };
    expect(await store.sourceCheckpoint('drive')).toEqual(checkpoint);
    await store.removeSource('drive');
    await store.saveSourceCheckpoint('drive', checkpoint);
    expect(await store.sourceCheckpoint('drive')).toEqual({});
    // It may have held files that were known as the other's: those are to be listed again.
    expect(await store.sourceCheckpoint('other')).toEqual(partialCheckpoint);
    await store.addSource('drive');
    expect(await store.sourceCheckpoint('drive')).toEqual({});
  });

  test('a rename keeps the document and its id, and frees the path for another file', async () => {
    const { store } = subject();
    const renamed = await store.replaceDocument(revisionOf('a.txt', ['The apples are sold.']));
    await store.renameFile('a.txt', sourceFile('b/c.txt'), 'sync-2');
    expect(await store.file('a.txt')).toBeUndefined();
    expect(await store.file('b/c.txt')).toMatchObject({
      documentId: renamed,
      state: 'indexed',
      outcome: 'unchanged',
      syncId: 'sync-2',
    });
    const other = await store.replaceDocument(revisionOf('a.txt', ['The pears are leased.']));
    expect(other).not.toBe(renamed);
    expect((await unrestricted(store).text(renamed))?.text).toBe('The apples are sold.');
    expect((await unrestricted(store).text(other))?.text).toBe('The pears are leased.');
    expect(other).toMatch(/^[A-Za-z0-9_-]{16,64}$/);
  });

  test('a rename onto a known path replaces what was there', async () => {
    const { store } = subject();
    const remainingId = await store.replaceDocument(revisionOf('a.txt', ['The apples are sold.']));
    const lost = await store.replaceDocument(revisionOf('b.txt', ['The pears are leased.']));
    await store.renameFile('a.txt', sourceFile('b.txt'), 'sync-2');
    expect(await unrestricted(store).text(lost)).toBeUndefined();
    expect((await store.file('b.txt'))?.documentId).toBe(remainingId);
    expect((await store.files({})).length).toBe(1);
    await expect(store.renameFile('a.txt', sourceFile('z.txt'), 's')).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('a removed file takes its document along at once', async () => {
    const { store } = subject();
    const remainingId = await store.replaceDocument(revisionOf('a.txt', ['The apples are sold.']));
    const removedId = await store.replaceDocument(revisionOf('b.txt', ['The apples are leased.']));
    await store.removeFiles(['b.txt', 'never-known']);
    expect(await unrestricted(store).text(removedId)).toBeUndefined();
    expect(await passagesOf(unrestricted(store), removedId)).toEqual([]);
    const hits = await unrestricted(store).searchText(['apples'], matchAll, 5);
    expect(hits.map(({ documentId }) => documentId)).toEqual([remainingId]);
    expect(await unrestricted(store).searchDocuments(['b.txt', 'leased'], matchAll, 5)).toEqual([]);
    expect((await store.status()).files.indexed).toBe(1);
  });

  test('a removed source is gone with its files, and stays gone until it is added again', async () => {
    const { store } = subject();
    await store.addSource('drive');
    await store.addSource('drive');
    await store.replaceDocument(
      revisionOf('x', ['The apples are sold.'], { file: { source: 'drive' } }),
    );
    await store.replaceDocument(revisionOf('y', ['The pears are sold.']));
    expect(await store.removeSource('drive')).toBe(1);
    expect(await store.sources()).toEqual(['folder:/contracts']);
    expect((await store.status()).documents).toBe(1);
    const late = revisionOf('x', ['The apples are sold.'], { file: { source: 'drive' } });
    await expect(store.replaceDocument(late)).rejects.toMatchObject({ code: 'not_found' });
    await store.addSource('drive');
    await store.replaceDocument(late);
    expect((await store.status()).documents).toBe(2);
  });
}

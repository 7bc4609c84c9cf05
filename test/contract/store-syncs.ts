import { expect, test } from 'vitest';
import type { StoreUnderTest } from './store.ts';
import { pending } from './store-files.ts';
import { revisionOf } from './store-samples.ts';

export function syncsContract(subject: () => StoreUnderTest): void {
  const begin = (syncId: string) =>
    subject().store.putSync({
      syncId,
      sources: ['folder:/contracts'],
      kind: 'incremental',
      state: 'listing',
      createdAt: '2026-06-15T10:00:00.000Z',
    });

  test('the counts of a sync follow its files, and stay when it has ended', async () => {
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
    await store.replaceDocument(revisionOf('a', ['Apples.']));
    const failed = { state: 'failed', reason: 'corrupt', outcome: 'failed' } as const;
    await store.recordFile({ ...pending('b'), ...failed });
    await store.recordFile({ ...pending('c'), state: 'ignored', outcome: 'ignored' });
    const counts = { found: 4, indexed: 1, failed: 1, ignored: 1, pending: 1, removed: 2 };
    expect(await store.sync('sync-1')).toMatchObject({ state: 'reading', ...counts });
    await store.replaceDocument(revisionOf('d', ['Pears.']));
    await store.updateSync('sync-1', { state: 'done', finishedAt: '2026-06-15T10:05:00.000Z' });

    await begin('sync-2');
    await store.recordFiles(['b', 'c'].map((id) => pending(id, 'sync-2')));
    const unchanged = { state: 'indexed', outcome: 'unchanged', attempts: 1 } as const;
    await store.recordFile({ ...pending('a', 'sync-2'), ...unchanged });
    expect(await store.sync()).toMatchObject({
      syncId: 'sync-2',
      found: 3,
      unchanged: 1,
      pending: 2,
    });
    // Said again, an end changes nothing.
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

  test('the files of a source that was followed count, touched or not', async () => {
    const { store } = subject();
    await begin('sync-1');
    for (const id of ['a', 'b']) await store.replaceDocument(revisionOf(id, [`${id}.`]));
    const failed = { state: 'failed', reason: 'corrupt', outcome: 'failed' } as const;
    await store.recordFile({ ...pending('c'), ...failed });
    await store.recordFile({ ...pending('d'), state: 'ignored', outcome: 'ignored' });
    await store.recordFile({ ...pending('elsewhere'), source: 'drive' });
    await store.updateSync('sync-1', { state: 'done' });

    await begin('sync-2');
    await store.recordFile(pending('e', 'sync-2'));
    expect(await store.sync()).toMatchObject({ found: 1, pending: 1 });
    const incrementalSources = ['folder:/contracts'];
    await store.updateSync('sync-2', { incrementalSources });
    const counts = { found: 5, unchanged: 2, failed: 1, ignored: 1, pending: 1 };
    expect(await store.sync()).toMatchObject({ incrementalSources, ...counts });
    await store.updateSync('sync-2', { state: 'done' });
    await store.removeFiles(['a']);
    expect(await store.sync()).toMatchObject(counts);
  });

  test('a sync keeps what is said of it', async () => {
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

  test('a failed sync says why', async () => {
    const { store } = subject();
    await begin('sync-1');
    await store.updateSync('sync-1', { state: 'failed', detail: 'The folder is gone.' });
    expect(await store.sync()).toMatchObject({ state: 'failed', detail: 'The folder is gone.' });
  });
}

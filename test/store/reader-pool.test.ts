import type { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { ReaderPool } from '../../src/store/threads/reader-pool.ts';
import {
  clause,
  indexRevision,
  model,
  revisionOf,
  unfiltered,
  vectorOf,
} from '../contract/store-samples.ts';
import { openStore, temporaryFolder } from './temporary-stores.ts';

async function filled(threads = 2): Promise<{ store: Store; pool: ReaderPool; folder: string }> {
  const folder = await temporaryFolder();
  const store = await openStore(folder);
  for (const [word, entries] of [
    ['apple', ['anyone']],
    ['pear', ['user:ann@firm.example']],
  ] as const) {
    await indexRevision(
      store,
      revisionOf(word, [`The ${word} falls.`, `A ${word} is sold to Acme.`], {
        file: { aclEntries: [...entries] },
        parties: [`${word} Ltd`],
        analysis: { clauses: [clause('governing_law', 0.9)] },
      }),
    );
  }
  const onChange = (listener: () => void) => store.onChange(() => listener());
  const pool = new ReaderPool({ folder, threads, onChange });
  onTestFinished(() => pool.close());
  return { store, pool, folder };
}

test('threads answer what the store itself answers, each principal their own', async () => {
  const { store, pool } = await filled();
  for (const access of ['unrestricted', ['anyone'], ['user:ann@firm.example', 'anyone']] as const) {
    const answers = async (index: ReturnType<Store['scopedTo']>) => {
      const { documents } = await index.documents(unfiltered, { sort: 'title', limit: 9 });
      const ids = documents.map(({ documentId }) => documentId);
      return [
        documents,
        index.access,
        await Promise.all(ids.map((id) => index.text(id))),
        await index.clauses(ids, { minConfidence: 0 }),
        await index.parties(unfiltered),
        await index.documentsByParty(['apple', 'pear']),
        await index.documentIds('', 9),
        await index.searchDocuments(['pear'], unfiltered, 9),
        await index.searchText(['sold'], unfiltered, 9),
        await index.searchVectors(vectorOf('the pear'), model, unfiltered, 9),
        await index.passages(ids.map((documentId) => ({ documentId, start: 0, end: 9 }))),
        await index.size(),
        await index.files(),
        await index.filesByName(['pear', 'apple']),
        await index.version(),
      ];
    };
    const readable = access === 'unrestricted' ? access : [...access];
    const expected = await answers(store.scopedTo(readable));
    expect(await answers(pool.scopedTo(readable))).toEqual(expected);
    expect(expected[0]).toHaveLength(readable.includes('anyone') && readable.length < 2 ? 1 : 2);
  }
});

test('threads see a change, and report it', async () => {
  const { store, pool } = await filled();
  const index = pool.scopedTo('unrestricted');
  const changed = new Promise<void>((resolve) => index.onChange(resolve));
  await indexRevision(store, revisionOf('plum', ['A plum.']));
  await changed;
  expect(await index.searchText(['plum'], unfiltered, 9)).toHaveLength(1);
});

test('errors keep their code and hint', async () => {
  const { pool } = await filled();
  const other = { ...model, checksum: 'b'.repeat(64) };
  await expect(
    pool.scopedTo('unrestricted').searchVectors(vectorOf('x'), other, unfiltered, 1),
  ).rejects.toMatchObject({
    code: 'model_mismatch',
    hint: expect.stringContaining('reindex') as string,
  });
});

test('a thread that ends is replaced, and what it ran is rejected', async () => {
  const threads: Worker[] = [];
  const remember = (thread: Worker) => threads.push(thread);
  process.on('worker', remember);
  onTestFinished(() => void process.off('worker', remember));
  const { pool } = await filled();
  const index = pool.scopedTo('unrestricted');
  await index.size();
  const calls = Promise.allSettled(Array.from({ length: 20 }, () => index.size()));
  await Promise.all(threads.map((thread) => thread.terminate()));
  for (const call of await calls) {
    if (call.status === 'fulfilled') continue;
    expect(call.reason).toMatchObject({ code: 'internal', retryable: true });
  }
  expect(await index.size()).toEqual({ documents: 2, passages: 4 });
  await expect.poll(() => threads.length).toBe(4);
});

test('arguments that cannot be copied reject their call alone', async () => {
  const { pool } = await filled();
  const index = pool.scopedTo('unrestricted');
  const filter = { ...unfiltered, today: (() => '') as unknown as string };
  await expect(index.searchText(['pear'], filter, 9)).rejects.toThrow();
  expect(await index.searchText(['pear'], unfiltered, 9)).toHaveLength(2);
});

test('what waits when the pool is closed is rejected', async () => {
  const { pool } = await filled();
  const index = pool.scopedTo('unrestricted');
  const calls = Array.from({ length: 50 }, () => index.size());
  const settled = Promise.allSettled(calls);
  await pool.close();
  const rejected = (await settled).filter(({ status }) => status === 'rejected');
  expect(rejected.length).toBeGreaterThan(0);
  await expect(index.size()).rejects.toMatchObject({ code: 'not_ready' });
});

import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { openEmbedder } from '../../src/embed/embedder.ts';
import { databaseName, openSqliteStore } from '../../src/store/sqlite.ts';
import { openStoreReader } from '../../src/store/sqlite/schema.ts';
import { readConfig } from '../../src/settings/config.ts';
import { exactNearest } from '../vectors/exact-nearest.ts';
import { genericQueries } from '../tool-latency.ts';

const limit = 10;

/** Of the ten passages nearest to each question by the stored vectors, the share that search finds. */
export async function measureRecall(data: string): Promise<number> {
  const embedder = await openEmbedder(readConfig({ DEEDBOX_DATA: data }).embedding);
  const store = await openSqliteStore({ folder: data });
  try {
    const queries: Float32Array[] = [];
    for (const query of genericQueries) queries.push(await embedder.embedQuery(query));
    const connection = openStoreReader(path.join(data, databaseName));
    const [exact] = exactNearest(connection, queries, limit);
    connection.close();
    const filter = { today: '2026-01-01', minClauseConfidence: 0.5 };
    const index = store.scopedTo('unrestricted');
    let found = 0;
    for (const [n, query] of queries.entries()) {
      const hits = await index.searchVectors(query, embedder.identity, filter, 100);
      const top = new Set(hits.slice(0, limit).map(({ passageId }) => passageId));
      found += exact![n]!.filter((passage) => top.has(passage)).length;
    }
    return found / (queries.length * limit);
  } finally {
    await store.close();
    await embedder.close();
  }
}

/**
 * Milliseconds from the withdrawal of the right to one contract, as a listing records it, to an answer
 * without it for the person who had it.
 */
export async function measureWithdrawal(data: string): Promise<number> {
  const store = await openSqliteStore({ folder: data });
  try {
    const [file] = await store.files({ states: ['indexed'], limit: 1 });
    const person = ['user:ann@firm.example'] as const;
    const index = store.scopedTo([...person]);
    const record = async (aclEntries: (typeof person)[number][] | 'former') =>
      store.reviseFiles([file!.fileId], (known) => ({
        ...known!,
        aclEntries: aclEntries === 'former' ? file!.aclEntries : aclEntries,
      }));
    await record([...person]);
    const { documents } = await index.size();
    const started = performance.now();
    await record([]);
    const after = await index.size();
    const ms = performance.now() - started;
    await record('former');
    if (documents !== after.documents + 1) throw new Error('The withdrawal had no effect.');
    return ms;
  } finally {
    await store.close();
  }
}

/** Bytes of the data folder, and of the part that is the vector index. */
export function diskUse(data: string): { all: number; vectors: number } {
  let [all, vectors] = [0, 0];
  for (const name of readdirSync(data, { recursive: true, encoding: 'utf8' })) {
    const stats = statSync(path.join(data, name), { throwIfNoEntry: false });
    if (!stats?.isFile()) continue;
    all += stats.size;
    if (name.endsWith('.seg')) vectors += stats.size;
  }
  return { all, vectors };
}

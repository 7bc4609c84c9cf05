import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openSqliteStore } from '../src/store/sqlite.ts';
import type { DocumentFilter, PassageHit } from '../src/store/records.ts';
import type { Store } from '../src/store/store.ts';
import { seededRandom } from '../training/random.ts';
import { contracts, model, question } from './store-corpus.ts';

/**
 * Measures the store alone on synthetic contracts: `npx tsx bench/store.ts [passages]`.
 * Prints write rate, index build rate and the latency of each kind of search.
 */

const passages = Number(process.argv[2] ?? 40_000);
const rounds = 200;
const unfiltered: DocumentFilter = { today: '2026-06-15', minClauseConfidence: 0.5 };

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const start = performance.now();
  const result = await work();
  return { ms: performance.now() - start, result };
}

function line(name: string, value: string): void {
  console.log(`${name.padEnd(52)} ${value}`);
}

async function latency(name: string, query: (round: number) => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push((await timed(() => query(round))).ms);
  times.sort((one, other) => one - other);
  const at = (share: number) => (times[Math.floor(rounds * share)] ?? 0).toFixed(2);
  line(name, `p50 ${at(0.5)} ms   p95 ${at(0.95)} ms   max ${at(0.999)} ms`);
}

async function fill(folder: string): Promise<void> {
  const store = await openSqliteStore({ folder });
  const revisions = [...contracts(passages)];
  await store.recordFiles(
    revisions.map(({ file, syncId }) => ({ ...file, state: 'pending', attempts: 0, syncId })),
  );
  const { ms } = await timed(async () => {
    for (const revision of revisions) await store.replaceDocumentIfUnchanged(revision);
  });
  line(
    'write, documents (100 passages each) a second',
    ((revisions.length / ms) * 1000).toFixed(0),
  );
  const built = await timed(() => store.updateIndex());
  line('write the vector index, passages a second', ((passages / built.ms) * 1000).toFixed(0));
  await store.close();
}

async function measureQuestions(store: Store): Promise<void> {
  const random = seededRandom(99);
  const questions = Array.from({ length: rounds }, () => question(random, 12));
  const at = (round: number) => questions[round % rounds] ?? question(random, 12);
  const nda: DocumentFilter = { ...unfiltered, documentTypes: ['nda'] };
  const delaware: DocumentFilter = { ...unfiltered, governingLaw: 'Delaware' };
  const { documents } = await store
    .scopedTo('unrestricted')
    .documents(unfiltered, { sort: 'title', limit: 50 });
  const one = (round: number): DocumentFilter => ({
    ...unfiltered,
    documentIds: [documents[round % documents.length]?.documentId ?? ''],
  });
  const filters: [string, (round: number) => DocumentFilter][] = [
    ['all', () => unfiltered],
    ['1 in 2', () => delaware],
    ['1 in 10', () => nda],
    ['one document', one],
    ['has a clause', () => ({ ...unfiltered, hasClauses: ['type_3'] })],
  ];
  for (const [name, filter] of filters) {
    await latency(`vectors, ${name}`, (n) =>
      store.scopedTo('unrestricted').searchVectors(at(n).vector, model, filter(n), 50),
    );
    await latency(`text (12 words), ${name}`, (n) =>
      store.scopedTo('unrestricted').searchText(at(n).terms, filter(n), 50),
    );
  }
  await latency('documents by words', (n) =>
    store.scopedTo('unrestricted').searchDocuments(at(n).terms, unfiltered, 20),
  );
  await latency('documents, filtered, by title', () =>
    store
      .scopedTo('unrestricted')
      .documents({ ...nda, status: 'unknown' }, { sort: 'title', limit: 10 }),
  );
  await latency('parties', () => store.scopedTo('unrestricted').parties(unfiltered));
}

/** Recall@10 of the vector index against exact search. */
async function recall(store: Store): Promise<number> {
  const random = seededRandom(7);
  const { total } = await store
    .scopedTo('unrestricted')
    .documents(unfiltered, { sort: 'title', limit: 1 });
  const documentIds: string[] = [];
  for (let offset = 0; offset < total; offset += 50) {
    const page = await store
      .scopedTo('unrestricted')
      .documents(unfiltered, { sort: 'title', limit: 50, offset });
    documentIds.push(...page.documents.map((document) => document.documentId));
  }
  let found = 0;
  for (let round = 0; round < rounds; round += 1) {
    const { vector } = question(random, 12);
    const hits = await store.scopedTo('unrestricted').searchVectors(vector, model, unfiltered, 10);
    // Fifty documents at a time, so that the filter leaves few passages, which are scored exactly.
    const exact: PassageHit[] = [];
    for (let start = 0; start < total; start += 50) {
      const some = { ...unfiltered, documentIds: documentIds.slice(start, start + 50) };
      exact.push(...(await store.scopedTo('unrestricted').searchVectors(vector, model, some, 10)));
    }
    const topHits = exact.sort((a, b) => b.score - a.score).slice(0, 10);
    found += topHits.filter((hit) =>
      hits.some((other) => other.passageId === hit.passageId),
    ).length;
  }
  return found / (rounds * 10);
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'deedbox-bench-'));
try {
  await fill(folder);
  line('database, MB', (statSync(path.join(folder, 'deedbox.db')).size / 1e6).toFixed(0));
  const store = await openSqliteStore({ folder });
  const random = seededRandom(3);
  const first = await timed(() =>
    store
      .scopedTo('unrestricted')
      .searchVectors(question(random, 12).vector, model, unfiltered, 50),
  );
  line('first question after opening, ms', first.ms.toFixed(1));
  await measureQuestions(store);
  line('recall of the ten nearest', (await recall(store)).toFixed(4));
  await store.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Access, AclEntry } from '../src/domain/documents.ts';
import type { ScopedIndex } from '../src/store/scoped-index.ts';
import type { DocumentFilter } from '../src/store/records.ts';
import { databaseName, openSqliteStore } from '../src/store/sqlite.ts';
import { openStoreDatabase } from '../src/store/sqlite/schema.ts';
import { replaceDocument } from '../src/store/sqlite/revisions.ts';
import type { Store } from '../src/store/store.ts';
import { percentile } from './figures.ts';
import { seededRandom } from '../training/random.ts';
import { contracts, model, question } from './store-corpus.ts';

/**
 * Measures the cost of the ACL for a principal that may read some of the documents:
 * `npx tsx bench/store-acl.ts [documents] [passages of each]`. The ACL of each document has
 * four of two thousand groups and one person; each principal is in twenty groups. Prints the CPU time of
 * each query in milliseconds, with a warm cache and directly after an ACL change. CPU time hardly depends
 * on other processes.
 */

const documents = Number(process.argv[2] ?? 50_000);
const passagesEach = Number(process.argv[3] ?? 4);
const rounds = 100;
const batchSize = 500;
const unfiltered: DocumentFilter = { today: '2026-06-15', minClauseConfidence: 0.5 };

const group = (name: string): AclEntry => `group:${name}@firm.example`;
const others = Array.from({ length: 17 }, (_, index) => group(`other-${index}`));
const person = (name: string): AclEntry[] => ['anyone', `user:${name}@firm.example`, ...others];
const principals: [string, Access][] = [
  ['unrestricted', 'unrestricted'],
  ['1%', [...person('ann'), group('one')]],
  ['50%', [...person('bob'), group('half')]],
  ['100%', [...person('cleo'), 'domain:firm.example']],
];

function aclEntriesOf(number: number, random: () => number): AclEntry[] {
  const aclEntries: AclEntry[] = [
    `user:u${Math.floor(random() * 500)}@firm.example`,
    'domain:firm.example',
  ];
  for (let n = 0; n < 4; n += 1) aclEntries.push(group(`g${Math.floor(random() * 2000)}`));
  if (number % 2 === 0) aclEntries.push(group('half'));
  if (number % 100 === 0) aclEntries.push(group('one'));
  return [...new Set(aclEntries)].sort();
}

function nextChunk<T>(from: Iterator<T>, maxCount: number): T[] {
  const chunk: T[] = [];
  while (chunk.length < maxCount) {
    const next = from.next();
    if (next.done) break;
    chunk.push(next.value);
  }
  return chunk;
}

/** In large transactions, since the write rate is not measured here. */
function fill(folder: string): void {
  const connection = openStoreDatabase(path.join(folder, databaseName));
  const random = seededRandom(5);
  let number = 0;
  const write = (revision: Parameters<typeof replaceDocument>[1]) =>
    replaceDocument(connection, {
      ...revision,
      file: { ...revision.file, aclEntries: aclEntriesOf(number++, random) },
      analysis: { ...revision.analysis, clauses: revision.analysis.clauses.slice(0, 10) },
    });
  const revisions = contracts(documents * passagesEach, passagesEach);
  for (
    let some = nextChunk(revisions, batchSize);
    some.length > 0;
    some = nextChunk(revisions, batchSize)
  ) {
    connection.write(() => some.forEach(write));
  }
  connection.close();
}

async function measure(
  name: string,
  before: () => Promise<void>,
  query: (round: number) => Promise<unknown>,
  times = rounds,
): Promise<void> {
  const cpuMs: number[] = [];
  for (let round = 0; round < times; round += 1) {
    await before();
    const start = process.cpuUsage();
    await query(round);
    const { user, system } = process.cpuUsage(start);
    cpuMs.push((user + system) / 1000);
  }
  const [p50, p95] = [0.5, 0.95].map((share) => percentile(cpuMs, share).toFixed(2));
  console.log(`${name.padEnd(48)} p50 ${p50} ms   p95 ${p95} ms`);
}

async function questionsOf(
  scopedIndex: ScopedIndex,
): Promise<[string, (round: number) => Promise<unknown>][]> {
  const random = seededRandom(99);
  const questions = Array.from({ length: rounds }, () => question(random, 12));
  const at = (round: number) => questions[round % rounds]!;
  const nda: DocumentFilter = { ...unfiltered, documentTypes: ['nda'] };
  const { documents: some } = await scopedIndex.documents(unfiltered, { sort: 'title', limit: 50 });
  const one = (round: number) => some[round % some.length]!.documentId;
  return [
    ['vectors', (n) => scopedIndex.searchVectors(at(n).vector, model, unfiltered, 50)],
    ['vectors of 1 type in 10', (n) => scopedIndex.searchVectors(at(n).vector, model, nda, 50)],
    ['text (12 words)', (n) => scopedIndex.searchText(at(n).terms, unfiltered, 50)],
    ['documents by words', (n) => scopedIndex.searchDocuments(at(n).terms, unfiltered, 20)],
    [
      '10 documents by title',
      () => scopedIndex.documents(unfiltered, { sort: 'title', limit: 10 }),
    ],
    [
      '10 of 1 type in 10 by expiry',
      () => scopedIndex.documents(nda, { sort: 'expiration_date', limit: 10 }),
    ],
    [
      'one document by id',
      (n) =>
        scopedIndex.documents(
          { ...unfiltered, documentIds: [one(n)] },
          { sort: 'title', limit: 1 },
        ),
    ],
    ['its text', (n) => scopedIndex.text(one(n))],
    ['parties', () => scopedIndex.parties(unfiltered)],
    ['number of documents', () => scopedIndex.size()],
    ['whether anything changed', () => scopedIndex.version()],
  ];
}

/** Adds and removes an ACL entry of one document. */
async function changing(store: Store): Promise<() => Promise<void>> {
  const record = (await store.file('7.txt'))!;
  let given = false;
  return async () => {
    given = !given;
    const aclEntries = given ? [...record.aclEntries, group('new')].sort() : record.aclEntries;
    await store.recordFiles([{ ...record, aclEntries }]);
  };
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'deedbox-bench-'));
try {
  const began = performance.now();
  fill(folder);
  const store = await openSqliteStore({ folder });
  await store.updateIndex();
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`${documents} documents, ${documents * passagesEach} passages, made in ${seconds} s`);
  const change = await changing(store);
  for (const [name, access] of principals) {
    const scopedIndex = store.scopedTo(access);
    const { documents: visibleCount } = await scopedIndex.size();
    console.log(`\nMay read ${name}: ${visibleCount} documents`);
    for (const [what, query] of await questionsOf(scopedIndex)) {
      await query(0);
      await measure(`  ${what}`, async () => {}, query);
      await measure(`  ${what}, a permission changed`, change, query, 15);
    }
  }
  await store.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

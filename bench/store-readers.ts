import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Access, Reader } from '../src/documents.ts';
import type { Library } from '../src/store/library.ts';
import type { DocumentFilter } from '../src/store/records.ts';
import { databaseName, openSqliteStore } from '../src/store/sqlite.ts';
import { openDatabase } from '../src/store/sqlite/open.ts';
import { replaceDocument } from '../src/store/sqlite/revisions.ts';
import type { Store } from '../src/store/store.ts';
import { percentile } from './figures.ts';
import { seededRandom } from '../training/random.ts';
import { contracts, model, question } from './store-corpus.ts';

/**
 * Measures what it costs to answer for a person who may read some of the documents:
 * `npx tsx bench/store-readers.ts [documents] [passages of each]`. Each has four groups of two thousand and one person as
 * readers, and each who asks is in twenty groups. Prints what each question takes when the same person
 * asked before and nothing has changed since, and when a permission has just changed; in milliseconds of
 * the processor, which others on the machine hardly change.
 */

const documents = Number(process.argv[2] ?? 50_000);
const passagesEach = Number(process.argv[3] ?? 4);
const rounds = 100;
const batch = 500;
const everything: DocumentFilter = { today: '2026-06-15', clauseConfidence: 0.5 };

const group = (name: string): Reader => `group:${name}@firm.example`;
const others = Array.from({ length: 17 }, (_, index) => group(`other-${index}`));
const person = (name: string): Reader[] => ['anyone', `user:${name}@firm.example`, ...others];
const askers: [string, Access][] = [
  ['everything', 'everything'],
  ['1%', [...person('ann'), group('one')]],
  ['50%', [...person('bob'), group('half')]],
  ['100%', [...person('cleo'), 'domain:firm.example']],
];

function readersOf(number: number, random: () => number): Reader[] {
  const readers: Reader[] = [
    `user:u${Math.floor(random() * 500)}@firm.example`,
    'domain:firm.example',
  ];
  for (let n = 0; n < 4; n += 1) readers.push(group(`g${Math.floor(random() * 2000)}`));
  if (number % 2 === 0) readers.push(group('half'));
  if (number % 100 === 0) readers.push(group('one'));
  return [...new Set(readers)].sort();
}

function take<T>(from: Iterator<T>, most: number): T[] {
  const taken: T[] = [];
  while (taken.length < most) {
    const next = from.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return taken;
}

/** In large transactions: how fast documents are written is not what is measured here. */
function fill(folder: string): void {
  const connection = openDatabase(path.join(folder, databaseName));
  const random = seededRandom(5);
  let number = 0;
  const write = (revision: Parameters<typeof replaceDocument>[1]) =>
    replaceDocument(connection, {
      ...revision,
      file: { ...revision.file, readers: readersOf(number++, random) },
      analysis: { ...revision.analysis, clauses: revision.analysis.clauses.slice(0, 10) },
    });
  const made = contracts(documents * passagesEach, passagesEach);
  for (let some = take(made, batch); some.length > 0; some = take(made, batch)) {
    connection.write(() => some.forEach(write));
  }
  connection.close();
}

async function measure(
  name: string,
  before: () => Promise<void>,
  ask: (round: number) => Promise<unknown>,
  times = rounds,
): Promise<void> {
  const taken: number[] = [];
  for (let round = 0; round < times; round += 1) {
    await before();
    const start = process.cpuUsage();
    await ask(round);
    const { user, system } = process.cpuUsage(start);
    taken.push((user + system) / 1000);
  }
  const [p50, p95] = [0.5, 0.95].map((share) => percentile(taken, share).toFixed(2));
  console.log(`${name.padEnd(48)} p50 ${p50} ms   p95 ${p95} ms`);
}

async function questionsOf(
  library: Library,
): Promise<[string, (round: number) => Promise<unknown>][]> {
  const random = seededRandom(99);
  const asked = Array.from({ length: rounds }, () => question(random, 12));
  const at = (round: number) => asked[round % rounds]!;
  const nda: DocumentFilter = { ...everything, documentTypes: ['nda'] };
  const { documents: some } = await library.documents(everything, { sort: 'title', limit: 50 });
  const one = (round: number) => some[round % some.length]!.documentId;
  return [
    ['vectors', (n) => library.searchVectors(at(n).vector, model, everything, 50)],
    ['vectors of 1 type in 10', (n) => library.searchVectors(at(n).vector, model, nda, 50)],
    ['text (12 words)', (n) => library.searchText(at(n).terms, everything, 50)],
    ['documents by words', (n) => library.searchDocuments(at(n).terms, everything, 20)],
    ['10 documents by title', () => library.documents(everything, { sort: 'title', limit: 10 })],
    [
      '10 of 1 type in 10 by expiry',
      () => library.documents(nda, { sort: 'expiration_date', limit: 10 }),
    ],
    [
      'one document by id',
      (n) =>
        library.documents({ ...everything, documentIds: [one(n)] }, { sort: 'title', limit: 1 }),
    ],
    ['its text', (n) => library.text(one(n))],
    ['parties', () => library.parties(everything)],
    ['number of documents', () => library.size()],
    ['whether anything changed', () => library.version()],
  ];
}

/** A permission of one document, given and taken away. */
async function changing(store: Store): Promise<() => Promise<void>> {
  const record = (await store.file('7.txt'))!;
  let given = false;
  return async () => {
    given = !given;
    const readers = given ? [...record.readers, group('new')].sort() : record.readers;
    await store.recordFile({ ...record, readers });
  };
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'deedbox-bench-'));
try {
  const began = performance.now();
  fill(folder);
  const store = await openSqliteStore({ folder });
  await store.checkpoint();
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(`${documents} documents, ${documents * passagesEach} passages, made in ${seconds} s`);
  const change = await changing(store);
  for (const [name, access] of askers) {
    const library = store.readableBy(access);
    const { documents: readable } = await library.size();
    console.log(`\nMay read ${name}: ${readable} documents`);
    for (const [what, ask] of await questionsOf(library)) {
      await ask(0);
      await measure(`  ${what}`, async () => {}, ask);
      await measure(`  ${what}, a permission changed`, change, ask, 15);
    }
  }
  await store.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

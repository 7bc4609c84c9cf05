import { hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IntegrityProblem } from '../records.ts';
import type { Connection } from './connection.ts';
import {
  documentTokenizer,
  indexedDocument,
  indexedPassages,
  passageTokenizer,
} from './full-text.ts';

/** Documents whose words are compared at once. */
const batchSize = 50;

/** A Mersenne prime. */
const modulus = 2n ** 61n - 1n;

const tables = {
  passage_fts: 'heading, body, document',
  document_fts: 'title, parties, file_name, folder, opening',
} as const;

type Table = keyof typeof tables;

/**
 * Compares the full-text indexes with the stored texts: indexes every document again in temporary tables, and
 * compares a sum over all occurrences of words, by word, document, column and position. Takes about as long
 * as indexing.
 */
export async function verifyFullText(connection: Connection): Promise<IntegrityProblem[]> {
  for (const table of Object.keys(tables) as Table[]) createTables(connection, table);
  const expected = { passage_fts: 0n, document_fts: 0n };
  const ids = connection.all<{ id: number }>('SELECT id FROM documents ORDER BY id');
  for (let at = 0; at < ids.length; at += batchSize) {
    for (const { id } of ids.slice(at, at + batchSize)) {
      indexAgain(connection, id);
      await nextTurn();
    }
    for (const table of Object.keys(tables) as Table[]) {
      expected[table] = (expected[table] + sumOf(connection, `expected_${table}`)) % modulus;
      connection.run(
        `INSERT INTO temp.expected_${table} (expected_${table}) VALUES ('delete-all')`,
      );
    }
  }
  return (Object.keys(tables) as Table[])
    .filter((table) => sumOf(connection, `stored_${table}`) !== expected[table])
    .map((table) => ({
      check: table,
      detail:
        'The full text does not match the stored texts. Run `deedbox reindex`, or restore a backup.',
    }));
}

function createTables(connection: Connection, table: Table): void {
  const tokenizer = table === 'passage_fts' ? passageTokenizer : documentTokenizer;
  connection.run(
    `CREATE VIRTUAL TABLE temp.expected_${table} USING fts5 (${tables[table]}, content = '', tokenize = '${tokenizer}')`,
  );
  connection.run(
    `CREATE VIRTUAL TABLE temp.expected_${table}_words USING fts5vocab (temp, expected_${table}, instance)`,
  );
  connection.run(
    `CREATE VIRTUAL TABLE temp.stored_${table}_words USING fts5vocab (main, ${table}, instance)`,
  );
}

function indexAgain(connection: Connection, id: number): void {
  for (const values of indexedPassages(connection, id)) {
    connection.run(
      `INSERT INTO temp.expected_passage_fts (rowid, ${tables.passage_fts}) VALUES (?, ?, ?, ?)`,
      ...values,
    );
  }
  connection.run(
    `INSERT INTO temp.expected_document_fts (rowid, ${tables.document_fts}) ${indexedDocument}`,
    id,
  );
}

/**
 * A sum over the occurrences of all words, which does not depend on how the index is stored. Sums over some
 * documents each add up to that over all.
 */
function sumOf(connection: Connection, name: string): bigint {
  const rows = connection.iterate<{ term: string; count: number; places: number }>(
    `SELECT term, count(*) AS count,
       sum((doc * 131 + offset * 8209 + unicode(col) * 524287) % 1048573) AS places
     FROM temp.${name}_words GROUP BY term`,
  );
  let sum = 0n;
  for (const { term, count, places } of rows) {
    const digest = hash('sha1', term);
    const [one, other] = [digest.slice(0, 15), digest.slice(15, 30)].map((hex) =>
      BigInt(`0x${hex}`),
    ) as [bigint, bigint];
    sum = (sum + one * BigInt(count) + other * BigInt(places)) % modulus;
  }
  return sum;
}

import type Sqlite from 'better-sqlite3';
import { DeedboxError } from '../../../errors/errors.ts';
import type { ModelIdentity } from '../../records.ts';
import type { Connection } from '../connection.ts';
import { paddedWidth, recordBytes, toRecords } from './records.ts';
import type { PassageRange } from './segment-table.ts';

/** Bytes of a row's records at most, so that it fits into one page of the database. */
const maxRowBytes = 4000;

/** Rows read by one query. */
const batchSize = 256;

/** Records of consecutive passages of a document. */
export interface StoredRecords {
  first: number;
  count: number;
  records: Uint8Array;
}

/** @param first the id of the first passage; the others follow it */
export function insertVectors(
  connection: Connection,
  first: number,
  vectors: Float32Array[],
): void {
  for (const [passage, records] of toRows(first, vectors)) {
    connection.run(
      'INSERT INTO passage_vectors (first_passage, records) VALUES (?, ?)',
      passage,
      records,
    );
  }
}

function* toRows(first: number, vectors: Float32Array[]): Generator<[number, Buffer]> {
  const size = recordBytes(paddedWidth(vectors[0]?.length ?? 0));
  const perRow = Math.max(1, Math.floor(maxRowBytes / size));
  for (let start = 0; start < vectors.length; start += perRow) {
    const records = toRecords(vectors.slice(start, start + perRow), first + start);
    yield [first + start, Buffer.from(records.buffer)];
  }
}

/** Removes the vectors of whole documents. */
export function removeVectors(connection: Connection, { first, last }: PassageRange): void {
  connection.run('DELETE FROM passage_vectors WHERE first_passage BETWEEN ? AND ?', first, last);
}

/**
 * The records of all passages of the documents in the range, in order. While they are read, others may be
 * written or removed. Throws `storage_error` where a row is damaged.
 * @param width numbers of each vector
 */
export function* readRecords(
  connection: Connection,
  { first, last }: PassageRange,
  width: number,
): Generator<StoredRecords> {
  for (let next = first; next <= last;) {
    const rows = connection.all<{ first: number; records: Buffer }>(
      `SELECT first_passage AS first, records FROM passage_vectors
       WHERE first_passage BETWEEN ? AND ? ORDER BY first_passage LIMIT ${batchSize}`,
      next,
      last,
    );
    for (const { first: passage, records } of rows) {
      const count = records.length / recordBytes(width);
      if (!Number.isInteger(count)) throw damaged();
      yield { first: passage, count, records };
    }
    if (rows.length < batchSize) return;
    next = rows.at(-1)!.first + 1;
  }
}

function damaged(): DeedboxError {
  return new DeedboxError('storage_error', 'The vectors of a document are damaged.', {
    hint: 'Run `deedbox verify` to see which, then `deedbox reindex`.',
  });
}

/** Defines what a migration calls: the vectors of a document as 32-bit floats to rows of records. */
export function defineVectorFunctions(db: Sqlite.Database): void {
  db.table('vector_rows', {
    columns: ['first_passage', 'records'],
    parameters: ['floats', 'first', 'model'],
    *rows(blob, first, model) {
      const { dimensions } = JSON.parse(model as string) as ModelIdentity;
      const floats = new Float32Array(new Uint8Array(blob as Buffer).buffer);
      const vectors = Array.from({ length: floats.length / dimensions }, (_, i) =>
        floats.subarray(i * dimensions, (i + 1) * dimensions),
      );
      yield* toRows(first as number, vectors);
    },
  });
}

import { DeedboxError } from '../../../errors/errors.ts';
import type { Connection } from '../connection.ts';
import { toFixedPoint } from './fixed-point.ts';
import type { PassageRange } from './segment-table.ts';

/** Vectors of one row: few enough that one of them is read quickly, enough that all of them are. */
const vectorsPerRow = 16;

/** Rows read by one query. */
const batchSize = 256;

/** Consecutive passages of a document with their vectors, each of the padded width. */
export interface StoredVectors {
  first: number;
  count: number;
  vectors: Int16Array;
}

/** The rows of a document's vectors; `position` is that of the row's first one. */
export function* toStoredRows(
  vectors: Float32Array[],
): Generator<{ position: number; blob: Buffer }> {
  for (let position = 0; position < vectors.length; position += vectorsPerRow) {
    const fixed = vectors.slice(position, position + vectorsPerRow).map(toFixedPoint);
    yield { position, blob: Buffer.concat(fixed.map(asBytes)) };
  }
}

/** @param first the id of the first passage; the others follow it */
export function insertVectors(
  connection: Connection,
  first: number,
  vectors: Float32Array[],
): void {
  for (const { position, blob } of toStoredRows(vectors)) {
    connection.run(
      'INSERT INTO passage_vectors (first_passage, vectors) VALUES (?, ?)',
      first + position,
      blob,
    );
  }
}

/** Removes the vectors of whole documents. */
export function removeVectors(connection: Connection, { first, last }: PassageRange): void {
  connection.run('DELETE FROM passage_vectors WHERE first_passage BETWEEN ? AND ?', first, last);
}

/**
 * The vectors of all passages of the documents in the range, in order. While they are read, others may be
 * written or removed. Throws `storage_error` where a row is damaged.
 * @param width numbers of each vector
 */
export function* readVectors(
  connection: Connection,
  { first, last }: PassageRange,
  width: number,
): Generator<StoredVectors> {
  for (let next = first; next <= last;) {
    const rows = connection.all<VectorRow>(
      `SELECT first_passage AS first, vectors FROM passage_vectors
       WHERE first_passage BETWEEN ? AND ? ORDER BY first_passage LIMIT ${batchSize}`,
      next,
      last,
    );
    for (const row of rows) yield toVectors(row, width);
    if (rows.length < batchSize) return;
    next = rows.at(-1)!.first + 1;
  }
}

/** The vector of a passage; undefined if it was removed. Throws as `readVectors` does. */
export function readVector(
  connection: Connection,
  passage: number,
  width: number,
): Int16Array | undefined {
  const row = connection.get<VectorRow>(
    `SELECT first_passage AS first, vectors FROM passage_vectors
     WHERE first_passage <= ? ORDER BY first_passage DESC LIMIT 1`,
    passage,
  );
  if (!row) return undefined;
  const { first, count, vectors } = toVectors(row, width);
  if (passage >= first + count) return undefined;
  return vectors.subarray((passage - first) * width, (passage - first + 1) * width);
}

interface VectorRow {
  first: number;
  vectors: Buffer;
}

function toVectors({ first, vectors }: VectorRow, width: number): StoredVectors {
  const fixed = asNumbers(vectors);
  if (fixed.length % width !== 0) {
    throw new DeedboxError('storage_error', 'The vectors of a document are damaged.', {
      hint: 'Run `deedbox verify` to see which, then `deedbox reindex`.',
    });
  }
  return { first, count: fixed.length / width, vectors: fixed };
}

export const asBytes = ({ buffer, byteOffset, byteLength }: NodeJS.TypedArray) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Without copying where the place in memory allows it. */
function asNumbers(blob: Buffer): Int16Array {
  const aligned = blob.byteOffset % 2 === 0 ? blob : Buffer.from(new Uint8Array(blob));
  return new Int16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 1);
}

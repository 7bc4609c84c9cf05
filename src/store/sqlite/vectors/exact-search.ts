import { DeedboxError } from '../../../errors/errors.ts';
import type { Connection } from '../connection.ts';
import type { ScoredPassage } from '../passage-hits.ts';
import type { DotProducts } from './dot-products.ts';
import { asFixedPoint, fixedOne } from './fixed-point.ts';
import type { PassageRange } from './segment-table.ts';
import type { TopK } from './top-k.ts';

/** The vectors of all passages of a document, as `asFixedPoint` gives them; `first` is the first's id. */
export interface DocumentVectors {
  document: number;
  first: number;
  passages: number;
  vectors: Int16Array;
}

const columns = 'd.id AS document, d.first_passage AS first, d.passages, v.vectors';
const tables = 'documents d JOIN vectors v ON v.document = d.id';

/** Documents read by one query. */
const batchSize = 16;

/**
 * The vectors of all documents whose first passage lies in the range, in order. Between two documents,
 * others may be written or removed. Throws `storage_error` for a document with a wrong number of vectors.
 * @param width numbers of each vector
 */
export function* readVectors(
  connection: Connection,
  { first, last }: PassageRange,
  width: number,
): Generator<DocumentVectors> {
  for (let next = first; next <= last;) {
    const rows = connection.all<VectorRow>(
      `SELECT ${columns} FROM ${tables} WHERE d.first_passage BETWEEN ? AND ?
       ORDER BY d.first_passage LIMIT ${batchSize}`,
      next,
      last,
    );
    for (const row of rows) yield toVectors(row, width);
    if (rows.length < batchSize) return;
    next = rows.at(-1)!.first + 1;
  }
}

interface VectorRow {
  document: number;
  first: number;
  passages: number;
  vectors: Buffer;
}

function toVectors({ vectors, ...row }: VectorRow, width: number): DocumentVectors {
  const fixed = asFixedPoint(vectors);
  if (fixed.length === row.passages * width) return { ...row, vectors: fixed };
  throw new DeedboxError('storage_error', 'The vectors of a document are damaged.', {
    hint: 'Run `deedbox verify` to see which, then `deedbox reindex`.',
  });
}

/** Scores every passage of these documents. */
export function scoreDocuments(
  connection: Connection,
  documents: Iterable<number>,
  dots: DotProducts,
  topK: TopK<ScoredPassage>,
): void {
  for (const document of documents) {
    const row = connection.get<VectorRow>(
      `SELECT ${columns} FROM ${tables} WHERE d.id = ?`,
      document,
    );
    if (row) score(toVectors(row, dots.width), dots, topK);
  }
}

/** Scores all passages in the range, of the documents that pass the filter. */
export function scoreRange(
  connection: Connection,
  range: PassageRange,
  filter: (document: number) => boolean,
  dots: DotProducts,
  topK: TopK<ScoredPassage>,
): void {
  for (const stored of readVectors(connection, range, dots.width)) {
    if (filter(stored.document)) score(stored, dots, topK);
  }
}

function score(
  { first, passages, vectors }: DocumentVectors,
  dots: DotProducts,
  topK: TopK<ScoredPassage>,
): void {
  const { width } = dots;
  const batch = Math.floor(dots.buffer.length / width / 2);
  for (let start = 0; start < passages; start += batch) {
    const count = Math.min(batch, passages - start);
    const part = vectors.subarray(start * width, (start + count) * width);
    dots.buffer.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    const scores = dots.scores16(count);
    for (let i = 0; i < count; i += 1) {
      const similarity = scores[i]! / fixedOne ** 2;
      if (similarity > topK.threshold)
        topK.offer({ passage: first + start + i, score: similarity });
    }
  }
}

/** Scores passages by their stored vectors; those that are not stored any more are left out. */
export function scorePassages(
  connection: Connection,
  passages: number[],
  dots: DotProducts,
  topK: TopK<ScoredPassage>,
): void {
  const { width } = dots;
  const byDocument = new Map<number, number[]>();
  for (const passage of passages) {
    const row = connection.get<{ document: number }>(
      'SELECT document FROM passages WHERE id = ?',
      passage,
    );
    if (!row) continue;
    const siblings = byDocument.get(row.document);
    if (siblings) siblings.push(passage);
    else byDocument.set(row.document, [passage]);
  }
  for (const [document, wanted] of byDocument) {
    const row = connection.get<VectorRow>(
      `SELECT ${columns} FROM ${tables} WHERE d.id = ?`,
      document,
    );
    if (!row) continue;
    const { first, vectors } = toVectors(row, width);
    for (const passage of wanted) {
      const start = (passage - first) * width;
      const part = vectors.subarray(start, start + width);
      dots.buffer.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
      topK.offer({ passage, score: dots.scores16(1)[0]! / fixedOne ** 2 });
    }
  }
}

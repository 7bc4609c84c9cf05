import type { Connection } from '../connection.ts';
import type { ScoredPassage } from '../passage-hits.ts';

/** The `limit` highest-scored candidates, sorted. */
export class TopK<T extends { score: number }> {
  readonly #limit: number;
  readonly #entries: T[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The score that a candidate must exceed. */
  get threshold(): number {
    if (this.#entries.length < this.#limit) return -Infinity;
    return this.#entries.at(-1)?.score ?? Infinity;
  }

  offer(candidate: T): void {
    if (candidate.score <= this.threshold) return;
    let index = this.#entries.length;
    while (index > 0 && (this.#entries[index - 1]?.score ?? Infinity) < candidate.score) index -= 1;
    this.#entries.splice(index, 0, candidate);
    if (this.#entries.length > this.#limit) this.#entries.pop();
  }

  /** Highest first. */
  get sorted(): T[] {
    return this.#entries;
  }
}

interface VectorRow {
  document: number;
  first: number;
  passages: number;
  vectors: Buffer;
}

/** The vectors of all passages of a document, one after the other; `first` is the first's id. */
export interface DocumentVectors {
  first: number;
  passages: number;
  floats: Float32Array;
}

const selectVectors = `SELECT d.id AS document, d.first_passage AS first, d.passages, v.vectors
  FROM documents d JOIN vectors v ON v.document = d.id`;

/** The vectors of one document as they are stored. */
export function asFloats(blob: Buffer): Float32Array {
  const aligned = blob.byteOffset % 4 === 0 ? blob : Buffer.from(new Uint8Array(blob));
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

/** Scores every passage of these documents. */
export function scoreDocuments(
  connection: Connection,
  documents: Iterable<number>,
  query: Float32Array,
  topK: TopK<ScoredPassage>,
): void {
  for (const document of documents) {
    const vectors = vectorsOf(connection, document);
    if (vectors) score(vectors, query, topK);
  }
}

/** Undefined for a document without passages. */
export function vectorsOf(connection: Connection, document: number): DocumentVectors | undefined {
  const row = connection.get<VectorRow>(`${selectVectors} WHERE d.id = ?`, document);
  return row && toVectors(row);
}

/** Scores all passages with an id after `passage`, of the documents that pass the filter. */
export function scoreAddedAfter(
  connection: Connection,
  passage: number,
  filter: (document: number) => boolean,
  query: Float32Array,
  topK: TopK<ScoredPassage>,
): void {
  for (const row of vectorsAfter(connection, passage)) {
    if (filter(row.document)) score(toVectors(row), query, topK, passage + 1 - row.first);
  }
}

/** Documents with passages after `passage`, oldest first; the first may also have earlier ones. */
function vectorsAfter(connection: Connection, passage: number): IterableIterator<VectorRow> {
  return connection.iterate<VectorRow>(
    `${selectVectors}
     WHERE d.first_passage >= coalesce(
         (SELECT max(first_passage) FROM documents WHERE first_passage <= ?), 0)
       AND d.first_passage + d.passages - 1 > ?
     ORDER BY d.first_passage`,
    passage,
    passage,
  );
}

function toVectors({ first, passages, vectors }: VectorRow): DocumentVectors {
  return { first, passages, floats: asFloats(vectors) };
}

function score(
  { first, passages, floats }: DocumentVectors,
  query: Float32Array,
  topK: TopK<ScoredPassage>,
  from = 0,
): void {
  const dimensions = query.length;
  for (let index = Math.max(0, from); index < passages; index += 1) {
    const similarity = dot(query, floats, index * dimensions);
    if (similarity > topK.threshold) topK.offer({ passage: first + index, score: similarity });
  }
}

/** Four independent sums, which the processor computes in parallel. */
function dot(query: Float32Array, floats: Float32Array, offset: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < query.length; i += 4) {
    a += query[i]! * floats[offset + i]!;
    b += query[i + 1]! * floats[offset + i + 1]!;
    c += query[i + 2]! * floats[offset + i + 2]!;
    d += query[i + 3]! * floats[offset + i + 3]!;
  }
  for (; i < query.length; i += 1) a += query[i]! * floats[offset + i]!;
  return a + b + c + d;
}

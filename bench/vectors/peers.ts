import { statSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import hnswlib from 'hnswlib-node';
import * as sqliteVec from 'sqlite-vec';
import { Index, MetricKind, ScalarKind } from 'usearch';
import { type Filter, type IndexUnderTest, keeps } from './index-under-test.ts';
import { passagesEach } from './invented-vectors.ts';

const dimensions = 256;
const documentOf = (passage: number) => Math.ceil(passage / passagesEach);

/**
 * hnswlib-node with the parameters that Deedbox had before: 32-bit floats in memory, a callback as
 * filter.
 */
export class HnswlibIndex implements IndexUnderTest {
  readonly name = 'hnswlib-node (HNSW, float32)';
  readonly #file: string;
  readonly #graph = new hnswlib.HierarchicalNSW('ip', dimensions);

  constructor(folder: string, capacity: number) {
    this.#file = path.join(folder, 'hnswlib.bin');
    this.#graph.initIndex({ maxElements: capacity, m: 16, efConstruction: 200 });
  }

  async build(vectors: Iterable<Float32Array>): Promise<void> {
    let passage = 0;
    for (const vector of vectors) this.#graph.addPoint(Array.from(vector), (passage += 1));
    await this.#graph.writeIndex(this.#file);
  }

  search(query: Float32Array, filter: Filter, limit: number): number[] {
    this.#graph.setEf(Math.max(200, limit));
    const accepts = (passage: number) => keeps(filter, documentOf(passage));
    const { neighbors } = this.#graph.searchKnn(
      Array.from(query),
      limit,
      filter.share === undefined ? undefined : accepts,
    );
    return neighbors;
  }

  bytes(): number {
    return statSync(this.#file).size;
  }

  close(): void {}
}

/** usearch with 8-bit vectors, mapped from its file; filtered by asking for more and leaving out. */
export class UsearchIndex implements IndexUnderTest {
  readonly name = 'usearch (HNSW, int8, mapped)';
  readonly #file: string;
  #graph = newGraph();

  constructor(folder: string) {
    this.#file = path.join(folder, 'usearch.bin');
  }

  async build(vectors: Iterable<Float32Array>): Promise<void> {
    let passage = 0n;
    for (const vector of vectors) this.#graph.add((passage += 1n), vector, 1);
    this.#graph.save(this.#file);
    this.#graph = newGraph();
    this.#graph.view(this.#file);
  }

  search(query: Float32Array, filter: Filter, limit: number): number[] {
    const count = Math.min(20_000, Math.ceil((limit * 1.5) / (filter.share ?? 1)));
    const { keys } = this.#graph.search(query, count, 1);
    return Array.from(keys, Number)
      .filter((passage) => keeps(filter, documentOf(passage)))
      .slice(0, limit);
  }

  bytes(): number {
    return statSync(this.#file).size;
  }

  close(): void {}
}

const newGraph = () =>
  new Index({
    dimensions,
    metric: MetricKind.IP,
    quantization: ScalarKind.I8,
    connectivity: 16,
    expansion_add: 128,
    expansion_search: 200,
    multi: false,
  });

/** sqlite-vec: 8-bit vectors in a virtual table, every one of them compared; the filter is a partition. */
export class SqliteVecIndex implements IndexUnderTest {
  readonly name = 'sqlite-vec (flat, int8)';
  readonly #file: string;
  readonly #db: Sqlite.Database;

  constructor(folder: string) {
    this.#file = path.join(folder, 'sqlite-vec.db');
    this.#db = new Sqlite(this.#file);
    sqliteVec.load(this.#db);
    this.#db.pragma('synchronous = OFF');
    this.#db.exec(
      `CREATE VIRTUAL TABLE v USING vec0(passage INTEGER PRIMARY KEY, document INTEGER,
         vector int8[${dimensions}] distance_metric=cosine)`,
    );
    this.#db.function('keeps', (document, share) =>
      keeps({ name: '', share: share as number }, document as number) ? 1 : 0,
    );
  }

  async build(vectors: Iterable<Float32Array>): Promise<void> {
    const insert = this.#db.prepare(
      `INSERT INTO v (passage, document, vector) VALUES (?, ?, vec_quantize_int8(?, 'unit'))`,
    );
    let passage = 0n;
    this.#db.exec('BEGIN');
    for (const vector of vectors) {
      passage += 1n;
      insert.run(passage, BigInt(documentOf(Number(passage))), scaled(vector));
    }
    this.#db.exec('COMMIT');
  }

  search(query: Float32Array, filter: Filter, limit: number): number[] {
    const where =
      filter.share === undefined
        ? ''
        : 'AND passage IN (SELECT passage FROM v WHERE keeps(document, ?))';
    const rows = this.#db
      .prepare(
        `SELECT passage FROM v WHERE vector MATCH vec_quantize_int8(?, 'unit') AND k = ? ${where}
         ORDER BY distance`,
      )
      .all(scaled(query), limit, ...(filter.share === undefined ? [] : [filter.share]));
    return rows.map((row) => (row as { passage: number }).passage);
  }

  bytes(): number {
    return statSync(this.#file).size;
  }

  close(): void {
    this.#db.close();
  }
}

/** Components up to 1, which is what its quantisation expects. */
function scaled(vector: Float32Array): Buffer {
  const largest = vector.reduce((max, value) => Math.max(max, Math.abs(value)), 0) || 1;
  return Buffer.from(vector.map((value) => value / largest).buffer);
}

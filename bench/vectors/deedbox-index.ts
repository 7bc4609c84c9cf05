import { mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { databaseName } from '../../src/store/sqlite.ts';
import type { Connection } from '../../src/store/sqlite/connection.ts';
import { type DocIdRow, DocIdSet } from '../../src/store/sqlite/doc-id-set.ts';
import { openStoreDatabase } from '../../src/store/sqlite/schema.ts';
import { setModel } from '../../src/store/sqlite/state.ts';
import { SegmentMaintenance } from '../../src/store/sqlite/vectors/segment-maintenance.ts';
import { insertVectors } from '../../src/store/sqlite/vectors/stored-records.ts';
import { VectorSearch } from '../../src/store/sqlite/vectors/vector-search.ts';
import { exactNearest } from './exact-nearest.ts';
import { type Filter, filters, type IndexUnderTest, keeps } from './index-under-test.ts';
import { passagesEach } from './invented-vectors.ts';

/** Documents between two steps of the maintenance, as in the worker. */
const documentsAtOnce = 40;

/** The index of this product, in a data folder; the database holds vectors and passages without texts. */
export class DeedboxIndex implements IndexUnderTest {
  readonly name = 'Deedbox (clusters, int8)';
  readonly #folder: string;
  readonly #connection: Connection;
  readonly #search: VectorSearch;
  readonly #sets = new Map<string, DocIdSet>();

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    this.#connection = openStoreDatabase(path.join(folder, databaseName));
    this.#connection.pragma('synchronous = OFF');
    this.#search = new VectorSearch(this.#connection, folder);
  }

  get isBuilt(): boolean {
    return this.#connection.get('SELECT 1 FROM documents') !== undefined;
  }

  async build(vectors: Iterable<Float32Array>): Promise<void> {
    const maintenance = new SegmentMaintenance(this.#connection, this.#folder);
    let part: Float32Array[] = [];
    let documents: Float32Array[][] = [];
    let number = 0;
    const flush = async () => {
      this.#connection.write(() => {
        for (const own of documents) addDocument(this.#connection, (number += 1), own);
      });
      documents = [];
      await maintenance.runDueSteps();
    };
    for (const vector of vectors) {
      part.push(vector);
      if (part.length < passagesEach) continue;
      documents.push(part);
      part = [];
      if (documents.length === documentsAtOnce) await flush();
    }
    if (part.length > 0) documents.push(part);
    await flush();
    await maintenance.indexAll();
    await maintenance.close();
  }

  search(query: Float32Array, filter: Filter, limit: number): number[] {
    const hits = this.#connection.read(() =>
      this.#search.search(query, this.#setOf(filter), limit, 'unrestricted'),
    );
    return hits.map(({ passageId }) => passageId);
  }

  /** The nearest passages by the stored vectors, for each filter and query. */
  exact(queries: Float32Array[], limit: number): Map<string, number[][]> {
    const passes = filters.map(
      (filter) => (passage: number) => keeps(filter, Math.ceil(passage / passagesEach)),
    );
    const nearest = exactNearest(this.#connection, queries, limit, passes);
    return new Map(filters.map(({ name }, i) => [name, nearest[i]!]));
  }

  bytes(): number {
    const files = readdirSync(this.#folder).filter((name) => name.endsWith('.seg'));
    return files.reduce((sum, name) => sum + statSync(path.join(this.#folder, name)).size, 0);
  }

  close(): void {
    this.#search.close();
    this.#connection.close();
  }

  #setOf(filter: Filter): DocIdSet {
    let set = this.#sets.get(filter.name);
    if (!set) {
      const rows = this.#connection.all<DocIdRow>(
        'SELECT id, first_passage AS first, passages FROM documents ORDER BY first_passage',
      );
      const passages = rows.reduce((sum, row) => sum + row.passages, 0);
      set =
        filter.share === undefined
          ? new DocIdSet({ documents: rows.length, passages })
          : new DocIdSet(rows.filter(({ id }) => keeps(filter, id)));
      this.#sets.set(filter.name, set);
    }
    return set;
  }
}

function addDocument(connection: Connection, number: number, vectors: Float32Array[]): void {
  if (number === 1) {
    setModel(connection, { name: 'bench', checksum: 'bench', dimensions: vectors[0]!.length });
    connection.run("INSERT INTO sources (id) VALUES ('folder:/bench')");
  }
  connection.run(
    `INSERT INTO files (id, file_id, source, file_name, folder, size, modified_at, change_key,
       state, attempts, sync_id, document_id)
     VALUES (?, ?, 'folder:/bench', '', '', 0, '', '', 'indexed', 0, '', ?)`,
    number,
    `${number}`,
    `document-${number}`,
  );
  const first = (number - 1) * passagesEach + 1;
  connection.run(
    `INSERT INTO documents (id, revision, sequence_number, content_hash, media_type, pipeline, pages,
       characters, first_passage, passages, title, title_key, document_type, signed)
     VALUES (?, '', ?, '', '', '', 1, 0, ?, ?, '', '', 'nda', 'unknown')`,
    number,
    number,
    first,
    vectors.length,
  );
  for (let i = 0; i < vectors.length; i += 1) {
    connection.run(
      'INSERT INTO passages (id, document, ordinal, start, "end", path) VALUES (?, ?, ?, 0, 1, ?)',
      first + i,
      number,
      i,
      '[]',
    );
  }
  insertVectors(connection, first, vectors);
}

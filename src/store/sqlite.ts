import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { SourceFile, Span } from '../documents.ts';
import { DeedboxError } from '../errors.ts';
import { Changes } from './sqlite/changes.ts';
import type { Connection } from './sqlite/connection.ts';
import { searchDocumentWords } from './sqlite/document-words.ts';
import * as documents from './sqlite/documents.ts';
import * as files from './sqlite/files.ts';
import { openDatabase } from './sqlite/open.ts';
import { overview, reset } from './sqlite/overview.ts';
import { PassageWords } from './sqlite/passage-words.ts';
import { replaceCurrentDocument, replaceDocument } from './sqlite/revisions.ts';
import { KnownParties } from './sqlite/known-parties.ts';
import { Selections } from './sqlite/selection.ts';
import * as sources from './sqlite/sources.ts';
import { requireModel } from './sqlite/state.ts';
import { asStorageError } from './sqlite/storage-errors.ts';
import * as syncs from './sqlite/syncs.ts';
import { VectorSearch } from './sqlite/vectors/vector-search.ts';
import { verifyDatabase } from './sqlite/verify.ts';
import type * as records from './records.ts';
import type { Store } from './store.ts';

export const databaseName = 'deedbox.db';

/**
 * Opens (and where needed makes or upgrades) the store in a data folder on a local disk. The folder
 * is made, for its owner alone, where it is not there. Any number of processes may have it open.
 * Throws `storage_error`.
 */
export async function openSqliteStore({ folder }: { folder: string }): Promise<Store> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new SqliteStore(openDatabase(path.join(folder, databaseName)), folder);
  } catch (error) {
    throw asStorageError(error);
  }
}

/** Store in one SQLite database, with full text in it and the graph of vectors beside it. */
class SqliteStore implements Store {
  readonly #connection: Connection;
  readonly #folder: string;
  readonly #changes: Changes;
  readonly #selections: Selections;
  readonly #parties: KnownParties;
  readonly #passageWords: PassageWords;
  readonly #vectors: VectorSearch;

  constructor(connection: Connection, folder: string) {
    this.#connection = connection;
    this.#folder = folder;
    this.#changes = new Changes(connection);
    this.#selections = new Selections(connection);
    this.#parties = new KnownParties(connection);
    this.#passageWords = new PassageWords(connection);
    this.#vectors = new VectorSearch(connection, folder);
    this.#changes.listen(() => this.#vectors.keepUp());
  }

  async sources() {
    return this.#read((connection) => sources.sources(connection));
  }

  async addSource(id: string) {
    this.#write((connection) => sources.addSource(connection, id));
  }

  async removeSource(id: string) {
    return this.#write((connection) => files.removeSource(connection, id));
  }

  async position(id: string) {
    return this.#read((connection) => sources.position(connection, id));
  }

  async keepPosition(id: string, kept: records.SourcePosition) {
    this.#write((connection) => sources.keepPosition(connection, id, kept));
  }

  async file(fileId: string) {
    return this.#read((connection) => files.file(connection, fileId));
  }

  async files(query: Parameters<Store['files']>[0]) {
    return this.#read((connection) => files.files(connection, query));
  }

  async recordFile(record: records.FileRecord) {
    this.#write((connection) => files.recordFiles(connection, [record]));
  }

  async recordFiles(records: records.FileRecord[]) {
    this.#write((connection) => files.recordFiles(connection, records));
  }

  async reviseFiles(fileIds: string[], revise: Parameters<Store['reviseFiles']>[1]) {
    this.#write((connection) => files.reviseFiles(connection, fileIds, revise));
  }

  async renameFile(fileId: string, file: SourceFile, syncId: string) {
    this.#write((connection) => files.renameFile(connection, fileId, file, syncId));
  }

  async removeFiles(fileIds: string[]) {
    this.#write((connection) => files.removeFiles(connection, fileIds));
  }

  async replaceDocument(revision: records.NewRevision) {
    return this.#write((connection) => replaceDocument(connection, revision));
  }

  async replaceCurrentDocument(revision: records.NewRevision) {
    return this.#write((connection) => replaceCurrentDocument(connection, revision));
  }

  async documents(
    filter: records.DocumentFilter,
    options: { sort: records.DocumentSort; limit: number; offset?: number },
  ) {
    return this.#read((connection) => documents.documents(connection, filter, options));
  }

  async text(documentId: string) {
    return this.#read((connection) => documents.text(connection, documentId));
  }

  async clauses(documentIds: string[], options: { types?: string[]; minConfidence: number }) {
    return this.#read((connection) => documents.clauses(connection, documentIds, options));
  }

  async parties(filter: records.DocumentFilter) {
    return this.#read(() => this.#parties.under(filter));
  }

  async documentIds(prefix: string, limit: number) {
    return this.#read((connection) => documents.idsBeginning(connection, prefix, limit));
  }

  async searchDocuments(terms: string[], filter: records.DocumentFilter, limit: number) {
    return this.#read((connection) =>
      searchDocumentWords(connection, terms, this.#selections.select(filter), limit),
    );
  }

  async searchText(terms: string[], filter: records.DocumentFilter, limit: number) {
    return this.#read(() =>
      this.#passageWords.search(terms, this.#selections.select(filter), limit),
    );
  }

  async searchVectors(
    vector: Float32Array,
    model: records.ModelIdentity,
    filter: records.DocumentFilter,
    limit: number,
  ) {
    return this.#read((connection) => {
      requireModel(connection, model);
      return this.#vectors.search(vector, this.#selections.select(filter), limit);
    });
  }

  async passages(documentId: string, span?: Span) {
    return this.#read((connection) => documents.passages(connection, documentId, span));
  }

  async putSync(record: Parameters<Store['putSync']>[0]) {
    this.#write((connection) => syncs.putSync(connection, record));
  }

  async updateSync(syncId: string, change: Parameters<Store['updateSync']>[1]) {
    this.#write((connection) => syncs.updateSync(connection, syncId, change));
  }

  async sync(syncId?: string) {
    return this.#read((connection) => syncs.sync(connection, syncId));
  }

  async status() {
    const whole = this.#read((connection) => overview(connection));
    return { ...whole, indexChangeNumber: this.#vectors.changeNumber };
  }

  onChange(listener: (changeNumber: number) => void) {
    return this.#changes.listen(listener);
  }

  async checkpoint() {
    try {
      await this.#vectors.checkpoint();
    } catch (error) {
      throw asStorageError(error);
    }
  }

  async requireModel(model: records.ModelIdentity) {
    this.#read((connection) => requireModel(connection, model));
  }

  async reset(model: records.ModelIdentity) {
    this.#write((connection) => reset(connection, model));
  }

  async verify() {
    const file = path.join(this.#folder, databaseName);
    return [
      ...(await findings('database', () => verifyDatabase(file))),
      ...(await findings('vector_index', () => this.#vectors.verify())),
    ];
  }

  async close() {
    this.#changes.stop();
    await this.#vectors.close();
    this.#connection.close();
  }

  #read<T>(work: (connection: Connection) => T): T {
    try {
      return this.#connection.read(() => work(this.#connection));
    } catch (error) {
      throw asStorageError(error);
    }
  }

  #write<T>(work: (connection: Connection) => T): T {
    try {
      const result = this.#connection.write(() => work(this.#connection));
      this.#changes.check();
      return result;
    } catch (error) {
      throw asStorageError(error);
    }
  }
}

/** What is too damaged to be examined is a finding too, not a failure to look. */
async function findings(
  check: string,
  examine: () => Promise<records.IntegrityProblem[]>,
): Promise<records.IntegrityProblem[]> {
  try {
    return await examine();
  } catch (error) {
    const problem = asStorageError(error);
    if (!(problem instanceof DeedboxError) || problem.code !== 'storage_error') throw problem;
    return [{ check, detail: [problem.message, problem.hint].join(' ') }];
  }
}

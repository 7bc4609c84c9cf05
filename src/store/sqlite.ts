import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Access, SourceFile } from '../documents.ts';
import { DeedboxError } from '../errors.ts';
import { Changes } from './sqlite/changes.ts';
import type { Connection } from './sqlite/connection.ts';
import * as files from './sqlite/files.ts';
import { type Shelves, SqliteLibrary } from './sqlite/library.ts';
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
import type { Library } from './library.ts';
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
  readonly #vectors: VectorSearch;
  readonly #shelves: Shelves;

  constructor(connection: Connection, folder: string) {
    this.#connection = connection;
    this.#folder = folder;
    this.#changes = new Changes(connection);
    this.#vectors = new VectorSearch(connection, folder);
    this.#shelves = {
      changes: this.#changes,
      selections: new Selections(connection),
      parties: new KnownParties(connection),
      passageWords: new PassageWords(connection),
      vectors: this.#vectors,
      read: (work) => this.#read(work),
    };
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

  readableBy(access: Access): Library {
    return new SqliteLibrary(this.#shelves, access);
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

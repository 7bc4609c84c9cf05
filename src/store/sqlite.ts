import path from 'node:path';
import type { Access, SourceFile } from '../domain/documents.ts';
import { DeedboxError } from '../errors/errors.ts';
import { copyStore } from './sqlite/backup.ts';
import { CommitNotifier } from './sqlite/commit-notifier.ts';
import type { Connection } from './sqlite/connection.ts';
import * as files from './sqlite/files.ts';
import * as holds from './sqlite/holds.ts';
import { type SharedState, SqliteScopedIndex } from './sqlite/scoped-index.ts';
import {
  hasStoreSchema,
  openStoreDatabase,
  openStoreReader,
  schemaVersion,
} from './sqlite/schema.ts';
import { overview } from './sqlite/overview.ts';
import { FullTextSearch } from './sqlite/full-text-search.ts';
import { replaceDocumentIfUnchanged, reset } from './sqlite/revisions.ts';
import { FilterCache, PartyCache } from './sqlite/query-cache.ts';
import { purge, type PurgeOptions } from './sqlite/purge.ts';
import * as sources from './sqlite/sources.ts';
import { requireModel } from './sqlite/state.ts';
import { asStorageError } from './sqlite/storage-errors.ts';
import * as syncs from './sqlite/syncs.ts';
import { SegmentMaintenance } from './sqlite/vectors/segment-maintenance.ts';
import { VectorSearch } from './sqlite/vectors/vector-search.ts';
import { verifySegments } from './sqlite/vectors/verify-segments.ts';
import { verifyDatabase } from './sqlite/verify.ts';
import type { ScopedIndex } from './scoped-index.ts';
import type * as records from './records.ts';
import type { Store } from './store.ts';

export const databaseName = 'deedbox.db';

/** Of the database that this version writes. */
export const storeSchemaVersion = schemaVersion;

/** Whether the database in a folder is defined as that of a new one; it must be of this version. */
export const isOwnDatabase = (folder: string): boolean =>
  hasStoreSchema(path.join(folder, databaseName));

/**
 * Opens the store in a data folder on a local disk; creates or upgrades it where needed. A new folder
 * is accessible to its owner alone. Any number of processes may have the store open. Throws
 * `storage_error`.
 */
export async function openSqliteStore({ folder }: { folder: string }): Promise<Store> {
  try {
    return new SqliteStore(openStoreDatabase(path.join(folder, databaseName)), folder);
  } catch (error) {
    throw asStorageError(error);
  }
}

/** The documents of a store, read by a connection that cannot write. */
export interface StoreReader {
  scopedTo(access: Access): ScopedIndex;
  close(): void;
}

/** Opens an existing store for reading alone. Throws `storage_error`. */
export function openSqliteReader({ folder }: { folder: string }): StoreReader {
  try {
    const connection = openStoreReader(path.join(folder, databaseName));
    const shared = sharedState(connection, folder, (work) => readIn(connection, work));
    return {
      scopedTo: (access) => new SqliteScopedIndex(shared, access),
      close() {
        shared.commitNotifier.stop();
        shared.vectors.close();
        connection.close();
      },
    };
  } catch (error) {
    throw asStorageError(error);
  }
}

function sharedState(
  connection: Connection,
  folder: string,
  read: SharedState['read'],
): SharedState {
  const commitNotifier = new CommitNotifier(connection);
  const vectors = new VectorSearch(connection, folder);
  commitNotifier.subscribe(() => vectors.refresh());
  return {
    commitNotifier,
    filterCache: new FilterCache(connection),
    partyCache: new PartyCache(connection),
    fullText: new FullTextSearch(connection),
    vectors,
    read,
  };
}

function readIn<T>(connection: Connection, work: (connection: Connection) => T): T {
  try {
    return connection.read(() => work(connection));
  } catch (error) {
    throw asStorageError(error);
  }
}

/** A store in one SQLite database with FTS5, and files for the vector index. */
class SqliteStore implements Store {
  readonly #connection: Connection;
  readonly #folder: string;
  readonly #segments: SegmentMaintenance;
  readonly #shared: SharedState;

  constructor(connection: Connection, folder: string) {
    this.#connection = connection;
    this.#folder = folder;
    this.#segments = new SegmentMaintenance(connection, folder);
    this.#shared = sharedState(connection, folder, (work) => this.#read(work));
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

  async sourceCheckpoint(id: string) {
    return this.#read((connection) => sources.sourceCheckpoint(connection, id));
  }

  async saveSourceCheckpoint(id: string, checkpoint: records.SourceCheckpoint) {
    this.#write((connection) => sources.saveSourceCheckpoint(connection, id, checkpoint));
  }

  async file(fileId: string) {
    return this.#read((connection) => files.file(connection, fileId));
  }

  async files(query: Parameters<Store['files']>[0]) {
    return this.#read((connection) => files.files(connection, query));
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
    return this.#write((connection) => files.removeFiles(connection, fileIds));
  }

  async holds() {
    return this.#read((connection) => holds.holds(connection));
  }

  async placeHold(hold: records.NewHold) {
    return this.#write((connection) => holds.placeHold(connection, hold));
  }

  async releaseHold(id: number) {
    return this.#write((connection) =>
      holds.releaseHold(connection, id, (file) => files.removeFile(connection, file)),
    );
  }

  async replaceDocumentIfUnchanged(revision: records.NewRevision) {
    const isReplaced = this.#write((connection) =>
      replaceDocumentIfUnchanged(connection, revision),
    );
    if (isReplaced) this.#segments.added(revision.passages.length);
    return isReplaced;
  }

  scopedTo(access: Access): ScopedIndex {
    return new SqliteScopedIndex(this.#shared, access);
  }

  async putSync(record: Parameters<Store['putSync']>[0]) {
    this.#write((connection) => syncs.putSync(connection, record));
  }

  async updateSync(...[syncId, change, from]: Parameters<Store['updateSync']>) {
    return this.#write((connection) => syncs.updateSync(connection, syncId, change, from));
  }

  async sync(syncId?: string) {
    return this.#read((connection) => syncs.sync(connection, syncId));
  }

  async status() {
    return this.#read((connection) => overview(connection));
  }

  onChange(listener: (sequenceNumber: number) => void) {
    return this.#shared.commitNotifier.subscribe(listener);
  }

  async updateIndex() {
    try {
      await this.#segments.indexAll();
    } catch (error) {
      throw asStorageError(error);
    }
  }

  async purge(options: PurgeOptions) {
    try {
      return await purge(this.#connection, this.#segments, options);
    } catch (error) {
      throw asStorageError(error);
    }
  }

  async backUp(target: string) {
    try {
      copyStore(this.#connection, { folder: this.#folder, target, database: databaseName });
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
      ...(await runIntegrityCheck('database', () => verifyDatabase(file))),
      ...(await runIntegrityCheck('vector_index', () => verifySegments(file, this.#folder))),
    ];
  }

  async close() {
    this.#shared.commitNotifier.stop();
    await this.#segments.close();
    this.#shared.vectors.close();
    this.#connection.close();
  }

  #read<T>(work: (connection: Connection) => T): T {
    return readIn(this.#connection, work);
  }

  #write<T>(work: (connection: Connection) => T): T {
    try {
      const result = this.#connection.write(() => work(this.#connection));
      this.#shared.commitNotifier.notifyIfChanged();
      return result;
    } catch (error) {
      throw asStorageError(error);
    }
  }
}

/** Damage that prevents the check itself is reported as a problem too. */
async function runIntegrityCheck(
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

import { closeSync, mkdirSync, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { asDiskError } from '../errors/disk-errors.ts';
import { DeedboxError } from '../errors/errors.ts';

export interface DatabaseOptions {
  /** Scripts; each brings the schema from its index to the next version. A released one never changes. */
  migrations: readonly string[];
  /** Marks the file as one of this format: a database with other tables and without it is refused. */
  applicationId?: number;
  /** Milliseconds to wait for a lock that another process holds. */
  busyTimeoutMs: number;
  journalMode: 'WAL' | 'DELETE';
  /** `FULL`: a commit outlives a power failure. `NORMAL`: a power failure may undo the last commits. */
  synchronous: 'FULL' | 'NORMAL';
  /** Further pragmas, and functions that the schema calls; runs before the migrations. */
  configure?: (db: Sqlite.Database) => void;
  /** The error for a file that cannot be opened; by default the error of SQLite or the file system. */
  failure?: { message: string; hint: string };
}

/**
 * Opens a SQLite file, creates it with its folder where it is missing, and brings its schema up to
 * date. Several processes may do so at once. Throws `storage_error` for a full disk, for a schema
 * newer than `migrations` (counted in `user_version`), for another program's database, for one with triggers, and, with
 * `failure`, for whatever else prevents it.
 */
export function openDatabase(file: string, options: DatabaseOptions): Sqlite.Database {
  let db: Sqlite.Database | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    createForOwner(file);
    db = new Sqlite(file, { timeout: options.busyTimeoutMs });
    if (options.journalMode === 'WAL') enableWal(db, options.busyTimeoutMs);
    db.pragma(`synchronous = ${options.synchronous}`);
    // What is deleted is overwritten with zeros, in free pages too.
    db.pragma('secure_delete = ON');
    options.configure?.(db);
    migrate(db, options);
    return db;
  } catch (thrown) {
    db?.close();
    const error = asDiskError(thrown);
    if (error instanceof DeedboxError || !options.failure) throw error;
    const { message, hint } = options.failure;
    const cause = new Error(`Opening ${file} failed.`, { cause: error });
    throw new DeedboxError('storage_error', message, { hint, cause });
  }
}

/**
 * Creates the file of a database, empty and readable for its owner alone, where it is missing. SQLite gives
 * its journals the mode and the owner of that file. One that exists is not opened: closing it would release
 * the locks that SQLite holds on it in this process.
 */
export function createForOwner(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Opens an existing file without changing it, its schema included. Throws the errors of SQLite. */
export function openReadOnly(file: string, busyTimeoutMs: number): Sqlite.Database {
  return new Sqlite(file, { readonly: true, timeout: busyTimeoutMs });
}

/** Throws `storage_error` for a database with a newer schema than these migrations make. */
export function requireKnownSchema(db: Sqlite.Database, migrations: readonly string[]): void {
  if (schemaVersion(db) > migrations.length) throw newerSchemaError(db, migrations.length);
}

export function isBusyError(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

/** The change to WAL needs the file exclusively, and SQLite does not wait for that by itself. */
function enableWal(db: Sqlite.Database, busyTimeoutMs: number): void {
  const deadline = Date.now() + busyTimeoutMs;
  for (;;) {
    try {
      db.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusyError(error) || Date.now() >= deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function migrate(db: Sqlite.Database, { migrations, applicationId }: DatabaseOptions): void {
  const isCurrent = () => {
    if (applicationId !== undefined) requireOwnFile(db, applicationId);
    // first: a newer version may make what this one does not know
    requireKnownSchema(db, migrations);
    requireTablesAlone(db);
    return schemaVersion(db) === migrations.length;
  };
  // Looked at before the write lock is taken, so that nobody waits for a writer only to open the file.
  if (isCurrent()) return;
  db.transaction(() => {
    if (isCurrent()) return;
    if (applicationId !== undefined) db.pragma(`application_id = ${applicationId}`);
    for (const script of migrations.slice(schemaVersion(db))) db.exec(script);
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
}

const schemaVersion = (db: Sqlite.Database) =>
  db.pragma('user_version', { simple: true }) as number;

function requireOwnFile(db: Sqlite.Database, applicationId: number): void {
  const hasTables = db.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined;
  if (!hasTables || db.pragma('application_id', { simple: true }) === applicationId) return;
  throw new DeedboxError('storage_error', 'The database in the data folder is not Deedbox’s.', {
    hint: 'Choose another data folder with --data.',
  });
}

/** A trigger would change what is written with every later write: give somebody rights, or keys back. */
function requireTablesAlone(db: Sqlite.Database): void {
  const select = `SELECT 1 FROM sqlite_schema WHERE type IN ('trigger', 'view')`;
  if (db.prepare(select).get() === undefined) return;
  throw new DeedboxError(
    'storage_error',
    `${basename(db.name)} holds a trigger or a view, and Deedbox makes none.`,
    {
      hint: 'Somebody else has changed this file: find out who, and restore a backup from before.',
    },
  );
}

/** The definitions of all tables and indexes. */
const definitionsOf = (db: Sqlite.Database): string =>
  JSON.stringify(
    db.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all(),
  );

/** Whether the tables and indexes of an open database are defined as its migrations define them. */
export function hasOwnSchema(
  db: Sqlite.Database,
  { migrations, configure }: Pick<DatabaseOptions, 'migrations' | 'configure'>,
): boolean {
  const expected = new Sqlite(':memory:');
  try {
    configure?.(expected);
    for (const script of migrations) expected.exec(script);
    return definitionsOf(db) === definitionsOf(expected);
  } finally {
    expected.close();
  }
}

function newerSchemaError(db: Sqlite.Database, known: number): DeedboxError {
  return new DeedboxError(
    'storage_error',
    `${basename(db.name)} was written by a newer Deedbox (schema ${schemaVersion(db)}; this version knows ${known}).`,
    { hint: 'Install the newer version again, or choose another data folder with --data.' },
  );
}

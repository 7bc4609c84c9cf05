import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import Database from 'better-sqlite3';
import { DeedboxError } from '../errors/errors.ts';
import { asDiskError } from '../errors/disk-errors.ts';

const version = 1;

// AUTOINCREMENT: ids never come back, and order jobs whatever the clock says. `run_at` is 0 for a
// job that need not wait. `rerun_payload` is the payload of a job that was added while it was running.
const schema = `
  CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    payload TEXT NOT NULL,
    priority INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'active', 'failed')),
    run_at INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    stalled_count INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    lease_until INTEGER,
    rerun_payload TEXT,
    rerun_priority INTEGER,
    error TEXT,
    finished_at INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX jobs_unfinished ON jobs (kind, key) WHERE state IN ('waiting', 'active');
  CREATE INDEX jobs_waiting ON jobs (kind, priority, run_at, id) WHERE state = 'waiting';
  CREATE INDEX jobs_active ON jobs (id) WHERE state = 'active';
  CREATE INDEX jobs_failed ON jobs (kind, key) WHERE state = 'failed';
`;

/**
 * Opens or makes `queue.db` in the folder. Several processes may hold it open at once. Throws
 * `storage_error` when it cannot be opened or was made by a newer version.
 *
 * A power failure may undo the last moments of this file (`synchronous = NORMAL`): the sources and
 * the store know what is still to be read, and the next sync asks for it again.
 */
export function openQueueFile(folder: string): Database.Database {
  const path = join(folder, 'queue.db');
  let db: Database.Database | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    db = new Database(path, { timeout: 10_000 });
    useWriteAheadLog(db);
    db.pragma('synchronous = NORMAL');
    migrate(db);
    return db;
  } catch (error) {
    db?.close();
    const known = asDiskError(error);
    if (known instanceof DeedboxError) throw known;
    throw new DeedboxError('storage_error', 'The queue in the data folder could not be opened.', {
      hint: 'Check that the data folder can be written to. If its queue.db is damaged, delete it: nothing is lost, the next sync queues again what is still to be read.',
      cause: new Error(`Opening ${path} failed.`, { cause: error }),
    });
  }
}

function useWriteAheadLog(db: Database.Database): void {
  // Only the first process to open the file changes its mode, and SQLite does not wait for the
  // exclusive lock this takes when several are first.
  for (let tries = 0; ; tries++) {
    try {
      db.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      const busy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
      if (!busy || tries === 100) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function migrate(db: Database.Database): void {
  db.transaction(() => {
    const found = db.pragma('user_version', { simple: true }) as number;
    if (found > version) {
      throw new DeedboxError('storage_error', 'The queue was made by a newer version of Deedbox.', {
        hint: 'Update Deedbox on this machine, or use another data folder.',
      });
    }
    if (found === version) return;
    db.exec(schema);
    db.pragma(`user_version = ${version}`);
  }).immediate();
}

import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { DeedboxError } from '../errors/errors.ts';

export const keyDatabaseName = 'keys.db';

const schemaVersion = 1;

// Revoked keys stay, so that a log that names one can still be read.
const schema = `
  CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('reader', 'admin')),
    person TEXT,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT,
    last_used_on TEXT
  ) STRICT;
  CREATE UNIQUE INDEX keys_in_use ON keys (name) WHERE revoked_at IS NULL;
`;

/**
 * Opens or creates `keys.db` in the data folder, readable for its owner alone. Several processes may
 * have it open; each reads what another wrote with its next query. Throws `storage_error`.
 */
export function openKeyDatabase(folder: string): Database.Database {
  const path = join(folder, keyDatabaseName);
  let db: Database.Database | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // SQLite gives the files beside it the same mode
    closeSync(openSync(path, 'a', 0o600));
    db = new Database(path, { timeout: 5000 });
    db.pragma('synchronous = FULL');
    migrate(db);
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof DeedboxError) throw error;
    throw new DeedboxError('storage_error', 'The keys in the data folder could not be opened.', {
      hint: 'Check that the user who runs Deedbox may read and write keys.db in the data folder. No request is accepted until it can be read.',
      cause: new Error(`Opening ${path} failed.`, { cause: error }),
    });
  }
}

function migrate(db: Database.Database): void {
  db.transaction(() => {
    const storedVersion = db.pragma('user_version', { simple: true }) as number;
    if (storedVersion > schemaVersion) {
      throw new DeedboxError('storage_error', 'The keys were made by a newer version of Deedbox.', {
        hint: 'Update Deedbox on this machine.',
      });
    }
    if (storedVersion === schemaVersion) return;
    db.exec(schema);
    db.pragma(`user_version = ${schemaVersion}`);
  }).immediate();
}

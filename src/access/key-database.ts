import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { openDatabase } from '../sqlite/open-database.ts';

export const keyDatabaseName = 'keys.db';

// Revoked keys stay, so that a log that names one can still be read.
const migrations = [
  `
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
  `,
];

/**
 * Opens or creates `keys.db` in the data folder, for its owner alone. Several processes may have it
 * open: each sees what another wrote with its next query. Throws `storage_error`.
 */
export function openKeyDatabase(folder: string): Database.Database {
  return openDatabase(join(folder, keyDatabaseName), {
    migrations,
    busyTimeoutMs: 5000,
    journalMode: 'DELETE',
    synchronous: 'FULL',
    failure: {
      message: 'The keys in the data folder could not be opened.',
      hint: 'Check that the user who runs Deedbox may read and write keys.db in the data folder. Nobody is let in until it can be read.',
    },
  });
}

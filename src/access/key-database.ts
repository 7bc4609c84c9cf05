import { statSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { DeedboxError } from '../errors/errors.ts';
import { hasOwnSchema, openDatabase } from '../sqlite/open-database.ts';
import { defineChecksumFunction, keepChecksums, rowChecksum } from '../sqlite/row-checksum.ts';
import { verifyFile } from '../sqlite/verify-file.ts';

export const keyDatabaseName = 'keys.db';

/** What decides who may read what with a key. */
const checkedColumns = 'id, hash, name, role, person, expires_at, revoked_at';

/** An SQL expression: a row of keys is as it was written. */
export const isKeyIntact = `row_checksum IS ${rowChecksum(checkedColumns, 'keys')}`;

/** See `DatabaseOptions.migrations`. Revoked keys stay, so that a log that names one can still be read. */
export const migrations: readonly string[] = [
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
  `
  ALTER TABLE keys ADD COLUMN row_checksum INTEGER;
  UPDATE keys SET row_checksum = ${rowChecksum(checkedColumns, 'keys')};
  `,
];

/** An empty file is a lost one: without keys, whoever reaches the service would be let in. */
function requireContent(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.size !== 0) return;
  throw new DeedboxError('storage_error', 'The file keys.db in the data folder is empty.', {
    hint: 'Its keys are lost: restore it from a backup, or delete it and create new keys. Nobody is let in until then.',
  });
}

/**
 * Opens or creates `keys.db` in the data folder, for its owner alone. Several processes may have it
 * open: each sees what another wrote with its next query. Throws `storage_error`.
 */
export function openKeyDatabase(folder: string): Database.Database {
  const file = join(folder, keyDatabaseName);
  requireContent(file);
  const db = openDatabase(file, {
    migrations,
    configure: defineChecksumFunction,
    busyTimeoutMs: 5000,
    journalMode: 'DELETE',
    synchronous: 'FULL',
    failure: {
      message: 'The keys in the data folder could not be opened.',
      hint: 'Check that the user who runs Deedbox may read and write keys.db in the data folder. Nobody is let in until it can be read.',
    },
  });
  keepChecksums(db, { table: 'keys', columns: checkedColumns, key: ['id'] });
  return db;
}

const schema = { migrations, configure: defineChecksumFunction };

/** Whether its table is defined as Deedbox defines it, so that a statement does what it says. */
export const isKeyDatabase = (db: Database.Database): boolean => hasOwnSchema(db, schema);

/** What is wrong with the keys of a data folder. */
export function verifyKeys(folder: string): string[] {
  return verifyFile(join(folder, keyDatabaseName), schema, (db) => {
    const damaged = db.prepare(`SELECT id FROM keys WHERE NOT (${isKeyIntact})`).all();
    return (damaged as { id: string }[]).map(
      ({ id }) => `The key ${id} is not as it was created. Revoke it, and create another one.`,
    );
  });
}

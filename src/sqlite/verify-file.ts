import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { type DatabaseOptions, hasOwnSchema, openReadOnly } from './open-database.ts';

const busyTimeoutMs = 5000;

/**
 * What is wrong with a database; nothing where there is none.
 * @param examine finds more that is wrong, in a file of this version that is whole
 */
export function verifyFile(
  file: string,
  options: Pick<DatabaseOptions, 'migrations' | 'configure'>,
  examine: (db: Sqlite.Database) => string[] = () => [],
): string[] {
  if (!existsSync(file)) return [];
  const name = basename(file);
  let db: Sqlite.Database | undefined;
  try {
    db = openReadOnly(file, busyTimeoutMs);
    options.configure?.(db);
    const found = db.pragma('integrity_check') as { integrity_check: string }[];
    const damage = found.map((row) => row.integrity_check).filter((detail) => detail !== 'ok');
    if (damage.length > 0) return damage.map((detail) => `${name}: ${detail}`);
    // nobody has opened it for writing since Deedbox was upgraded
    const version = db.pragma('user_version', { simple: true }) as number;
    const migrations = options.migrations.slice(0, version);
    if (!hasOwnSchema(db, { ...options, migrations })) {
      return [`${name} is not defined as Deedbox defines it.`];
    }
    return version === options.migrations.length ? examine(db) : [];
  } catch {
    return [`${name} cannot be read: it is damaged.`];
  } finally {
    db?.close();
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DeedboxError } from '../errors/errors.ts';
import { openReadOnly } from '../sqlite/open-database.ts';
import { isKeyDatabase, keyDatabaseName, openKeyDatabase } from './key-database.ts';

/** Copies the keys of a data folder into another one, while others use them; none where there are none. */
export function copyKeys(folder: string, target: string): void {
  const file = join(folder, keyDatabaseName);
  if (!existsSync(file)) return;
  const db = openReadOnly(file, 5000);
  try {
    db.prepare('VACUUM INTO ?').run(join(target, keyDatabaseName));
  } finally {
    db.close();
  }
}

/**
 * Checks copied keys, and revokes those that are in use unless they are to be kept; returns how many. A service
 * with revoked keys still asks for one.
 * @throws DeedboxError `invalid_request` for a database whose definitions could undo that
 */
export function adoptKeys(folder: string, { keep }: { keep: boolean }, now = new Date()): number {
  const db = openKeyDatabase(folder);
  try {
    if (!isKeyDatabase(db)) {
      throw new DeedboxError(
        'invalid_request',
        `${keyDatabaseName} is not defined as Deedbox defines it.`,
        { hint: 'Somebody else has changed it: restore another backup. Nothing was changed.' },
      );
    }
    if (keep) return 0;
    const revoke = db.prepare('UPDATE keys SET revoked_at = ? WHERE revoked_at IS NULL');
    return revoke.run(now.toISOString()).changes;
  } finally {
    db.close();
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openReadOnly } from '../sqlite/open-database.ts';
import { keyDatabaseName, openKeyDatabase } from './key-database.ts';

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

/** Revokes every key that is in use; returns how many. A service with revoked keys still asks for one. */
export function revokeAllKeys(folder: string, now = new Date()): number {
  const db = openKeyDatabase(folder);
  try {
    const revoke = db.prepare('UPDATE keys SET revoked_at = ? WHERE revoked_at IS NULL');
    return revoke.run(now.toISOString()).changes;
  } finally {
    db.close();
  }
}

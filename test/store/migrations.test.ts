import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openStore, temporaryFolder } from './temporary-stores.ts';

/** Undoes the migrations after a version, in an otherwise closed data folder. */
function downgrade(folder: string, version: number): void {
  const db = new Database(join(folder, 'deedbox.db'));
  if (version < 2) db.exec('ALTER TABLE sources DROP COLUMN permissions_as_of');
  db.pragma(`user_version = ${version}`);
  db.close();
}

it('opens a data folder of version 1, which does not know how old its permissions are', async () => {
  const folder = await temporaryFolder();
  const first = await openStore(folder);
  await first.addSource('folder:/contracts');
  await first.saveSourceCheckpoint('folder:/contracts', { cursor: '7' });
  await first.close();
  downgrade(folder, 1);

  const store = await openStore(folder);
  expect(await store.sourceCheckpoint('folder:/contracts')).toEqual({ cursor: '7' });
  const permissionsAsOf = '2026-06-15T10:00:00.000Z';
  await store.saveSourceCheckpoint('folder:/contracts', { permissionsAsOf });
  expect(await store.sourceCheckpoint('folder:/contracts')).toEqual({
    cursor: '7',
    permissionsAsOf,
  });
});

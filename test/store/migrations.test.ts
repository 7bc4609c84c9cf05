import { readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { indexRevision, model, revisionOf, unfiltered } from '../contract/store-samples.ts';
import { unrestricted, vectorOf } from '../contract/store-samples.ts';
import { openStore, temporaryFolder } from './temporary-stores.ts';

/** A data folder of schema version 2 with the files `apple` and `pear`, of 30 passages each. */
async function folderOfVersion2(): Promise<string> {
  const folder = await temporaryFolder();
  const packed = readFileSync(new URL('./version-2.db.gz', import.meta.url));
  await writeFile(join(folder, 'deedbox.db'), gunzipSync(packed));
  await writeFile(join(folder, 'vectors-0123456789abcdef.hnsw'), 'the former index');
  return folder;
}

/** A data folder of schema version 1: before the migration that added a column to its sources. */
async function folderOfVersion1(): Promise<string> {
  const folder = await folderOfVersion2();
  const db = new Database(join(folder, 'deedbox.db'));
  db.exec('ALTER TABLE sources DROP COLUMN permissions_as_of');
  db.pragma('user_version = 1');
  db.close();
  return folder;
}

it('opens a data folder of version 1, which does not know how old its permissions are', async () => {
  const store = await openStore(await folderOfVersion1());
  await store.saveSourceCheckpoint('folder:/contracts', { cursor: '7' });
  expect(await store.sourceCheckpoint('folder:/contracts')).toEqual({ cursor: '7' });
  const permissionsAsOf = '2026-06-15T10:00:00.000Z';
  await store.saveSourceCheckpoint('folder:/contracts', { permissionsAsOf });
  expect(await store.sourceCheckpoint('folder:/contracts')).toEqual({
    cursor: '7',
    permissionsAsOf,
  });
});

it('opens a data folder of version 2, whose documents can be put on hold', async () => {
  const store = await openStore(await folderOfVersion2());
  const { documentId } = (await store.file('pear'))!;
  const hold = { kind: 'document', subject: documentId!, key: documentId! } as const;
  expect(await store.holds()).toEqual([]);
  await store.placeHold({ ...hold, reason: 'a claim', placedBy: 'ann' });
  expect(await store.removeFiles(['apple', 'pear'])).toBe(1);
  expect(await store.purge({ rewrite: true, waitMs: 0 })).toBe(true);
  expect(await unrestricted(store).searchText(['pear'], unfiltered, 100)).toHaveLength(30);
  expect(await store.verify()).toEqual([]);
});

it('opens a data folder of version 2 with all that it finds', async () => {
  const folder = await folderOfVersion2();
  const store = await openStore(folder);
  expect(await store.verify()).toEqual([]);
  const index = unrestricted(store);
  const sentence = 'The pear number 3 of pear paragraph 21.';
  const expectFound = async () => {
    const [nearest] = await index.searchVectors(vectorOf(sentence), model, unfiltered, 3);
    expect(nearest?.score).toBeCloseTo(1, 2);
    expect(nearest?.documentId).toBe((await store.file('pear'))?.documentId);
    expect(await index.searchText(['pear'], unfiltered, 100)).toHaveLength(30);
    expect(await index.searchText(['plum'], unfiltered, 100)).toEqual([]);
    expect(await index.searchDocuments(['services'], unfiltered, 10)).toHaveLength(2);
  };
  await expectFound();
  await indexRevision(store, revisionOf('apple', ['A quince instead of apples.']));
  await store.updateIndex();
  await expectFound();
  expect(await index.searchText(['apple'], unfiltered, 100)).toHaveLength(1);
  expect(await index.searchText(['number'], unfiltered, 100)).toHaveLength(30);
  expect(await store.verify()).toEqual([]);
  await store.close();
  expect((await readdir(folder)).filter((name) => name.endsWith('.hnsw'))).toEqual([]);
});

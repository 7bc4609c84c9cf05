import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checksummedTables } from '../../src/store/sqlite/row-checksums.ts';
import { openStoreReader } from '../../src/store/sqlite/schema.ts';
import { verifyDatabase } from '../../src/store/sqlite/verify.ts';
import { indexRevision, revisionOf } from '../contract/store-samples.ts';
import { isLong } from '../support/long.ts';
import { seededRandom } from '../../training/random.ts';
import { openStore, temporaryFolder } from './temporary-stores.ts';

const flips = isLong ? 1000 : 40;

/** All that the database holds, whatever bytes it is stored in; undefined where it cannot be read. */
function contentsOf(file: string): string | undefined {
  const connection = openStoreReader(file);
  try {
    const words = ['passage_fts', 'document_fts'].map((table) => {
      connection.run(
        `CREATE VIRTUAL TABLE temp.${table}_w USING fts5vocab (main, ${table}, instance)`,
      );
      return connection.all(`SELECT * FROM temp.${table}_w ORDER BY term, doc, col, offset`);
    });
    const rows = Object.entries(checksummedTables).map(([table, columns]) =>
      connection.all(`SELECT ${columns} FROM ${table} ORDER BY 1, 2`),
    );
    return JSON.stringify([words, rows]);
  } catch {
    return undefined;
  } finally {
    connection.close();
  }
}

test(`each of ${flips} flipped bits is found by verify, or changes nothing that is stored`, async () => {
  const folder = await temporaryFolder();
  const store = await openStore(folder);
  for (let document = 0; document < 5; document += 1) {
    const sentences = Array.from(
      { length: 12 },
      (_, i) => `The fee of lot ${document * 12 + i} is ${i * 1250} dollars a year.`,
    );
    await indexRevision(store, revisionOf(`file-${document}.pdf`, sentences));
  }
  await store.close();
  const original = path.join(folder, 'deedbox.db');
  const bytes = await readFile(original);
  const contents = contentsOf(original);
  const flipped = path.join(folder, 'flipped.db');
  await copyFile(original, flipped);
  expect(await verifyDatabase(flipped)).toEqual([]);

  // Pages of a small database are mostly empty.
  const used = [...bytes.keys()].filter((at) => bytes[at] !== 0);
  const random = seededRandom(12);
  const missed: number[] = [];
  let found = 0;
  for (let i = 0; i < flips; i += 1) {
    const at = used[Math.floor(random() * used.length)]!;
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1 << Math.floor(random() * 8);
    await writeFile(flipped, changed);
    const problems = await verifyDatabase(flipped).catch((error: unknown) => [error]);
    if (problems.length > 0) found += 1;
    else if (contentsOf(flipped) !== contents) missed.push(at);
  }
  expect(missed).toEqual([]);
  expect(found).toBeGreaterThan(flips / 2);
}, 900_000);

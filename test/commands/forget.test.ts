import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openStore } from '../store/temporary-stores.ts';
import { deedbox, temporaryFolder } from '../support/cli.ts';
import { encodingsOf, filesWith, packedTraces } from '../support/data-folder-bytes.ts';
import { openFixture } from '../workers/fixture.ts';

/** Without its first letters, as a full-text index stores what differs from the word before. */
const trace = 'ylkvorn';
const traces = encodingsOf(trace);

const markedContract = (number: number) =>
  `ZYLKVORN SUPPLY AGREEMENT

This Zylkvorn Supply Agreement is made as of March ${number}, 2024 between Zylkvorn${number} Holdings Inc. and Harrow Lane Ltd.

1. Zylkvorn Goods. Zylkvorn${number * 7919} sells ${number * 104729} zylkvorn units a year at the prices of schedule ${number}.

2. Governing Law. This Agreement is governed by the laws of Delaware.
`;

const plainContract = (number: number) =>
  `LEASE AGREEMENT

This Lease is made as of April ${number}, 2023 between Aldermoor${number} Inc. and Birchfold GmbH.

1. Rent. The tenant pays ${number * 1299} dollars in each quarter of the year.

2. Governing Law. This Lease is governed by the laws of Ontario.
`;

function writeContracts(folder: string, count: number, text: (number: number) => string) {
  mkdirSync(folder, { recursive: true });
  for (let number = 1; number <= count; number += 1) {
    const name = text === markedContract ? `zylkvorn ${number}.txt` : `lease ${number}.txt`;
    writeFileSync(join(folder, name), text(number));
  }
}

it('forget leaves nothing of a source in any file of the data folder', async () => {
  const base = temporaryFolder();
  const [data, marked, others] = [join(base, 'data'), join(base, 'zylkvorn'), join(base, 'leases')];
  writeContracts(join(marked, 'Zylkvorn deals'), 12, markedContract);
  writeFileSync(join(marked, 'zylkvorn.pdf'), '%PDF-1.7 and no more');
  writeContracts(others, 12, plainContract);
  expect((await deedbox('ingest', marked, others, '--data', data)).code).toBe(1);
  const packed = packedTraces(data, trace);
  expect(packed.length).toBeGreaterThan(100);
  expect(filesWith(data, traces)).toContain(join(data, 'deedbox.db'));
  expect(filesWith(data, packed).length).toBeGreaterThan(1); // the vectors are in a segment too
  // a copy that a killed worker has left
  const copies = join(data, 'tmp', `${hostname()}-${2 ** 22 + 1}`);
  mkdirSync(copies, { recursive: true });
  writeFileSync(join(copies, 'copy'), markedContract(1));

  const run = await deedbox('forget', marked, '--data', data);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toContain('13 files left the index');
  expect(filesWith(data, traces)).toEqual([]);
  expect(filesWith(data, packed)).toEqual([]);

  expect((await deedbox('verify', '--data', data)).stdout).toContain('No problem found: 12 doc');
  const { stdout } = await deedbox('search', 'rent of Aldermoor7', '--json', '--data', data);
  expect(JSON.parse(stdout).passages.length).toBeGreaterThan(0);
  // a job that still runs cannot restore it, and it can be added again
  expect((await deedbox('forget', marked, '--data', data)).stderr).toContain(
    'not among the sources',
  );
  const again = await deedbox('ingest', marked, '--json', '--data', data);
  expect(JSON.parse(again.stdout)).toMatchObject({ indexed: 12, unchanged: 12 });
});

it('what leaves a source has left the data folder when the sync has ended', async () => {
  const { contracts, data, sync, store } = await openFixture();
  writeContracts(contracts, 3, plainContract);
  writeContracts(contracts, 3, markedContract);
  expect(await sync()).toMatchObject({ state: 'done', indexed: 6 });
  const packed = packedTraces(data, trace);
  expect(filesWith(data, traces)).not.toEqual([]);
  for (const number of [1, 2, 3]) await rm(join(contracts, `zylkvorn ${number}.txt`));
  expect(await sync()).toMatchObject({ state: 'done', removed: 3 });
  expect(filesWith(data, traces)).toEqual([]);
  expect(filesWith(data, packed)).toEqual([]);
  expect(await store.verify()).toEqual([]);
});

it('a nightly sync removes what was replaced', async () => {
  const { contracts, data, sync } = await openFixture();
  writeContracts(contracts, 2, plainContract);
  const name = join(contracts, 'agreement.txt');
  await writeFile(name, markedContract(5));
  await sync();
  const packed = packedTraces(data, trace);
  await writeFile(name, plainContract(5));
  expect(await sync({ kind: 'nightly' })).toMatchObject({ state: 'done', indexed: 1 });
  expect(filesWith(data, traces)).toEqual([]);
  expect(filesWith(data, packed)).toEqual([]);
});

it('purge overwrites what an earlier version removed', async () => {
  const data = temporaryFolder();
  const packed = await readFile(new URL('../store/version-2.db.gz', import.meta.url));
  await writeFile(join(data, 'deedbox.db'), gunzipSync(packed));
  const db = new Database(join(data, 'deedbox.db'));
  db.exec(`CREATE TABLE removed (text TEXT); INSERT INTO removed VALUES
    ('${'zylkvorn '.repeat(500_000)}'); DROP TABLE removed`);
  db.close();
  const store = await openStore(data);
  expect(await store.purge({ rewrite: false, waitMs: 0 })).toBe(true);
  expect(filesWith(data, traces)).toEqual([join(data, 'deedbox.db')]);
  expect(await store.purge({ rewrite: true, waitMs: 0 })).toBe(true);
  expect(filesWith(data, traces)).toEqual([]);
  expect(await store.verify()).toEqual([]);
});

import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import * as keyDatabase from '../../src/access/key-database.ts';
import { KeyStore } from '../../src/access/key-store.ts';
import * as chainHead from '../../src/audit/chain-head.ts';
import * as jobTable from '../../src/queue/job-table.ts';
import { defineChecksumFunction } from '../../src/sqlite/row-checksum.ts';
import * as store from '../../src/store/sqlite/schema.ts';
import { defineFoldFunctions } from '../../src/store/sqlite/full-text.ts';
import { defineTextFunctions } from '../../src/store/sqlite/packed-text.ts';
import { defineTermFunctions } from '../../src/store/sqlite/term-predicates.ts';
import { defineVectorFunctions } from '../../src/store/sqlite/vectors/stored-records.ts';
import { unrestricted, unfiltered } from '../contract/store-samples.ts';
import { openStore } from '../store/temporary-stores.ts';
import { deedbox, deedboxWith, temporaryFolder } from '../support/cli.ts';
import { isLong } from '../support/long.ts';
import { sampleWorkspace } from '../support/sample-workspace.ts';

const sha256 = (script: string) => createHash('sha256').update(script).digest('hex');

/**
 * The SHA-256 of every migration. A script here has run on somebody's data folder, so it is never changed,
 * also not through what it is composed of: add another migration, and its checksum at the end.
 */
const checksums: Record<string, string[]> = {
  'deedbox.db': [
    'a37a2c3762a73bfffb94ab0fdee0f9af48545530d742b644a1bae61be9bc48b5',
    'f25cbcffc3413acb4024e598b0ef22e8b4e6a88ceeabea4a31131a0082b4d9b1',
    'ac976bc5906181cbfcbb667488ce11230c76ef3028a769c3ec38ad2e7c7a5662',
    '2a47b1f1135f524d02644ba62c5e4b6a8d5b56d33b11b7987e317999c1c341d1',
    '0f9d4e3e02b4c6627e1d0543db94343cbad418b0b5c050069d6904b794e64849',
    '5a4169e54856bea3b1630e5c8a26d4b408043dccf4c4f8dbcc778728b75aa235',
  ],
  'queue.db': ['ca592e8a2ca086ae94c861c1e1bc0c20dfe82379cc041077800b330f0029481b'],
  'keys.db': [
    'eada68f1d9c7b4f9b867db750f144b8949155b8b5f7aa3499c459913636d3987',
    '49306ab05b01cecaacea63e024474d48f494c8325f39b1439d7679957be4fe7c',
  ],
  'audit/head.db': ['f26df79e5cc402981aef9f8db2ff6015540a65f3666b0c98c8c09c780cf37a89'],
};

const databases: Record<string, readonly string[]> = {
  'deedbox.db': store.migrations,
  'queue.db': jobTable.migrations,
  'keys.db': keyDatabase.migrations,
  'audit/head.db': chainHead.migrations,
};

describe.each(Object.entries(databases))('the migrations of %s', (name, migrations) => {
  it('are those that have run elsewhere', () => {
    expect(migrations.map(sha256)).toEqual(checksums[name]);
  });
});

/** A data folder whose database has the schema of an older version, with two files of 30 passages each. */
function storeOfVersion(version: number): string {
  const folder = temporaryFolder();
  const file = join(folder, 'deedbox.db');
  const packed = readFileSync(new URL('../store/version-2.db.gz', import.meta.url));
  writeFileSync(file, gunzipSync(packed));
  const db = new Database(file);
  for (const define of [
    defineTermFunctions,
    defineChecksumFunction,
    defineVectorFunctions,
    defineTextFunctions,
    defineFoldFunctions,
  ])
    define(db);
  for (const script of store.migrations.slice(2, version)) db.exec(script);
  db.pragma(`user_version = ${version}`);
  db.close();
  return folder;
}

const olderVersions = Array.from({ length: store.migrations.length - 2 }, (_, at) => at + 2);

it.each(olderVersions)(
  'a data folder of version %i is migrated with all it holds',
  async (version) => {
    const folder = storeOfVersion(version);
    const migrated = await openStore(folder);
    expect(await migrated.verify()).toEqual([]);
    expect(await unrestricted(migrated).searchText(['pear'], unfiltered, 100)).toHaveLength(30);
    await migrated.close();
    const db = new Database(join(folder, 'deedbox.db'), { readonly: true });
    expect(db.pragma('user_version', { simple: true })).toBe(store.migrations.length);
    db.close();
  },
);

it('keys of the version before are valid after the migration', () => {
  const folder = temporaryFolder();
  const created = new KeyStore(folder);
  const key = created.create({ name: 'ann', role: 'reader' });
  created.close();
  const db = new Database(join(folder, keyDatabase.keyDatabaseName));
  db.exec('ALTER TABLE keys DROP COLUMN row_checksum');
  db.pragma('user_version = 1');
  db.close();
  const keys = new KeyStore(folder);
  expect(keys.list().map(({ name }) => name)).toEqual(['ann']);
  expect(keys.authenticate(key)).toMatchObject({ name: 'ann' });
  keys.close();
});

describe('a data folder of a newer version', () => {
  const commands: Record<string, string[][]> = {
    'deedbox.db': [
      ['start', '--port', '0'],
      ['search', 'law'],
      ['ingest'],
      ['status'],
      ['verify'],
      ['worker', '--drain'],
    ],
    'keys.db': [
      ['key', 'list'],
      ['start', '--port', '0'],
    ],
    'queue.db': [['worker', '--drain'], ['ingest']],
    'audit/head.db': [
      ['search', 'law'],
      ['audit', 'verify'],
    ],
  };

  // Each command is a process: all of them in the long tests.
  const databaseNames = Object.keys(commands).slice(0, isLong ? undefined : 1);

  it.each(databaseNames)('is refused where %s is newer, with the reason', async (name) => {
    const data = temporaryFolder();
    const source = await sampleWorkspace();
    for (const file of ['deedbox.db', 'queue.db', 'keys.db', 'audit/head.db']) {
      mkdirSync(dirname(join(data, file)), { recursive: true });
      if (existsSync(join(source, file))) copyFileSync(join(source, file), join(data, file));
    }
    const created = new KeyStore(data);
    created.create({ name: 'ann', role: 'reader' });
    created.close();
    await deedbox('search', 'law', '--data', data);
    const db = new Database(join(data, name));
    db.exec('CREATE VIEW later AS SELECT 1');
    db.pragma('user_version = 99');
    db.close();
    const said: string[] = [];
    for (const command of commands[name]!.slice(0, isLong ? undefined : 2)) {
      const required = { DEEDBOX_AUDIT: 'required' };
      const { code, stdout, stderr } = await deedboxWith(required, ...command, '--data', data);
      const output = stdout + stderr;
      if (code === 0 || !/written by a newer Deedbox \(schema 99/.test(output))
        said.push(`${command.join(' ')}: ${code} ${output}`);
    }
    expect(said).toEqual([]);
  });
});

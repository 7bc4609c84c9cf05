import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { KeyStore } from '../../src/access/key-store.ts';
import { backUp } from '../../src/backup/backup.ts';
import { restore } from '../../src/backup/restore.ts';
import { databaseName } from '../../src/store/sqlite.ts';
import { indexRevision, revisionOf } from '../contract/store-samples.ts';
import { openStore } from '../store/temporary-stores.ts';
import { temporaryFolder } from '../support/cli.ts';

async function backupOfOneDocument(): Promise<string> {
  const data = temporaryFolder();
  const store = await openStore(data);
  await indexRevision(store, revisionOf('a.txt', ['One sentence.']));
  await store.close();
  const keys = new KeyStore(data);
  for (const name of ['first', 'second']) keys.create({ name, role: 'admin' });
  keys.close();
  const backup = join(temporaryFolder(), 'backup');
  await backUp(data, backup, '1.0.0');
  return backup;
}

test('a backup does not lie in the data folder, by whatever name', async () => {
  const data = temporaryFolder();
  await (await openStore(data)).close();
  const alias = join(temporaryFolder(), 'alias');
  symlinkSync(data, alias, 'junction');
  for (const target of [join(data, 'x'), join(data, '..x'), join(alias, 'x')]) {
    await expect(backUp(data, target, '1.0.0')).rejects.toThrow('cannot lie in the data folder');
    await expect(backUp(alias, target, '1.0.0')).rejects.toThrow('cannot lie in the data folder');
  }
});

/** Changes a database of a backup, and its size and checksum in the manifest. */
function alter(backup: string, name: string, sql: string): void {
  const db = new Database(join(backup, name));
  db.unsafeMode(true);
  db.exec(sql);
  db.close();
  const path = join(backup, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const bytes = readFileSync(join(backup, name));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  Object.assign(
    manifest.files.find((file: { name: string }) => file.name === name),
    { bytes: bytes.length, sha256 },
  );
  writeFileSync(path, JSON.stringify(manifest));
}

test.each([
  [
    'a trigger that gives keys back',
    'keys.db',
    `CREATE TRIGGER back AFTER UPDATE OF revoked_at ON keys
     BEGIN UPDATE keys SET revoked_at = NULL WHERE id = new.id; END`,
    'holds a trigger',
  ],
  [
    'a table of keys that none can be revoked in',
    'keys.db',
    `PRAGMA writable_schema = ON;
     UPDATE sqlite_schema SET sql = replace(sql, 'revoked_at TEXT,', 'revoked_at TEXT CHECK (revoked_at IS NULL),')
     WHERE name = 'keys'`,
    'not defined as Deedbox defines it',
  ],
  [
    'a trigger that gives somebody rights',
    databaseName,
    `CREATE TRIGGER rights AFTER INSERT ON acl_entries WHEN new.principal = 'unknown'
     BEGIN INSERT INTO acl_entries (principal, file) VALUES ('user:eve@firm.example', new.file); END`,
    'holds a trigger',
  ],
  [
    'a table too many',
    databaseName,
    'CREATE TABLE more (one)',
    'not defined as Deedbox defines it',
  ],
])('restore refuses a backup with %s', async (_, name, sql, message) => {
  const backup = await backupOfOneDocument();
  alter(backup, name, sql);
  for (const keepKeys of [false, true]) {
    const target = join(temporaryFolder(), 'data');
    await expect(restore(backup, target, { keepKeys })).rejects.toThrow(message);
    expect(existsSync(target) ? readdirSync(target) : []).toEqual([]);
  }
});

test.runIf(process.platform !== 'win32').each([
  ['a pipe', (file: string) => execFileSync('mkfifo', [file])],
  ['a link to a device', (file: string) => symlinkSync('/dev/zero', file)],
])(
  'restore refuses a backup in which a file is %s',
  async (_, replace) => {
    for (const [name, message] of [
      ['keys.db', 'is not a file'],
      ['manifest.json', 'is no file'],
    ] as const) {
      const backup = await backupOfOneDocument();
      rmSync(join(backup, name));
      replace(join(backup, name));
      const target = join(temporaryFolder(), 'data');
      await expect(restore(backup, target, { keepKeys: false })).rejects.toThrow(message);
    }
  },
  20_000,
);

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type DatabaseOptions, openDatabase } from '../../src/sqlite/open-database.ts';
import { verifyFile } from '../../src/sqlite/verify-file.ts';
import { temporaryFolder } from '../support/cli.ts';

const options: DatabaseOptions = {
  migrations: ['CREATE TABLE notes (text TEXT); CREATE INDEX notes_by_text ON notes (text)'],
  busyTimeoutMs: 1000,
  journalMode: 'WAL',
  synchronous: 'NORMAL',
};

function notesFile(change?: string): string {
  const file = join(temporaryFolder(), 'notes.db');
  const db = openDatabase(file, options);
  for (let i = 0; i < 500; i += 1) db.prepare('INSERT INTO notes VALUES (?)').run(`Note ${i}.`);
  if (change !== undefined) db.exec(change);
  db.close();
  return file;
}

it('finds nothing in a file that is whole, or that is not there', () => {
  const file = notesFile();
  expect(verifyFile(file, options)).toEqual([]);
  expect(verifyFile(`${file}.none`, options)).toEqual([]);
  expect(verifyFile(file, options, () => ['more'])).toEqual(['more']);
  const migrations = [...options.migrations, 'CREATE TABLE later (one)'];
  expect(verifyFile(file, { ...options, migrations }, () => ['more'])).toEqual([]);
});

it('finds damaged pages, and a file that is no database', () => {
  const file = notesFile();
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0xa5, 4096, 4496));
  expect(verifyFile(file, options)).not.toEqual([]);
  writeFileSync(file, 'Dear reader, '.repeat(1000));
  expect(verifyFile(file, options)).toEqual(['notes.db cannot be read: it is damaged.']);
});

it.each([
  'CREATE TABLE more (one)',
  'DROP INDEX notes_by_text',
  'CREATE TRIGGER more AFTER INSERT ON notes BEGIN DELETE FROM notes; END',
])('finds other definitions: %s', (change) => {
  expect(verifyFile(notesFile(change), options)).toEqual([
    'notes.db is not defined as Deedbox defines it.',
  ]);
});

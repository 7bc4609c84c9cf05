import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type DatabaseOptions,
  openDatabase,
  openReadOnly,
} from '../../src/sqlite/open-database.ts';

const options: DatabaseOptions = {
  migrations: ['CREATE TABLE notes (text TEXT)'],
  busyTimeoutMs: 1000,
  journalMode: 'WAL',
  synchronous: 'NORMAL',
};

describe('openDatabase', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'deedbox-sqlite-'));
    file = join(folder, 'data', 'notes.db');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('creates the folder and the file with the pragmas asked for', () => {
    const db = openDatabase(file, options);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('synchronous', { simple: true })).toBe(1);
    expect(db.pragma('user_version', { simple: true })).toBe(1);
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    db.close();
  });

  it('refuses a file with a trigger or a view, before it writes to it', () => {
    for (const sql of [
      'CREATE TRIGGER more AFTER INSERT ON notes BEGIN DELETE FROM notes; END',
      'CREATE VIEW more AS SELECT * FROM notes',
    ]) {
      const db = openDatabase(file, options);
      db.exec(sql);
      db.close();
      const newer = { ...options, migrations: [...options.migrations, 'DROP TABLE notes'] };
      expect(() => openDatabase(file, newer)).toThrow('holds a trigger or a view');
      rmSync(file);
    }
  });

  it('runs only the migrations that the file lacks, and keeps its rows', () => {
    const older = openDatabase(file, options);
    older.exec(`INSERT INTO notes VALUES ('kept')`);
    older.close();
    const added = 'ALTER TABLE notes ADD COLUMN page INTEGER DEFAULT 7';
    const migrations = [...options.migrations, added];
    openDatabase(file, { ...options, migrations }).close();
    const db = openDatabase(file, { ...options, migrations });
    expect(db.prepare('SELECT * FROM notes').all()).toEqual([{ text: 'kept', page: 7 }]);
    expect(db.pragma('user_version', { simple: true })).toBe(2);
    db.close();
  });

  it('leaves nothing of a migration that fails', () => {
    const migrations = [...options.migrations, 'CREATE TABLE pages (n); CREATE TABLE notes (n)'];
    expect(() => openDatabase(file, { ...options, migrations })).toThrow('already exists');
    const db = openReadOnly(file, 1000);
    expect(db.prepare('SELECT * FROM sqlite_schema').all()).toEqual([]);
    db.close();
  });

  it('refuses a newer schema with both versions', () => {
    const migrations = [...options.migrations, 'CREATE TABLE pages (n)'];
    openDatabase(file, { ...options, migrations }).close();
    const failure = { message: 'It could not be opened.', hint: 'Delete it.' };
    expect(() => openDatabase(file, { ...options, failure })).toThrowError(
      expect.objectContaining({
        code: 'storage_error',
        message: 'notes.db was written by a newer Deedbox (schema 2; this version knows 1).',
      }),
    );
  });

  it("refuses another program's database where the format is marked", () => {
    openDatabase(file, options).close();
    expect(() => openDatabase(file, { ...options, applicationId: 7 })).toThrowError(
      expect.objectContaining({ code: 'storage_error' }),
    );
  });

  it('explains a damaged file in the words of its owner', () => {
    openDatabase(file, options).close();
    writeFileSync(file, 'no database '.repeat(1000));
    const failure = { message: 'The notes could not be opened.', hint: 'Delete notes.db.' };
    expect(() => openDatabase(file, options)).toThrowError(
      expect.objectContaining({ code: 'SQLITE_NOTADB' }),
    );
    expect(() => openDatabase(file, { ...options, failure })).toThrowError(
      expect.objectContaining({ code: 'storage_error', ...failure }),
    );
  });

  it('opens while another connection holds the write lock', () => {
    const writer = openDatabase(file, options);
    writer.exec('BEGIN IMMEDIATE');
    const reader = openDatabase(file, { ...options, busyTimeoutMs: 0 });
    expect(reader.prepare('SELECT count(*) AS n FROM notes').get()).toEqual({ n: 0 });
    reader.close();
    writer.close();
  });
});

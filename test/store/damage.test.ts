import Database from 'better-sqlite3';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { DeedboxError } from '../../src/errors/errors.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { openStoreDatabase } from '../../src/store/sqlite/schema.ts';
import { replaceDocument } from '../../src/store/sqlite/revisions.ts';
import { asStorageError } from '../../src/store/sqlite/storage-errors.ts';
import {
  clause,
  indexRevision,
  unfiltered,
  revisionOf,
  unrestricted,
} from '../contract/store-samples.ts';
import { openStore, temporaryFolder } from './temporary-stores.ts';

const failure = {
  code: 'storage_error',
  message: expect.not.stringMatching(/SQL|SELECT|constraint/i) as string,
  hint: expect.any(String) as string,
};

async function filled(): Promise<{ folder: string; file: string }> {
  const folder = await temporaryFolder();
  const store = await openStore(folder);
  for (let index = 0; index < 20; index += 1) {
    const sentences = Array.from({ length: 30 }, (_, i) => `Sentence ${i} of document ${index}.`);
    const clauses = ['audit_rights', 'audit_rights', 'cap_on_liability'].map((type, n) =>
      clause(type, 0.6 + n / 10),
    );
    await indexRevision(store, revisionOf(`file-${index}`, sentences, { analysis: { clauses } }));
  }
  const { documentId } = (await store.file('file-3'))!;
  const hold = { subject: documentId!, key: documentId!, reason: 'a claim', placedBy: 'Ann' };
  await store.placeHold({ kind: 'document', ...hold });
  await store.close();
  return { folder, file: path.join(folder, 'deedbox.db') };
}

test('a new data folder is accessible to its owner alone', async () => {
  const folder = path.join(await temporaryFolder(), 'new', 'data');
  await openStore(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test('a file in place of the folder and a read-only folder are rejected', async () => {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, 'taken'), '');
  await expect(openSqliteStore({ folder: path.join(folder, 'taken') })).rejects.toMatchObject(
    failure,
  );
  await mkdir(path.join(folder, 'database', 'deedbox.db'), { recursive: true });
  await expect(openSqliteStore({ folder: path.join(folder, 'database') })).rejects.toMatchObject(
    failure,
  );
  const locked = path.join(folder, 'locked');
  await mkdir(locked);
  await chmod(locked, 0o500);
  if (process.getuid?.() === 0) return;
  await expect(openSqliteStore({ folder: locked })).rejects.toMatchObject(failure);
});

test('a file that is not a database, or that of another program, is rejected and left alone', async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'deedbox.db');
  await writeFile(file, 'Dear reader, '.repeat(1000));
  await expect(openSqliteStore({ folder })).rejects.toMatchObject(failure);
  expect((await readFile(file, 'utf8')).slice(0, 12)).toBe('Dear reader,');

  const other = await temporaryFolder();
  const foreign = new Database(path.join(other, 'deedbox.db'));
  foreign.exec('CREATE TABLE songs (title TEXT)');
  foreign.close();
  await expect(openSqliteStore({ folder: other })).rejects.toMatchObject(failure);
});

test('a newer schema is rejected', async () => {
  const { folder, file } = await filled();
  const database = new Database(file);
  database.pragma('user_version = 99');
  database.close();
  await expect(openSqliteStore({ folder })).rejects.toMatchObject({
    ...failure,
    message: expect.stringContaining('newer Deedbox') as string,
  });
});

test('a damaged database is reported', async () => {
  const { folder, file } = await filled();
  const bytes = await readFile(file);
  // Page 1 stays, so that the file still opens.
  for (let at = 4096 * 3; at < bytes.length; at += 4096 * 3) bytes.fill(0xa5, at, at + 2000);
  await writeFile(file, bytes);
  const store = await openSqliteStore({ folder }).catch((error: unknown) => {
    expect(error).toMatchObject(failure);
  });
  if (!store) return;
  const problems = await store.verify();
  expect(problems.length).toBeGreaterThan(0);
  await store.close();
});

test('verify finds invalid ACL entries', async () => {
  const { folder, file } = await filled();
  const database = new Database(file);
  const add = database.prepare('INSERT INTO acl_entries (principal, file) VALUES (?, 1)');
  for (const principal of ['user:Ann@firm.example', 'group:deals', 'everyone', 'domain:']) {
    add.run(principal);
  }
  add.run('group:deals@firm.example');
  database.close();
  const store = await openStore(folder);
  const problems = await store.verify();
  const invalid = problems.filter(({ detail }) => detail.includes('invalid ACL entry'));
  expect(invalid.map(({ check }) => check)).toEqual(Array(4).fill('acl_entries'));
  expect(invalid[0]?.detail).toContain('file-0');
});

test('a full disk fails the write with a hint, and nothing stored is lost', async () => {
  const { folder, file } = await filled();
  const connection = openStoreDatabase(file);
  // Simulates a full disk by a database that may not grow.
  connection.pragma(`max_page_count = ${Number(connection.pragma('page_count')) + 20}`);
  const sentences = Array.from({ length: 3000 }, (_, i) => `Sentence ${i} that takes up room.`);
  try {
    replaceDocument(connection, revisionOf('big', sentences));
    expect.unreachable();
  } catch (error) {
    expect(asStorageError(error)).toMatchObject({
      ...failure,
      retryable: true,
      message: expect.stringContaining('full') as string,
    });
  }
  connection.close();
  const store = await openStore(folder);
  expect((await store.status()).documents).toBe(20);
  expect(await unrestricted(store).searchText(['sentence'], unfiltered, 100)).toHaveLength(100);
  expect(await store.verify()).toEqual([]);
});

test.each<[string, string, string]>([
  [
    'a document without text',
    'DELETE FROM document_contents WHERE document = 3',
    'document_contents',
  ],
  [
    'a passage that full text lacks',
    "INSERT INTO passage_fts (passage_fts, rowid, heading, body, document) VALUES ('delete', 5, '', '', '')",
    'passage_fts',
  ],
  ['a document that full text lacks', 'DELETE FROM document_fts WHERE rowid = 5', 'document_fts'],
  ['a passage beyond the text', 'UPDATE passages SET "end" = 1e6 WHERE id = 7', 'passages'],
  ['a passage that is gone', 'DELETE FROM passages WHERE id = 7', 'passages'],
  ['passages that are not consecutive', 'UPDATE passages SET id = 5000 WHERE id = 7', 'passages'],
  [
    'a page with a wrong number',
    `UPDATE document_contents SET pages = json_set(pages, '$[0].number', 2) WHERE document = 4`,
    'pages',
  ],
  ['pages with a gap', `UPDATE document_contents SET pages = '[]' WHERE document = 4`, 'pages'],
  [
    'vectors cut short',
    'UPDATE passage_vectors SET records = substr(records, 33) WHERE first_passage = 1',
    'vectors',
  ],
  ['vectors of no length', 'UPDATE passage_vectors SET records = zeroblob(24)', 'vectors'],
  ['missing vectors', 'DELETE FROM passage_vectors WHERE first_passage = 31', 'vectors'],
  ['a text that cannot be unpacked', "UPDATE document_contents SET text = x'ff'", 'text'],
  ['an indexed file without document', 'DELETE FROM documents WHERE id = 6', 'files'],
  ['a clause that is gone', 'DELETE FROM clauses WHERE document = 3 AND ordinal = 0', 'clauses'],
  [
    'one of several clauses of a type that is gone',
    `DELETE FROM clauses WHERE document = 3 AND ordinal = 1;
     DELETE FROM clauses WHERE document = 3 AND ordinal = 2;
     DELETE FROM clause_probabilities WHERE document = 3 AND type = 'cap_on_liability'`,
    'clauses',
  ],
  [
    'the probability of a clause that is gone',
    "DELETE FROM clause_probabilities WHERE document = 3 AND type = 'audit_rights'",
    'clauses',
  ],
  ['a document that a hold lacks', 'DELETE FROM held_files', 'held_files'],
  ['a passage of no document', 'UPDATE passages SET document = 999 WHERE id = 9', 'references'],
])('verify finds %s', async (_, sql, check) => {
  const { folder, file } = await filled();
  const database = new Database(file);
  database.pragma('foreign_keys = OFF');
  database.exec(sql);
  database.close();
  const problems = await (await openStore(folder)).verify();
  expect(problems.map((problem) => problem.check)).toContain(check);
});

test.each([
  'CONSTRAINT_UNIQUE',
  'ERROR',
  'SCHEMA',
  'NOMEM',
  'TOOBIG',
  'INTERRUPT',
  'NOLFS',
  'MISUSE',
  'AUTH',
])('an error SQLITE_%s is reported with its cause and what to do', (name) => {
  const error = new Database.SqliteError('UNIQUE constraint failed: t.secret', `SQLITE_${name}`);
  const { message, hint, code } = asStorageError(error) as DeedboxError;
  expect(code).toBe('storage_error');
  expect(message).toMatch(new RegExp(`^[A-Z][a-z ]+\\w .*\\(SQLITE_${name}\\)\\.$`));
  expect(message).not.toMatch(/refused an operation|secret/);
  expect(hint).toMatch(/^(Run|Give|Set|Try|Move|Another) /);
});

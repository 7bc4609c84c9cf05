import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { Access } from '../../src/domain/documents.ts';
import type { ScopedIndex } from '../../src/store/scoped-index.ts';
import { packText, unpackText } from '../../src/store/sqlite/packed-text.ts';
import { verifyDatabase } from '../../src/store/sqlite/verify.ts';
import { clause, indexRevision, revisionOf, unfiltered } from '../contract/store-samples.ts';
import { openStore, temporaryFolder } from './temporary-stores.ts';

const ann = 'user:ann@firm.example' as const;
const eve = 'user:eve@firm.example' as const;

/** Questions whose answers hold what is damaged. */
const questions = {
  documents: (index: ScopedIndex) => index.documents(unfiltered, { sort: 'title', limit: 5 }),
  text: (index: ScopedIndex, id: string) => index.text(id),
  clauses: (index: ScopedIndex, id: string) => index.clauses([id], { minConfidence: 0 }),
  passages: (index: ScopedIndex, id: string) =>
    index.passages([{ documentId: id, start: 0, end: 9 }]),
  search: (index: ScopedIndex) => index.searchText(['fee'], unfiltered, 5),
};

interface Damage {
  table: string;
  /** What another program writes, without the checksum of the row. */
  sql: string;
  question: keyof typeof questions;
  access?: Access;
}

const set = (table: string, change: string, question: keyof typeof questions): Damage => ({
  table,
  sql: `UPDATE ${table} SET ${change}`,
  question,
});

const damages: Damage[] = [
  set('document_contents', `text = other_amount(text)`, 'text'),
  set('document_contents', `text = other_amount(text)`, 'documents'),
  set('document_contents', `pages = replace(pages, '"number":2', '"number":3')`, 'text'),
  set('document_contents', `sections = replace(sections, 'Terms', 'Price')`, 'text'),
  set('document_contents', `analysis = replace(analysis, '2027-01-31', '2037-01-31')`, 'documents'),
  set('documents', `expiration_date = '2037-01-31'`, 'documents'),
  set('files', `file_name = 'Other.pdf'`, 'documents'),
  set('parties', `name = 'Other Inc.'`, 'documents'),
  set('clause_probabilities', 'probability = 0.1', 'documents'),
  set('clauses', `value = 'Texas'`, 'clauses'),
  set('clauses', 'confidence = 0.99', 'clauses'),
  set('passages', `path = '["9 Other"]'`, 'passages'),
  set('passages', 'start = start + 1', 'search'),
  ...(['documents', 'text'] as const).flatMap((question): Damage[] => [
    {
      table: 'acl_entries',
      sql: `UPDATE acl_entries SET principal = '${eve}'`,
      question,
      access: [eve],
    },
    {
      table: 'acl_entries',
      sql: `INSERT INTO acl_entries (principal, file) SELECT '${eve}', id FROM files`,
      question,
      access: [eve],
    },
  ]),
];

test.each(damages)(
  'no answer is made of a damaged row: $question after $sql',
  async ({ table, sql, question, access = [ann] }) => {
    const folder = await temporaryFolder();
    const store = await openStore(folder);
    const id = await indexRevision(
      store,
      revisionOf('Lease.pdf', ['The fee is 1,200 dollars.', 'It ends on 31 January 2027.'], {
        file: { aclEntries: [ann] },
        parties: ['Acme Inc.'],
        analysis: {
          expirationDate: { value: '2027-01-31', basis: 'stated', evidence: [] },
          clauses: [clause('governing_law', 0.9, 'Delaware')],
        },
      }),
    );
    const ask = (asked: keyof typeof questions, as: Access = [ann]) =>
      questions[asked](store.scopedTo(as), id);
    expect(JSON.stringify(await ask('documents'))).toContain('2027-01-31');
    await ask(question);

    const file = path.join(folder, 'deedbox.db');
    const db = new Database(file);
    db.function('other_amount', (text) =>
      packText(unpackText(text as Buffer).replace('1,200', '1,800')),
    );
    expect(db.prepare(sql).run().changes).toBeGreaterThan(0);
    db.close();

    await expect(ask(question, access)).rejects.toMatchObject({
      code: 'storage_error',
      hint: expect.stringContaining('deedbox verify'),
    });
    const problems = await verifyDatabase(file);
    expect(problems.map(({ check }) => check)).toContain(table);
  },
);

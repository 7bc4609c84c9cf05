import path from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { ScopedIndex } from '../../src/store/scoped-index.ts';
import { packText } from '../../src/store/sqlite/packed-text.ts';
import {
  clause,
  indexRevision,
  model,
  revisionOf,
  unfiltered,
  vectorOf,
} from '../contract/store-samples.ts';
import { openStore, temporaryFolder } from './temporary-stores.ts';

const ann = 'user:ann@firm.example' as const;
const sentences = [
  'The cap of liability is 100,000 dollars.',
  'It is governed by the law of Ohio.',
];
const replacedText = packText(sentences.join('\n').replace('100,000', '900,000')).toString('hex');

const list = (index: ScopedIndex, filter: object = {}) =>
  index.documents({ ...unfiltered, ...filter }, { sort: 'title', limit: 10 });

/** What is changed with another program, and a request whose answer it would change. */
const changes: Record<
  string,
  [sql: string, ask: (index: ScopedIndex, id: string) => Promise<unknown>]
> = {
  'an amount in the text': [
    `UPDATE document_contents SET text = x'${replacedText}' WHERE document = 1`,
    (index, id) => index.text(id),
  ],
  'a page': [
    `UPDATE document_contents SET pages = replace(pages, '"number":1', '"number":2') WHERE document = 1`,
    (index, id) => index.text(id),
  ],
  'a year among the facts': [
    `UPDATE document_contents SET analysis = replace(analysis, '2031', '2041') WHERE document = 1`,
    (index) => list(index),
  ],
  'a year in what filters look at': [
    `UPDATE documents SET expiration_date = '2041-03-01' WHERE id = 1`,
    (index) => list(index, { expires: { from: '2040-01-01' } }),
  ],
  'the probability of a clause': [
    'UPDATE clause_probabilities SET probability = 0.1 WHERE document = 1',
    (index) => list(index, { lacksClauses: ['cap_on_liability'] }),
  ],
  'the place of a clause': [
    'UPDATE clauses SET start = 1 WHERE document = 1',
    (index, id) => index.clauses([id], { minConfidence: 0 }),
  ],
  'the place of a passage': [
    'UPDATE passages SET "end" = "end" - 9 WHERE document = 1 AND ordinal = 0',
    (index) => index.searchText(['liability'], unfiltered, 5),
  ],
  'the place of a passage that vectors find': [
    'UPDATE passages SET start = start + 4 WHERE document = 1 AND ordinal = 0',
    (index) => index.searchVectors(vectorOf(sentences[0]!), model, unfiltered, 5),
  ],
  'the headings of a passage': [
    `UPDATE passages SET path = '["Cap"]' WHERE document = 1 AND ordinal = 0`,
    (index, id) => index.passages([{ documentId: id, start: 0, end: 9 }]),
  ],
  'the key of a party': [
    `UPDATE parties SET key = 'other' WHERE document = 1`,
    (index) => list(index, { partyKeys: ['other'] }),
  ],
  'a file name': [
    `UPDATE files SET file_name = 'b.pdf' WHERE id = 1`,
    (index) => index.filesByName(['b.pdf']),
  ],
  'who may read it': [
    `UPDATE acl_entries SET principal = '${ann}' WHERE file = 1`,
    (index) => list(index),
  ],
  'until when': [
    `UPDATE acl_entries SET expires_at = '2099-01-01' WHERE file = 1`,
    (index, id) => index.text(id),
  ],
};

test.each(Object.entries(changes))(
  '%s that another program has changed is an error, and verify finds it',
  async (_, [sql, ask]) => {
    const folder = await temporaryFolder();
    const filling = await openStore(folder);
    const id = await indexRevision(
      filling,
      revisionOf('a.pdf', sentences, {
        parties: ['Acme Ltd'],
        partyKeys: [{ key: 'acme', name: 'Acme Ltd' }],
        analysis: {
          expirationDate: { value: '2031-03-01', basis: 'stated', evidence: [] },
          clauses: [clause('cap_on_liability', 0.9)],
        },
        file: { aclEntries: ['group:deals@firm.example'] },
      }),
    );
    expect(await filling.verify()).toEqual([]);
    await filling.close();
    const database = new Database(path.join(folder, 'deedbox.db'));
    expect(database.prepare(sql).run().changes).toBe(1);
    database.close();
    const store = await openStore(folder);
    const index = store.scopedTo(['group:deals@firm.example', ann]);
    await expect(ask(index, id)).rejects.toMatchObject({
      code: 'damaged_record',
      hint: expect.stringContaining('deedbox verify') as string,
    });
    expect((await store.verify()).length).toBeGreaterThan(0);
  },
);

test('a document that is damaged stays so when its file is renamed', async () => {
  const folder = await temporaryFolder();
  const filling = await openStore(folder);
  await indexRevision(filling, revisionOf('a.pdf', sentences));
  await filling.close();
  const database = new Database(path.join(folder, 'deedbox.db'));
  database.exec(`UPDATE documents SET title = 'Other' WHERE id = 1`);
  database.close();
  const store = await openStore(folder);
  const record = (await store.file('a.pdf'))!;
  await store.recordFiles([{ ...record, fileName: 'renamed.pdf' }]);
  expect((await store.verify()).map(({ check }) => check)).toContain('documents');
});

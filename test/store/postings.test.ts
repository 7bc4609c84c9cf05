import path from 'node:path';
import { expect, test } from 'vitest';
import { IdRanges } from '../../src/store/sqlite/id-ranges.ts';
import { PostingsReader } from '../../src/store/sqlite/postings.ts';
import { openStoreReader } from '../../src/store/sqlite/schema.ts';
import { Stemmer } from '../../src/store/sqlite/stemmer.ts';
import { passageTokenizer } from '../../src/store/sqlite/full-text.ts';
import { indexRevision, revisionOf } from '../contract/store-samples.ts';
import { openStore, temporaryFolder } from './temporary-stores.ts';

test('a word is found in the same rows in both ways of reading', async () => {
  const folder = await temporaryFolder();
  const store = await openStore(folder);
  for (let document = 0; document < 6; document += 1) {
    const sentences = Array.from(
      { length: 40 },
      (_, i) =>
        `${i % 2 ? 'Agreed' : 'They agree that'} fees ${i % 3 ? 'are generally due' : ''} on day ${i}.`,
    );
    await indexRevision(store, revisionOf(`file-${document}`, sentences));
  }
  const connection = openStoreReader(path.join(folder, 'deedbox.db'));
  try {
    const postings = new PostingsReader(connection, {
      name: 'passage_fts',
      weights: { heading: 2 },
    });
    const stemmer = new Stemmer(connection, 'stems', passageTokenizer, { hasExactWords: true });
    const set = new IdRanges([
      { first: 41, count: 40 },
      { first: 161, count: 40 },
    ]);
    const given = ['agreed', 'agreeing', 'fee', 'generally', '17', 'nowhere'];
    const words = stemmer.stems(given).filter(({ kind }) => kind === 'stem');
    // The stem of "agreed" has another stem itself.
    expect(words.map(({ stem }) => stem)).toContain('agre');
    for (const word of words) {
      const scanned = postings.read(word, set, 1000);
      const documentTokens = ['d2', 'd5'];
      const named = postings.read(word, set, 1000, { documentTokens, expected: 1e6 });
      expect(named).toEqual(scanned);
      expect(scanned.rows.every((id) => set.has(id))).toBe(true);
      expect(scanned.rows.length > 0).toBe(word.stem !== 'nowher');
      expect(postings.readAll([word], set, 1000)).toEqual(scanned.rows);
    }
    const some = postings.read(words[0]!, set, 30);
    expect(some).toMatchObject({ isComplete: false, frequency: 80 });
    expect(some.rows).toHaveLength(30);
  } finally {
    connection.close();
  }
});

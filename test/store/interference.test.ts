import { expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { indexRevision, revisionOf, unfiltered } from '../contract/store-samples.ts';
import { openStore, temporaryFolder } from './temporary-stores.ts';

/** Many enough that the commonest words are not scored. */
const passagesEach = 1400;
const readable = Array.from({ length: 10 }, (_, n) => `readable-${n}`);
const ann = 'user:ann@firm.example' as const;

/** Words of every frequency: each in one passage in so many of a document. */
const intervals = {
  rent: 1,
  fee: 2,
  lease: 5,
  tax: 11,
  audit: 47,
  escrow: 101,
  lien: 499,
  easement: 997,
};
const words = Object.keys(intervals);

const sentencesOf = (document: number) =>
  Array.from({ length: passagesEach }, (_, passage) =>
    Object.entries(intervals)
      .filter(([, interval]) => (passage + document) % interval === 0)
      .map(([word]) => word)
      .join(' '),
  );

async function filled(isHiddenAdded: boolean): Promise<Store> {
  const store = await openStore(await temporaryFolder());
  for (const [document, name] of readable.entries()) {
    const file = { aclEntries: [ann] };
    await indexRevision(store, revisionOf(name, sentencesOf(document), { file }));
    if (!isHiddenAdded) continue;
    const hidden = sentencesOf(document + 3).map((text, i) => `${text} lien ${i % 3 ? '' : 'fee'}`);
    await indexRevision(
      store,
      revisionOf(`hidden-${document}`, hidden, { file: { aclEntries: [] } }),
    );
  }
  return store;
}

test('documents that may not be read change neither order nor scores of full-text search', async () => {
  const answers = [];
  for (const isHiddenAdded of [false, true]) {
    const store = await filled(isHiddenAdded);
    const index = store.scopedTo([ann]);
    const queries = [
      ...words.map((word) => [word]),
      ...words.map((word, w) => [word, words[(w + 3) % words.length]!]),
      ['rent', 'fee'],
      ['rent', 'fee', 'lease', 'nowhere'],
      words,
    ];
    const found = [];
    for (const query of queries) {
      const hits = await index.searchText(query, unfiltered, 100);
      expect(hits.length).toBeGreaterThan(0);
      const byName = await index.searchDocuments([...query, 'readable'], unfiltered, 20);
      found.push([
        hits.map(({ documentId, ordinal, score }) => ({ documentId, ordinal, score })),
        byName,
      ]);
    }
    answers.push(found);
  }
  expect(answers[1]).toEqual(answers[0]);
}, 120_000);

test('words whose stem has another stem are found however many others contain them', async () => {
  const store = await openStore(await temporaryFolder());
  const queries = ['purpose', 'license', 'clause', 'purchase', 'agree', 'disclose', 'expense'];
  const mine = queries.map((word) => `Of a ${word} alone.`);
  await indexRevision(store, revisionOf('mine', mine, { file: { aclEntries: [ann] } }));
  const answers = () =>
    Promise.all(queries.map((word) => store.scopedTo([ann]).searchText([word], unfiltered, 10)));
  const before = await answers();
  expect(before.map((hits) => hits.map(({ ordinal }) => ordinal))).toEqual(
    queries.map((_, ordinal) => [ordinal]),
  );
  const others = Array.from({ length: 8200 }, () => queries.join(' '));
  await indexRevision(store, revisionOf('hidden', others, { file: { aclEntries: [] } }));
  expect(await answers()).toEqual(before);
}, 60_000);

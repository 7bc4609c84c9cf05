import { expect, test } from 'vitest';
import type { AclEntry } from '../../src/domain/documents.ts';
import type { Store } from '../../src/store/store.ts';
import {
  indexRevision,
  unfiltered,
  model,
  revisionOf,
  vectorOf,
} from '../contract/store-samples.ts';
import { openStore, temporaryFolder } from './temporary-stores.ts';

/** Enough that a principal that may read half of them is answered by a filtered search of the segments. */
const documents = 100;
const passagesEach = 60;
const nearest = 10;

const aclEntriesOf = (number: number): AclEntry[] => [
  ...(number % 2 === 0 ? (['group:half@firm.example'] as const) : []),
  ...(number % 100 === 0 ? (['group:one@firm.example'] as const) : []),
];
const sentence = (document: number, passage: number) =>
  `Deed ${(document * 7919) % 997} of lot ${(passage * 31 + document) % 211} and street ${(document * passage) % 89}.`;

const vectors: { document: number; vector: Float32Array }[] = [];

async function filled(): Promise<Store> {
  const store = await openStore(await temporaryFolder());
  for (let document = 0; document < documents; document += 1) {
    const sentences = Array.from({ length: passagesEach }, (_, passage) =>
      sentence(document, passage),
    );
    await indexRevision(
      store,
      revisionOf(`f${document}`, sentences, { file: { aclEntries: aclEntriesOf(document) } }),
    );
    for (const text of sentences) vectors.push({ document, vector: vectorOf(text) });
  }
  await store.updateIndex();
  return store;
}

test('a filtered search of the index finds the nearest readable passages that exact search finds', async () => {
  const store = await filled();
  for (const [principal, minRecall] of [
    ['group:one@firm.example', 1],
    ['group:half@firm.example', 0.97],
  ] as const) {
    const scopedIndex = store.scopedTo(['anyone', principal]);
    const visible = vectors.filter(({ document }) => aclEntriesOf(document).includes(principal));
    let found = 0;
    const questions = Array.from({ length: 40 }, (_, n) =>
      vectorOf(`Which street has lot ${n * 3} of deed ${n}?`),
    );
    for (const question of questions) {
      const dot = (vector: Float32Array) =>
        vector.reduce((sum, value, i) => sum + value * question[i]!, 0);
      const scores = visible.map(({ vector }) => dot(vector)).sort((a, b) => b - a);
      const worst = scores[nearest - 1]! - 0.005;
      const hits = await scopedIndex.searchVectors(question, model, unfiltered, nearest);
      expect(hits).toHaveLength(nearest);
      found += hits.filter(({ score }) => score >= worst).length;
    }
    expect(found / (questions.length * nearest)).toBeGreaterThanOrEqual(minRecall);
  }
});

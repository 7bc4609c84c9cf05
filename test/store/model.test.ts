import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import {
  indexRevision,
  unfiltered,
  model,
  revisionOf,
  sourceFile,
  unrestricted,
  vectorOf,
} from '../contract/store-samples.ts';
import { openReader, openStore, temporaryFolder } from './temporary-stores.ts';

/** The expected state: the sentences of each file's document, and the document id. */
type Expected = Map<string, { sentences: string[]; documentId: string }>;

const words = ['apple', 'pear', 'lease', 'rent', 'notice', 'party', 'seal', 'law', 'fee', 'audit'];
const fileId = fc.constantFrom('a', 'b/c', 'b/d', 'e', 'f');
const sentence = fc
  .array(fc.constantFrom(...words), { minLength: 1, maxLength: 5 })
  .map((chosen) => `The ${chosen.join(' ')}.`);
/** Enough passages that the graph is searched, with many similar ones. */
const sentencesOfText = fc
  .array(sentence, { maxLength: 10 })
  .map((sentences) =>
    sentences.flatMap((one, index) =>
      words.flatMap((word) => [one, `In ${word} ${one}`, `${words[index]} ${word}: ${one}`]),
    ),
  );
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('replace' as const),
      fileId,
      sentences: sentencesOfText,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), fileId }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename' as const), fileId, to: fileId }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'checkpoint' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function applyStep(store: Store, expected: Expected, appliedStep: Step): Promise<void> {
  if (appliedStep.kind === 'replace') {
    const documentId = await indexRevision(
      store,
      revisionOf(appliedStep.fileId, appliedStep.sentences),
    );
    const known = expected.get(appliedStep.fileId);
    if (known) expect(documentId).toBe(known.documentId);
    expected.set(appliedStep.fileId, { sentences: appliedStep.sentences, documentId });
  } else if (appliedStep.kind === 'remove') {
    await store.removeFiles([appliedStep.fileId]);
    expected.delete(appliedStep.fileId);
  } else if (appliedStep.kind === 'rename') {
    const renamed = expected.get(appliedStep.fileId);
    const result = store.renameFile(appliedStep.fileId, sourceFile(appliedStep.to), 'sync-2');
    if (!renamed) return expect(result).rejects.toMatchObject({ code: 'not_found' });
    await result;
    expected.delete(appliedStep.fileId);
    expected.set(appliedStep.to, renamed);
  } else if (appliedStep.kind === 'checkpoint') {
    await store.updateIndex();
  }
}

const key = (hit: { documentId: string; ordinal: number }) => `${hit.documentId} ${hit.ordinal}`;

async function compare(store: Store, expected: Expected, question: string): Promise<void> {
  const list = await unrestricted(store).documents(unfiltered, { sort: 'title', limit: 50 });
  expect(list.documents.map(({ file }) => file.fileId).sort()).toEqual([...expected.keys()].sort());
  const all: { documentId: string; ordinal: number; score: number; text: string }[] = [];
  const query = vectorOf(question);
  for (const { sentences, documentId } of expected.values()) {
    expect((await unrestricted(store).text(documentId))?.text).toBe(sentences.join('\n'));
    for (const [ordinal, text] of sentences.entries()) {
      const score = vectorOf(text).reduce((sum, value, i) => sum + value * (query[i] ?? 0), 0);
      all.push({ documentId, ordinal, score, text });
    }
  }
  const scores = new Map(all.map((passage) => [key(passage), passage.score]));
  const hits = await unrestricted(store).searchVectors(query, model, unfiltered, 10);
  const ranking = all.map(({ score }) => score).sort((one, other) => other - one);
  expect(hits).toHaveLength(Math.min(10, all.length));
  hits.forEach((hit, rank) => {
    expect(hit.score).toBeCloseTo(scores.get(key(hit)) ?? NaN, 2);
    expect(hit.score).toBeCloseTo(ranking[rank] ?? NaN, 2);
  });
  const [word = ''] = words.filter((candidate) => question.includes(candidate));
  const found = await unrestricted(store).searchText([word], unfiltered, 5000);
  const containing = all.filter(({ text }) => text.includes(word));
  expect(found.map(key).sort()).toEqual(containing.map(key).sort());
}

test('the store holds the same as a map after random operations', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 30 }),
      sentence,
      async (steps, query) => {
        const folder = await temporaryFolder();
        const expected: Expected = new Map();
        let store = await openStore(folder);
        const readerStore = await openReader(folder);
        for (const appliedStep of steps) {
          await applyStep(store, expected, appliedStep);
          if (appliedStep.kind === 'reopen') {
            await store.close();
            store = await openStore(folder);
          }
          await compare(store, expected, query);
        }
        await compare(readerStore, expected, query);
        expect(await readerStore.verify()).toEqual([]);
        expect(await store.verify()).toEqual([]);
        await readerStore.close();
        await store.close();
      },
    ),
    { numRuns: 20 },
  );
});

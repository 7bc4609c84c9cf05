import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import {
  allOf,
  everything,
  model,
  revisionOf,
  sourceFile,
  vectorOf,
} from '../contract/store-samples.ts';
import { openReader, openStore, temporaryFolder } from './temporary-stores.ts';

/** What should be there: the sentences of each file's document, and the document's id. */
type Expected = Map<string, { sentences: string[]; documentId: string }>;

const words = ['apple', 'pear', 'lease', 'rent', 'notice', 'party', 'seal', 'law', 'fee', 'audit'];
const fileId = fc.constantFrom('a', 'b/c', 'b/d', 'e', 'f');
const sentence = fc
  .array(fc.constantFrom(...words), { minLength: 1, maxLength: 5 })
  .map((chosen) => `The ${chosen.join(' ')}.`);
/** Long enough that the graph is asked, with many that are alike. */
const sentencesOfText = fc
  .array(sentence, { maxLength: 10 })
  .map((sentences) =>
    sentences.flatMap((one, place) =>
      words.flatMap((word) => [one, `In ${word} ${one}`, `${words[place]} ${word}: ${one}`]),
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

async function take(store: Store, expected: Expected, taken: Step): Promise<void> {
  if (taken.kind === 'replace') {
    const documentId = await store.replaceDocument(revisionOf(taken.fileId, taken.sentences));
    const known = expected.get(taken.fileId);
    if (known) expect(documentId).toBe(known.documentId);
    expected.set(taken.fileId, { sentences: taken.sentences, documentId });
  } else if (taken.kind === 'remove') {
    await store.removeFiles([taken.fileId]);
    expected.delete(taken.fileId);
  } else if (taken.kind === 'rename') {
    const renamed = expected.get(taken.fileId);
    const result = store.renameFile(taken.fileId, sourceFile(taken.to), 'sync-2');
    if (!renamed) return expect(result).rejects.toMatchObject({ code: 'not_found' });
    await result;
    expected.delete(taken.fileId);
    expected.set(taken.to, renamed);
  } else if (taken.kind === 'checkpoint') {
    await store.checkpoint();
  }
}

const key = (hit: { documentId: string; ordinal: number }) => `${hit.documentId} ${hit.ordinal}`;

async function compare(store: Store, expected: Expected, question: string): Promise<void> {
  const list = await allOf(store).documents(everything, { sort: 'title', limit: 50 });
  expect(list.documents.map(({ file }) => file.fileId).sort()).toEqual([...expected.keys()].sort());
  const all: { documentId: string; ordinal: number; score: number; text: string }[] = [];
  const query = vectorOf(question);
  for (const { sentences, documentId } of expected.values()) {
    expect((await allOf(store).text(documentId))?.text).toBe(sentences.join('\n'));
    for (const [ordinal, text] of sentences.entries()) {
      const score = vectorOf(text).reduce((sum, value, i) => sum + value * (query[i] ?? 0), 0);
      all.push({ documentId, ordinal, score, text });
    }
  }
  const scores = new Map(all.map((passage) => [key(passage), passage.score]));
  const hits = await allOf(store).searchVectors(query, model, everything, 10);
  const ranking = all.map(({ score }) => score).sort((one, other) => other - one);
  expect(hits).toHaveLength(Math.min(10, all.length));
  hits.forEach((hit, place) => {
    expect(hit.score).toBeCloseTo(scores.get(key(hit)) ?? NaN, 4);
    expect(hit.score).toBeCloseTo(ranking[place] ?? NaN, 4);
  });
  const [word = ''] = words.filter((candidate) => question.includes(candidate));
  const found = await allOf(store).searchText([word], everything, 5000);
  const containing = all.filter(({ text }) => text.includes(word));
  expect(found.map(key).sort()).toEqual(containing.map(key).sort());
}

test('whatever happens to files, the store holds what a plain map would', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 30 }),
      sentence,
      async (steps, ask) => {
        const folder = await temporaryFolder();
        const expected: Expected = new Map();
        let store = await openStore(folder);
        const reader = await openReader(folder);
        for (const taken of steps) {
          await take(store, expected, taken);
          if (taken.kind === 'reopen') {
            await store.close();
            store = await openStore(folder);
          }
          await compare(store, expected, ask);
        }
        await compare(reader, expected, ask);
        expect(await reader.verify()).toEqual([]);
        expect(await store.verify()).toEqual([]);
        await reader.close();
        await store.close();
      },
    ),
    { numRuns: 20 },
  );
});

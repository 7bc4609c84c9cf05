import { expect, test } from 'vitest';
import { indexRevision, revisionOf, unfiltered, unrestricted } from '../contract/store-samples.ts';
import { openStore, temporaryFolder } from './temporary-stores.ts';

/** Three documents of so many passages, all of which have the same words; every tenth has one more. */
const passagesEach = 3500;

test('words that are too common to be scored find passages that have all of them first', async () => {
  const store = await openStore(await temporaryFolder());
  for (const name of ['a', 'b', 'c']) {
    const sentences = Array.from({ length: passagesEach }, (_, i) =>
      i % 10 === 0 && name === 'c' ? 'Rent is paid and deposited.' : 'Rent is paid.',
    );
    await indexRevision(store, revisionOf(name, sentences));
  }
  const index = unrestricted(store);
  const { documentId } = (await store.file('c'))!;

  const common = await index.searchText(['paid', 'rent'], unfiltered, 50);
  expect(common).toHaveLength(50);
  const ofOne = { ...unfiltered, documentIds: [documentId!] };
  const filtered = await index.searchText(['paid', 'rent', 'nowhere'], ofOne, 50);
  expect(filtered).toHaveLength(50);
  expect(new Set(filtered.map((hit) => hit.documentId))).toEqual(new Set([documentId]));

  const [best] = await index.searchText(['paid', 'rent', 'deposited'], unfiltered, 10);
  expect(best).toMatchObject({ documentId });
  expect(best!.ordinal % 10).toBe(0);
  expect(await index.searchText(['nowhere'], unfiltered, 10)).toEqual([]);
});

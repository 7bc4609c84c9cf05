import { expect, test } from 'vitest';
import type { StoreUnderTest } from './store.ts';
import { unrestricted, matchAll, model, revisionOf, vectorOf } from './store-samples.ts';

export function searchContract(subject: () => StoreUnderTest): void {
  test('words are found in their forms, the better match first', async () => {
    const { store } = subject();
    const id = await store.replaceDocument(
      revisionOf('a', [
        'Either party may terminate.',
        'Termination requires notice of termination in writing.',
        'The café is leased.',
        'Nothing else matters here.',
      ]),
    );
    const hits = await unrestricted(store).searchText(['terminated', 'notices'], matchAll, 10);
    expect(hits.map(({ ordinal }) => ordinal)).toEqual([1, 0]);
    expect(hits[0]).toMatchObject({ documentId: id, start: 28 });
    const [there] = await unrestricted(store).passages([hits[0]!]);
    expect(there).toMatchObject([{ passageId: hits[0]!.passageId, path: ['2 Terms'] }]);
    expect(hits[0]!.score).toBeGreaterThan(hits[1]!.score);
    expect(hits[1]!.score).toBeGreaterThan(0);
    expect(await unrestricted(store).searchText(['CAFE'], matchAll, 10)).toHaveLength(1);
    expect(await unrestricted(store).searchText(['notice', 'café'], matchAll, 1)).toHaveLength(1);
    expect(await unrestricted(store).searchText(['absent'], matchAll, 10)).toEqual([]);
    expect(await unrestricted(store).searchText([], matchAll, 10)).toEqual([]);
    expect(await unrestricted(store).searchText(['notice'], matchAll, 0)).toEqual([]);
  });

  test('a word is found from the first document on that has it, also where it was asked for before', async () => {
    const { store } = subject();
    const filler = Array.from({ length: 30 }, (_, index) => `Filler number ${index}.`);
    await store.replaceDocument(revisionOf('a', filler));
    expect(await unrestricted(store).searchText(['quagga'], matchAll, 5)).toEqual([]);
    await store.replaceDocument(revisionOf('b', ['The quagga is sold.']));
    expect(await unrestricted(store).searchText(['quagga'], matchAll, 5)).toHaveLength(1);
  });

  test('replacing documents leaves the scores of the words as they were', async () => {
    const { store } = subject();
    const texts = [
      'Notice of renewal is given in writing.',
      'Renewal is automatic.',
      'Rent is due.',
    ];
    const write = () => store.replaceDocument(revisionOf('a', texts));
    const search = async () => {
      const hits = await unrestricted(store).searchText(['renewal', 'notice'], matchAll, 10);
      const documents = await unrestricted(store).searchDocuments(
        ['renewal', 'rent'],
        matchAll,
        10,
      );
      return {
        passages: hits.map(({ ordinal, score }) => [ordinal, score.toFixed(9)]),
        documents: documents.map(({ score }) => score.toFixed(9)),
      };
    };
    await store.replaceDocument(revisionOf('b', ['Nothing of the kind.']));
    await write();
    const fresh = await search();
    for (let times = 0; times < 3; times++) await write();
    expect(await search()).toEqual(fresh);
  });

  test('whatever is typed is only searched for', async () => {
    const { store } = subject();
    await store.replaceDocument(revisionOf('a', ['The non-compete clause AND the rest OR not.']));
    const typed = [
      '"',
      "'",
      '*',
      'AND',
      'heading:x',
      '(',
      'NEAR(a b)',
      '-',
      '\0',
      '',
      ' ',
      '{a}:b',
      'd1',
      '^x',
      '💼',
    ];
    for (const term of typed) {
      await unrestricted(store).searchText([term], matchAll, 5);
      await unrestricted(store).searchDocuments([term], matchAll, 5);
    }
    expect(await unrestricted(store).searchText(['non-compete'], matchAll, 5)).toHaveLength(1);
    expect(await unrestricted(store).searchText(typed.concat('clause'), matchAll, 5)).toHaveLength(
      1,
    );
    // The number under which documents are told apart inside is no word of the text.
    expect(await unrestricted(store).searchText(['d1'], matchAll, 5)).toEqual([]);
  });

  test('a document is found by title, party, file name, folder and opening', async () => {
    const { store } = subject();
    const opening = 'This agreement is made by Zebra Holdings. ';
    const far = `${'Filler words follow. '.repeat(200)}Quagga.`;
    const id = await store.replaceDocument(
      revisionOf('deals/okapi-final.pdf', [opening, far], {
        parties: ['Gnu Brothers'],
        analysis: { title: 'Distribution Agreement' },
      }),
    );
    await store.replaceDocument(
      revisionOf('misc/other.pdf', ['Mentions of distribution and Gnu.']),
    );
    const first = async (...terms: string[]) =>
      (await unrestricted(store).searchDocuments(terms, matchAll, 5))[0]?.documentId;
    for (const term of ['distribution', 'gnu', 'okapi', 'deals', 'ZEBRA']) {
      expect(await first(term)).toBe(id);
    }
    expect(await first('quagga')).toBeUndefined();
    expect((await unrestricted(store).searchDocuments(['gnu'], matchAll, 1)).length).toBe(1);
  });

  test('the nearest passages are found, also right after they changed', async () => {
    const { store } = subject();
    const sentences = (word: string) =>
      Array.from(
        { length: 30 },
        (_, index) => `The ${word} number ${index} of paragraph ${index}.`,
      );
    await store.replaceDocument(revisionOf('a', sentences('apple')));
    await store.saveSnapshot();
    await store.replaceDocument(revisionOf('b', ['Wholly different quince words.']));
    const query = vectorOf('Wholly different quince words.');
    const [topHit] = await unrestricted(store).searchVectors(query, model, matchAll, 3);
    expect(topHit?.score).toBeCloseTo(1, 4);
    expect(topHit?.documentId).toBe((await store.file('b'))?.documentId);
    await store.removeFiles(['b']);
    const after = await unrestricted(store).searchVectors(query, model, matchAll, 100);
    expect(after).toHaveLength(30);
    expect(after.map(({ score }) => score)).toEqual(
      after.map(({ score }) => score).sort((x, y) => y - x),
    );
    expect(await unrestricted(store).searchVectors(query, model, matchAll, 0)).toEqual([]);
  });
}

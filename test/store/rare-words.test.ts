import { describe, expect, it } from 'vitest';
import { indexRevision, revisionOf, unfiltered, unrestricted } from '../contract/store-samples.ts';
import { openStore, temporaryFolder } from './temporary-stores.ts';

const documents = {
  elevated: ['The elevated walkway is inspected.', 'The Supplier keeps ZX-4471-B in stock.'],
  elevation: ['The elevation of the site is stated.', 'Part 4471 B ZX is not made.'],
  elevations: ['Elevations and elevators are maintained.', 'The fee is $1,250,000.'],
  japanese: ['損害賠償の総額は百万円を上限とする。'],
};

async function open() {
  const store = await openStore(await temporaryFolder());
  const ids = new Map<string, string>();
  for (const [name, sentences] of Object.entries(documents)) {
    ids.set(name, await indexRevision(store, revisionOf(name, sentences)));
  }
  const index = unrestricted(store);
  const exact = async (term: string) => {
    const hits = await index.searchText([term], unfiltered, 10);
    return hits.filter((hit) => hit.exactCoverage === 1).map((hit) => hit.documentId);
  };
  return { index, ids, exact };
}

describe('words that few passages have', () => {
  it('are told from other forms of the word, which are found behind them', async () => {
    const { index, ids, exact } = await open();
    expect(await exact('elevated')).toEqual([ids.get('elevated')]);
    const hits = await index.searchText(['elevated'], unfiltered, 10);
    expect(hits.length).toBeGreaterThan(1);
    expect(hits[0]!.documentId).toBe(ids.get('elevated'));
  });

  it('count as a phrase only one after the other', async () => {
    const { ids, exact } = await open();
    expect(await exact('"zx 4471 b"')).toEqual([ids.get('elevated')]);
    expect(await exact('"1 250 000"')).toEqual([ids.get('elevations')]);
    expect(await exact('"250 1 000"')).toEqual([]);
  });

  it('are counted, in passages and contracts', async () => {
    const { index, ids } = await open();
    const terms = ['elevated', '"zx 4471 b"', 'supplier', 'nowhere', '損害'];
    expect(await index.countWords(terms, unfiltered)).toEqual([
      { passages: 1, contracts: 1 },
      { passages: 1, contracts: 1 },
      { passages: 1, contracts: 1 },
      { passages: 0, contracts: 0 },
      { passages: 1, contracts: 1 },
    ]);
    const elsewhere = { ...unfiltered, documentIds: [ids.get('japanese')!] };
    expect(await index.countWords(['elevated'], elsewhere)).toEqual([
      { passages: 0, contracts: 0 },
    ]);
  });

  it('are covered by what a passage has of the query, the rarest word most', async () => {
    const { index, ids } = await open();
    const query = ['elevated', 'the', 'is'];
    const [first] = await index.searchText(query, unfiltered, 10);
    expect(first).toMatchObject({ documentId: ids.get('elevated'), coverage: 1, exactCoverage: 1 });
    const both = await index.searchText(['elevated', 'absentee'], unfiltered, 10);
    expect(both[0]!.coverage).toBeLessThan(0.6);
    const related = await index.searchText(['elevated'], unfiltered, 10, ['fee', 'stock']);
    expect(related[0]!.coverage).toBe(1);
    expect(related.length).toBeGreaterThan(3);
    expect(related.some(({ coverage }) => coverage === 0)).toBe(true);
  });
});

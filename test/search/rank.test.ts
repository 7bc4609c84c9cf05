import { describe, expect, it } from 'vitest';
import { rankingWeights } from '../../src/search/ranking-weights.ts';
import { rankPassages } from '../../src/search/rank.ts';
import { clause, unfiltered } from '../contract/store-samples.ts';
import { openSearchFixture } from './search-fixture.ts';

const sentences = ['Rent is due each month.', 'Insurance is carried.', 'The roof is repaired.'];

describe('ranking passages', () => {
  it('puts the passage with the words of the question first', async () => {
    const { context, write } = await openSearchFixture();
    const id = await write('a', sentences);
    const [first] = await rankPassages(context, 'who keeps the roof repaired?', unfiltered);
    expect(first).toMatchObject({ documentId: id, ordinal: 2, start: 46, end: 67 });
  });

  it('searches the documents alone that the query names', async () => {
    const { context, write } = await openSearchFixture();
    const named = await write('a', sentences, { parties: ['Sablecourt LLC'] });
    for (const file of ['b', 'c', 'd']) await write(file, sentences, { parties: ['Dovrane Inc.'] });
    const ranked = await rankPassages(
      context,
      'Must Sablecourt pay rent each month when due?',
      unfiltered,
    );
    expect(ranked).toHaveLength(3);
    expect(ranked[0]).toMatchObject({ documentId: named, ordinal: 0 });
    expect(ranked.every(({ documentId }) => documentId === named)).toBe(true);
    expect(await rankPassages(context, 'When is the rent due?', unfiltered)).toHaveLength(12);
  });

  it('ranks a probable clause of the type asked for above words and vectors', async () => {
    const { context, write } = await openSearchFixture();
    const clauses = [{ ...clause('insurance', 0.95), start: 46, end: 67 }];
    await write('a', sentences, { analysis: { clauses } });
    const query = 'Which insurance is carried?';
    expect((await rankPassages(context, query, unfiltered))[0]!.ordinal).toBe(2);
    const withoutClauses = { ...rankingWeights, clause: 0 };
    expect((await rankPassages(context, query, unfiltered, withoutClauses))[0]!.ordinal).toBe(1);
  });

  it('looks for clauses in the documents of the best hits, 45 at most', async () => {
    const { context, write } = await openSearchFixture();
    const clauses = [{ ...clause('insurance', 1), start: 24, end: 45 }];
    for (let at = 0; at < 65; at++) await write(`${at}`, sentences, { analysis: { clauses } });
    const ranked = await rankPassages(context, 'insurance', unfiltered, {
      lexical: 0,
      dense: 0,
      clause: 1,
      document: 0,
      exact: 0,
    });
    expect(ranked.filter(({ score }) => score === 1)).toHaveLength(45);
  });

  it('takes no passage from documents that do not pass the filter', async () => {
    const { context, write } = await openSearchFixture();
    await write('a', sentences);
    const other = await write('b', sentences, { file: { folder: 'Leases' } });
    const ranked = await rankPassages(context, 'rent', { ...unfiltered, folder: 'Leases' });
    expect(new Set(ranked.map(({ documentId }) => documentId))).toEqual(new Set([other]));
  });

  it('gives nothing where there is nothing', async () => {
    const { context } = await openSearchFixture();
    expect(await rankPassages(context, 'rent', unfiltered)).toEqual([]);
  });
});

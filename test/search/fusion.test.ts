import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuseHits, type RetrievedPassages } from '../../src/search/fusion.ts';
import { rankingWeights } from '../../src/search/ranking-weights.ts';
import type { ClauseHit } from '../../src/search/clause-retriever.ts';
import type { PassageHit, TextHit } from '../../src/store/records.ts';

/** A hit of any retriever; `exactCoverage` 0 but where it is given. */
function hit(passageId: number, score: number, exactCoverage = 0): TextHit & ClauseHit {
  const documentId = `document-${passageId}`;
  const place = { passageId, documentId, revision: 'r', ordinal: 0, start: 0, end: 10 };
  return { ...place, score, coverage: exactCoverage, exactCoverage, clauses: [] };
}

const retrieved = (lists: Partial<RetrievedPassages>): RetrievedPassages => ({
  lexical: [],
  dense: [],
  clause: [],
  ...lists,
});
const named = (...entries: [string, number][]) => new Map(entries);
const ids = (hits: PassageHit[]) => hits.map(({ passageId }) => passageId);
const scores = (hits: PassageHit[]) =>
  hits.map(({ passageId, score }) => [passageId, Number(score.toFixed(6))]);

describe('fusing hits', () => {
  // Passage 1 wins every tie, so passage 2 is first only where the evidence for it counts.
  const bothDense = [hit(1, 0.5), hit(2, 0.5)];
  it.each([
    ['the better match of words', retrieved({ lexical: [hit(1, 4), hit(2, 8)], dense: bothDense })],
    ['a rare word', retrieved({ lexical: [hit(1, 4, 0.4), hit(2, 4, 0.5)], dense: bothDense })],
    ['the nearer vector', retrieved({ dense: [hit(1, 0.4), hit(2, 0.5)] })],
    ['the more probable clause', retrieved({ clause: [hit(1, 0.6), hit(2, 0.7)] })],
  ])('prefers %s where all else is equal', (_, lists) => {
    expect(ids(fuseHits(lists, named()))).toEqual([2, 1]);
  });

  it('prefers the document that the query names where all else is equal', () => {
    const lists = retrieved({ dense: bothDense });
    expect(ids(fuseHits(lists, named()))).toEqual([1, 2]);
    expect(ids(fuseHits(lists, named(['document-2', 1])))).toEqual([2, 1]);
    expect(ids(fuseHits(lists, named(['document-1', 0.3], ['document-2', 0.4])))).toEqual([2, 1]);
  });

  it('adds the scaled scores with the weights of the product', () => {
    const lists = retrieved({
      lexical: [hit(1, 8, 0.5), hit(2, 2)],
      dense: [hit(2, 0.9), hit(3, 0.5), hit(1, 0.7)],
      clause: [hit(4, 0.81), hit(3, 0.09)],
    });
    const weights = { lexical: 1, dense: 10, clause: 100, document: 1000, exact: 10_000 };
    expect(scores(fuseHits(lists, named(['document-3', 0.5]), weights))).toEqual([
      [1, 5003.5], // half of the rare words, all of 1 for its words, half of the similarities: a quarter of 10
      [3, 530], // half of 1000 for its document, the root of 0.09 for its clause; the least similar
      [4, 90], // the root of 0.81 for its clause alone
      [2, 10.25], // a quarter of 1 for its words, all of 10 for its vector
    ]);
  });

  it('counts nothing for evidence whose weight is 0', () => {
    const lists = retrieved({
      lexical: [hit(1, 8), hit(6, 0, 1)],
      dense: [hit(2, 0.9), hit(5, 0.1)],
      clause: [hit(3, 0.81)],
    });
    const document = named(['document-4', 1]);
    const withNamed = { ...lists, lexical: [...lists.lexical, hit(4, 0)] };
    for (const [weight, passageId] of [
      ['lexical', 1],
      ['dense', 2],
      ['clause', 3],
      ['document', 4],
      ['exact', 6],
    ] as const) {
      const scoreOf = (weights = rankingWeights) =>
        fuseHits(withNamed, document, weights).find((one) => one.passageId === passageId)!.score;
      expect(scoreOf()).toBeCloseTo(rankingWeights[weight] * (weight === 'clause' ? 0.9 : 1), 9);
      expect(scoreOf({ ...rankingWeights, [weight]: 0 })).toBe(0);
    }
  });

  it('returns each passage once, with its place, and nothing for nothing', () => {
    expect(fuseHits(retrieved({}), named())).toEqual([]);
    const lists = retrieved({ lexical: [hit(1, 8)], dense: [hit(1, 0.3)], clause: [hit(1, 0.5)] });
    const [only, ...others] = fuseHits(lists, named());
    const { coverage: _, exactCoverage: __, ...place } = hit(1, 0);
    const features = { lexical: 1, dense: 0, clause: Math.sqrt(0.5), document: 0, exact: 0 };
    const score = rankingWeights.lexical + rankingWeights.clause * Math.sqrt(0.5);
    expect(only).toEqual({ ...place, features, score: expect.closeTo(score, 9) as number });
    expect(others).toEqual([]);
  });

  const score = fc.integer({ min: 1, max: 1000 });
  const hits = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 30 }), score), {
    selector: ([passageId]) => passageId,
    maxLength: 20,
  });
  const toHits = (list: [number, number][], change: (value: number) => number) =>
    list.map(([passageId, value]) => hit(passageId, change(value)));

  it('does not depend on the scale of BM25, nor on where the similarities of a model lie', () => {
    fc.assert(
      fc.property(hits, hits, hits, (lexical, dense, clause) => {
        const fused = (bm25: number, scale: number, shift: number) =>
          fuseHits(
            {
              lexical: toHits(lexical, (value) => value * bm25),
              dense: toHits(dense, (value) => shift + (value / 1000) * scale),
              clause: toHits(clause, (value) => value / 1000),
            },
            named(['document-3', 0.7]),
          );
        const one = new Map(fused(1, 0.5, 0).map(({ passageId, score: s }) => [passageId, s]));
        for (const { passageId, score: other } of fused(0.01, 0.25, 0.5)) {
          expect(other).toBeCloseTo(one.get(passageId)!, 9);
        }
      }),
    );
  });

  it('orders by score, then by passage, within the sum of the weights', () => {
    fc.assert(
      fc.property(hits, hits, hits, (lexical, dense, clause) => {
        const found = fuseHits(
          {
            lexical: toHits(lexical, Number),
            dense: toHits(dense, (value) => value / 1000),
            clause: toHits(clause, (value) => value / 1000),
          },
          named(['document-5', 1]),
        );
        const sum = Object.values(rankingWeights).reduce((total, weight) => total + weight, 0);
        const distinct = new Set([...lexical, ...dense, ...clause].map(([passageId]) => passageId));
        expect(new Set(ids(found))).toEqual(distinct);
        expect(found).toHaveLength(distinct.size);
        for (const [at, { score: s, passageId }] of found.entries()) {
          expect(s).toBeGreaterThanOrEqual(0);
          expect(s).toBeLessThanOrEqual(sum);
          const next = found[at + 1];
          if (next)
            expect(s > next.score || (s === next.score && passageId < next.passageId)).toBe(true);
        }
      }),
    );
  });
});

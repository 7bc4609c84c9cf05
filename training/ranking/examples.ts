import type { PassageFeatures, RankingWeights } from '../../src/search/fusion.ts';

/** A candidate passage of a question, and how much of the answer it holds. */
export interface ExamplePassage {
  features: PassageFeatures;
  /** Characters, or 1 and 0. */
  gain: number;
}

export type ExampleKind = 'labelled' | 'rare word' | 'clause file';

/** A question with the passages among which the ranking chooses. */
export interface RankingExample {
  kind: ExampleKind;
  /** The gain of the whole answer. */
  total: number;
  passages: ExamplePassage[];
}

export interface RankingFigures {
  /** Labelled questions: share of the answer that is in the first eight passages. */
  recall8: number;
  /** Rare words: share whose passage is first. */
  rareFirst: number;
  /** Clause files: NDCG of the first ten. */
  ndcg10: number;
}

const mean = (values: number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const score = (features: PassageFeatures, weights: Readonly<RankingWeights>) =>
  (Object.keys(weights) as (keyof PassageFeatures)[]).reduce(
    (sum, name) => sum + weights[name] * features[name],
    0,
  );

/** How well weights rank the passages of examples. */
export function evaluate(
  examples: RankingExample[],
  weights: Readonly<RankingWeights>,
): RankingFigures {
  const recalls: number[] = [];
  const firsts: number[] = [];
  const gains: number[] = [];
  for (const { kind, total, passages } of examples) {
    const ranked = passages
      .map(({ features, gain }) => ({ gain, score: score(features, weights) }))
      .sort((one, other) => other.score - one.score);
    if (kind === 'labelled') {
      const found = ranked.slice(0, 8).reduce((sum, { gain }) => sum + gain, 0);
      recalls.push(Math.min(1, found / total));
    } else if (kind === 'rare word') firsts.push((ranked[0]?.gain ?? 0) > 0 ? 1 : 0);
    else {
      const discount = (rank: number) => 1 / Math.log2(rank + 2);
      const gained = ranked
        .slice(0, 10)
        .reduce((sum, { gain }, rank) => sum + gain * discount(rank), 0);
      let most = 0;
      for (let rank = 0; rank < Math.min(10, total); rank += 1) most += discount(rank);
      gains.push(gained / most);
    }
  }
  return { recall8: mean(recalls), rareFirst: mean(firsts), ndcg10: mean(gains) };
}

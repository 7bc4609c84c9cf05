import type { PassageFeatures, RankingWeights } from '../../src/search/fusion.ts';
import type { ExampleKind, RankingExample } from './examples.ts';

export const featureNames = ['lexical', 'dense', 'clause', 'document', 'exact'] as const;

/** What an example of each kind counts: there are several templates for each rare word and clause type. */
const kindWeights: Record<ExampleKind, number> = {
  labelled: 1,
  'rare word': 0.2,
  'clause file': 0.7,
};

const steps = 400;
const learningRate = 0.1;
const regularization = 1e-3;

/**
 * Weights of a linear ranker by listwise softmax regression (ListNet; Cao et al., "Learning to rank: from
 * pairwise approach to listwise approach", 2007): the target of a passage is its share of the answer. Adam
 * (Kingma and Ba, arXiv 1412.6980), no random start, so the same examples give the same weights. Scaled so that
 * the weight of a named document is 1.
 */
export function learnWeights(examples: RankingExample[]): RankingWeights {
  const lists = examples
    .filter(({ passages }) => passages.some(({ gain }) => gain > 0))
    .map(({ kind, passages }) => {
      const sum = passages.reduce((total, { gain }) => total + gain, 0);
      return {
        weight: kindWeights[kind],
        rows: passages.map(({ features }) => featureNames.map((name) => features[name])),
        targets: passages.map(({ gain }) => gain / sum),
      };
    });
  const size = featureNames.length;
  const weights = new Float64Array(size);
  const momentum = new Float64Array(size);
  const velocity = new Float64Array(size);
  for (let step = 1; step <= steps; step += 1) {
    const gradient = new Float64Array(size);
    for (const { weight, rows, targets } of lists) {
      const scores = rows.map((row) =>
        row.reduce((sum, value, at) => sum + value * weights[at]!, 0),
      );
      const highest = Math.max(...scores);
      const exponents = scores.map((score) => Math.exp(score - highest));
      const sum = exponents.reduce((total, value) => total + value, 0);
      for (const [index, row] of rows.entries()) {
        const error = (exponents[index]! / sum - targets[index]!) * weight;
        for (const [at, value] of row.entries()) gradient[at]! += (error * value) / lists.length;
      }
    }
    const rate = step < steps * 0.7 ? learningRate : learningRate / 5;
    for (let at = 0; at < size; at += 1) {
      const slope = gradient[at]! + regularization * weights[at]!;
      momentum[at] = 0.9 * momentum[at]! + 0.1 * slope;
      velocity[at] = 0.999 * velocity[at]! + 0.001 * slope * slope;
      const first = momentum[at]! / (1 - 0.9 ** step);
      const second = Math.sqrt(velocity[at]! / (1 - 0.999 ** step)) + 1e-8;
      weights[at]! -= (rate * first) / second;
    }
  }
  const unit = weights[featureNames.indexOf('document')]!;
  const scaled = featureNames.map((name, at) => [name, round(weights[at]! / unit)] as const);
  return Object.fromEntries(scaled) as Record<keyof PassageFeatures, number>;
}

const round = (value: number) => Number(value.toFixed(2));

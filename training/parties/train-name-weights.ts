import type { CandidateName } from '../../src/analyse/party-model/candidate-names.ts';

/** A candidate, and whether it is in the lawyers' answers. */
export interface LabelledName {
  candidate: CandidateName;
  isParty: boolean;
}

const epochs = 25;
const learningRate = 0.1;
const decay = 0.002;
/** A prime, so that all candidates are visited, those of one contract far apart. */
const stride = 7919;

/** Trains a logistic regression on candidates' features by AdaGrad. Deterministic. */
export function trainNameWeights(labelledNames: readonly LabelledName[]): Map<string, number> {
  const weights = new Map<string, number>();
  const squares = new Map<string, number>();
  for (let at = 0; at < epochs * labelledNames.length; at++) {
    const { candidate, isParty } = labelledNames[(at * stride) % labelledNames.length]!;
    const score = candidate.features.reduce((sum, feature) => sum + (weights.get(feature) ?? 0), 0);
    const residual = (isParty ? 1 : 0) - 1 / (1 + Math.exp(-score));
    for (const feature of candidate.features) {
      const weight = weights.get(feature) ?? 0;
      const slope = residual - decay * weight;
      const square = (squares.get(feature) ?? 1e-3) + slope * slope;
      squares.set(feature, square);
      weights.set(feature, weight + (learningRate * slope) / Math.sqrt(square));
    }
  }
  return weights;
}

import { slotCount } from '../../src/analyse/clause-model/candidate-features.ts';
import type { Candidate } from '../../src/analyse/clause-model/candidates.ts';
import { clauseTypes } from '../../src/analyse/clause-types.ts';
import { toComparedSpan, isMatch } from '../cuad-match.ts';
import { seededRandom, shuffle } from '../random.ts';
import { label, trainedTypes, type LabelledContract } from './training-examples.ts';

const rankingSettings = { epochs: 8, learningRate: 0.15, decay: 2e-5, seed: 20_261_122 };

/** A candidate's features, and whether a lawyer marked it. */
export interface LabelledCandidate {
  slots: Int32Array;
  values: Float32Array;
  isPositive: boolean;
}

/**
 * Returns a function that labels the candidates of a contract: for types with CUAD labels, whether
 * a lawyer marked them, by CUAD's measure; for other types by the heading, undefined if unknown.
 */
export function createCandidateLabeller({ contract, prepared, sentenceLabels }: LabelledContract) {
  const { text, labels } = contract;
  const labelSpans = clauseTypes.map(({ cuadName }) =>
    cuadName === undefined
      ? []
      : (labels.get(cuadName) ?? []).map(({ start, end }) =>
          toComparedSpan(text.slice(start, end)),
        ),
  );
  const sentenceAt = new Map(prepared.sentences.map(({ start }, at) => [start, at]));
  return ({ type, start, end }: Candidate): boolean | undefined => {
    const { cuadName } = clauseTypes[type]!;
    if (cuadName === undefined) {
      const sentenceLabel = sentenceLabels[sentenceAt.get(start)! * trainedTypes.length + type];
      return sentenceLabel === label.unknown ? undefined : sentenceLabel === label.positive;
    }
    const spans = labelSpans[type]!;
    if (spans.length === 0) return false;
    const span = toComparedSpan(text.slice(start, end));
    return spans.some((other) => isMatch(cuadName, span, other));
  };
}

/**
 * Trains a logistic regression on candidates' features by AdaGrad (Duchi, Hazan and Singer, 2011).
 */
export function learnRanking(labelledCandidates: readonly LabelledCandidate[]): Float32Array {
  const { epochs, learningRate, decay, seed } = rankingSettings;
  const weights = new Float32Array(slotCount(trainedTypes.length));
  const squares = new Float32Array(weights.length).fill(1e-2);
  const order = Int32Array.from(labelledCandidates.keys());
  const random = seededRandom(seed);
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random);
    for (const at of order) {
      const { slots, values, isPositive } = labelledCandidates[at]!;
      let sum = 0;
      for (let i = 0; i < slots.length; i++) sum += weights[slots[i]!]! * values[i]!;
      const error = 1 / (1 + Math.exp(-sum)) - Number(isPositive);
      for (let i = 0; i < slots.length; i++) {
        const slot = slots[i]!;
        const gradient = error * values[i]! + decay * weights[slot]!;
        squares[slot]! += gradient * gradient;
        weights[slot]! -= (learningRate * gradient) / Math.sqrt(squares[slot]!);
      }
    }
  }
  return weights;
}

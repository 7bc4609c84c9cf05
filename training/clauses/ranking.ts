import { slotCount } from '../../src/analyse/clause-model/candidate-features.ts';
import type { Candidate } from '../../src/analyse/clause-model/candidates.ts';
import { clauseTypes } from '../../src/analyse/clause-types.ts';
import { compared, matches } from '../cuad-match.ts';
import { seededRandom, shuffle } from '../random.ts';
import { lesson, taughtTypes, type TaughtContract } from './lessons.ts';

export const rankingSettings = { epochs: 8, rate: 0.15, decay: 2e-5, seed: 20_261_122 };

/** A candidate's features, and whether a lawyer has marked it. */
export interface Judged {
  slots: Int32Array;
  values: Float32Array;
  right: boolean;
}

/**
 * Tells which candidates of a contract a lawyer has marked: by CUAD's measure where there are labels,
 * by the heading where there are none; undefined for those that nothing is known of.
 */
export function judgeOf({ contract, reading, lessons }: TaughtContract) {
  const { text, labels } = contract;
  const marked = clauseTypes.map(({ cuadName }) =>
    cuadName === undefined
      ? []
      : (labels.get(cuadName) ?? []).map(({ start, end }) => compared(text.slice(start, end))),
  );
  const sentenceAt = new Map(reading.sentences.map(({ start }, at) => [start, at]));
  return ({ type, start, end }: Candidate): boolean | undefined => {
    const { cuadName } = clauseTypes[type]!;
    if (cuadName === undefined) {
      const what = lessons[sentenceAt.get(start)! * taughtTypes.length + type];
      return what === lesson.nothing ? undefined : what === lesson.yes;
    }
    const spans = marked[type]!;
    if (spans.length === 0) return false;
    const span = compared(text.slice(start, end));
    return spans.some((label) => matches(cuadName, span, label));
  };
}

/** Logistic regression on candidates' features by AdaGrad (Duchi, Hazan and Singer, 2011). */
export function learnRanking(judged: readonly Judged[]): Float32Array {
  const { epochs, rate, decay, seed } = rankingSettings;
  const weights = new Float32Array(slotCount(taughtTypes.length));
  const squares = new Float32Array(weights.length).fill(1e-2);
  const order = Int32Array.from(judged.keys());
  const random = seededRandom(seed);
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random);
    for (const at of order) {
      const { slots, values, right } = judged[at]!;
      let sum = 0;
      for (let i = 0; i < slots.length; i++) sum += weights[slots[i]!]! * values[i]!;
      const error = 1 / (1 + Math.exp(-sum)) - Number(right);
      for (let i = 0; i < slots.length; i++) {
        const slot = slots[i]!;
        const gradient = error * values[i]! + decay * weights[slot]!;
        squares[slot]! += gradient * gradient;
        weights[slot]! -= (rate * gradient) / Math.sqrt(squares[slot]!);
      }
    }
  }
  return weights;
}

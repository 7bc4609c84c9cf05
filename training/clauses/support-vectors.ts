import type { SparseRow } from '../../src/analyse/clause-model/linear-model.ts';
import { seededRandom, shuffle } from '../random.ts';

export interface SupportVectorOptions {
  /** Cost of a mistake on a row that is not of the type. */
  cost: number;
  /** How many times that a mistake on one that is. */
  positives: number;
  passes: number;
  seed: number;
}

export interface Hyperplane {
  weights: Float32Array;
  bias: number;
}

/** The largest violation of the optimum at which the descent ends. */
const tolerance = 0.05;

/**
 * A linear support vector machine with squared hinge loss, by dual coordinate descent with shrinking
 * (Hsieh, Chang, Lin, Keerthi and Sundararajan, "A Dual Coordinate Descent Method for Large-scale
 * Linear SVM", ICML 2008).
 * @param squares of each row, its squared length with a constant feature of 1 for the bias
 * @param isOfType of each row
 */
export function separate(
  rows: readonly SparseRow[],
  squares: Float32Array,
  isOfType: Uint8Array,
  features: number,
  { cost, positives, passes, seed }: SupportVectorOptions,
): Hyperplane {
  const weights = new Float32Array(features);
  const multipliers = new Float32Array(rows.length);
  let bias = 0;
  const random = seededRandom(seed);
  let active = Int32Array.from(rows.keys());
  let bound = Infinity;
  for (let pass = 0; pass < passes; pass++) {
    shuffle(active, random);
    let [most, least] = [-Infinity, Infinity];
    let kept = 0;
    for (const at of active) {
      const { features: ids, values } = rows[at]!;
      const sign = isOfType[at] ? 1 : -1;
      const diagonal = 1 / (2 * (isOfType[at] ? cost * positives : cost));
      let margin = bias;
      for (let i = 0; i < ids.length; i++) margin += weights[ids[i]!]! * values[i]!;
      const before = multipliers[at]!;
      const gradient = sign * margin - 1 + diagonal * before;
      if (before === 0 && gradient > bound) continue;
      active[kept++] = at;
      const projected = before === 0 ? Math.min(gradient, 0) : gradient;
      most = Math.max(most, projected);
      least = Math.min(least, projected);
      if (projected === 0) continue;
      const after = Math.max(before - gradient / (squares[at]! + diagonal), 0);
      const step = (after - before) * sign;
      multipliers[at] = after;
      for (let i = 0; i < ids.length; i++) weights[ids[i]!]! += step * values[i]!;
      bias += step;
    }
    active = active.slice(0, kept);
    if (most - least < tolerance) break;
    bound = pass === 0 ? 1 : Math.max(Math.abs(most), tolerance);
  }
  return { weights, bias };
}

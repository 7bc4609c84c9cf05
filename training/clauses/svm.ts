import type { SparseRow } from '../../src/analyse/clause-model/linear-model.ts';
import { seededRandom, shuffle } from '../random.ts';

/** How much a feature's log ratio changes its scale. */
const smoothing = 0.5;
const maxScale = 2.5;

/**
 * A scale for each feature: larger for features whose frequency differs between rows of the type
 * and others (naive-Bayes log-count ratios of Wang and Manning, "Baselines and Bigrams", ACL 2012,
 * averaged with plain features).
 */
export function logRatioScales(
  rows: readonly SparseRow[],
  isOfType: Uint8Array,
  features: number,
): Float32Array {
  const counts = [new Float32Array(features).fill(1), new Float32Array(features).fill(1)] as const;
  const totals = [1, 1];
  rows.forEach((row, at) => {
    const side = isOfType[at] ? 1 : 0;
    totals[side]!++;
    for (const feature of row.features) counts[side][feature]!++;
  });
  const ratios = counts[1].map((count, feature) =>
    Math.abs(Math.log(count / totals[1]! / (counts[0][feature]! / totals[0]!))),
  );
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / features;
  return ratios.map((ratio) => Math.min(maxScale, 1 - smoothing + (smoothing * ratio) / mean));
}

export interface SvmOptions {
  /** Cost of an error on a row that is not of the type. */
  cost: number;
  /** Factor of the cost of an error on a row of the type. */
  positiveWeight: number;
  maxPasses: number;
  seed: number;
}

export interface Hyperplane {
  weights: Float32Array;
  bias: number;
}

/** The descent ends when the optimality violation is at most this. */
const tolerance = 0.05;

/**
 * A linear support vector machine with squared hinge loss, by dual coordinate descent with
 * shrinking (Hsieh, Chang, Lin, Keerthi and Sundararajan, "A Dual Coordinate Descent Method for
 * Large-scale Linear SVM", ICML 2008).
 * @param isOfType by row, 1 for rows of the type
 * @param scales by feature; the rows' values are multiplied by them
 */
export function trainSvm(
  rows: readonly SparseRow[],
  isOfType: Uint8Array,
  scales: Float32Array,
  { cost, positiveWeight, maxPasses, seed }: SvmOptions,
): Hyperplane {
  const weights = new Float32Array(scales.length);
  const squares = Float32Array.from(rows, (row) => squaredLength(row, scales));
  const multipliers = new Float32Array(rows.length);
  let bias = 0;
  const random = seededRandom(seed);
  let active = Int32Array.from(rows.keys());
  let bound = Infinity;
  for (let pass = 0; pass < maxPasses; pass++) {
    shuffle(active, random);
    let [maxViolation, minViolation] = [-Infinity, Infinity];
    let activeCount = 0;
    for (const at of active) {
      const { features: ids, values } = rows[at]!;
      const sign = isOfType[at] ? 1 : -1;
      const diagonal = 1 / (2 * (isOfType[at] ? cost * positiveWeight : cost));
      let margin = bias;
      for (let i = 0; i < ids.length; i++)
        margin += weights[ids[i]!]! * values[i]! * scales[ids[i]!]!;
      const before = multipliers[at]!;
      const gradient = sign * margin - 1 + diagonal * before;
      if (before === 0 && gradient > bound) continue;
      active[activeCount++] = at;
      const projected = before === 0 ? Math.min(gradient, 0) : gradient;
      maxViolation = Math.max(maxViolation, projected);
      minViolation = Math.min(minViolation, projected);
      if (projected === 0) continue;
      const after = Math.max(before - gradient / (squares[at]! + diagonal), 0);
      const step = (after - before) * sign;
      multipliers[at] = after;
      for (let i = 0; i < ids.length; i++)
        weights[ids[i]!]! += step * values[i]! * scales[ids[i]!]!;
      bias += step;
    }
    active = active.slice(0, activeCount);
    if (maxViolation - minViolation < tolerance) break;
    bound = pass === 0 ? 1 : Math.max(Math.abs(maxViolation), tolerance);
  }
  return { weights: weights.map((weight, feature) => weight * scales[feature]!), bias };
}

/** The squared length of a row with a constant feature of 1 for the bias. */
function squaredLength({ features, values }: SparseRow, scales: Float32Array): number {
  let sum = 1;
  for (let i = 0; i < features.length; i++) sum += (values[i]! * scales[features[i]!]!) ** 2;
  return sum;
}

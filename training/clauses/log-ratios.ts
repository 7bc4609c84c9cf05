import type { SparseRow } from '../../src/analyse/clause-model/linear-model.ts';

/** How far a feature's scale goes from that of an average one. */
const smoothing = 0.5;
const maxScale = 2.5;

/**
 * A scale for each feature: features that tell the rows of a type from the others by how often they
 * occur are learned from more readily (the naive-Bayes features of Wang and Manning, "Baselines and
 * Bigrams", ACL 2012, half and half with plain ones).
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

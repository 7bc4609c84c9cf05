import {
  beginTag,
  insideTag,
  computeLattice,
  outsideTag,
  tagCount,
  transitionScore,
  type CrfWeights,
} from '../../src/analyse/party-model/crf.ts';
import { seededRandom, shuffle } from '../random.ts';

/** The opening of one contract: the feature buckets and the tag of each token. */
export interface TaggedOpening {
  features: Int32Array[];
  tags: Uint8Array;
}

export interface CrfSettings {
  buckets: number;
  epochs: number;
  learningRate: number;
  /** Weight of the L2 regularization, for each contract with the feature. */
  decay: number;
  seed: number;
}

/**
 * Maximizes the conditional log-likelihood by AdaGrad (Duchi, Hazan and Singer, 2011), one contract
 * a step. Returns the mean weights over the second half of the epochs.
 */
export function trainCrf(openings: readonly TaggedOpening[], settings: CrfSettings): CrfWeights {
  const { buckets, epochs, learningRate, decay, seed } = settings;
  const weights: CrfWeights = {
    buckets,
    state: new Float32Array(buckets * tagCount),
    transition: new Float32Array(tagCount * tagCount),
  };
  const stateSquares = new Float32Array(buckets * tagCount).fill(1e-6);
  const transitionSquares = new Float32Array(tagCount * tagCount).fill(1e-6);
  const mean = new Float64Array(buckets * tagCount);
  const meanTransition = new Float64Array(tagCount * tagCount);
  let averagedEpochs = 0;
  const gradient = new Float32Array(buckets * tagCount);
  const random = seededRandom(seed);
  const order = openings.map((_, i) => i);
  const tags = [outsideTag, beginTag, insideTag];
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random);
    for (const at of order) {
      const { features, tags: gold } = openings[at]!;
      const lattice = computeLattice(weights, features);
      const touchedBuckets = new Set<number>();
      const transitionGradient = new Float64Array(tagCount * tagCount);
      for (let i = 0; i < features.length; i++) {
        const residuals = tags.map((tag) => {
          const p = Math.exp(
            lattice.forward[i * tagCount + tag]! +
              lattice.backward[i * tagCount + tag]! -
              lattice.total,
          );
          return (gold[i] === tag ? 1 : 0) - p;
        });
        if (residuals.some((value) => Math.abs(value) > 1e-4)) {
          for (const bucket of features[i]!) {
            touchedBuckets.add(bucket);
            for (const tag of tags) gradient[bucket * tagCount + tag]! += residuals[tag]!;
          }
        }
        for (const from of tags) {
          if (i === 0 && from !== outsideTag) continue;
          const before = i === 0 ? 0 : lattice.forward[(i - 1) * tagCount + from]!;
          const goldBefore = i === 0 ? outsideTag : gold[i - 1];
          for (const to of tags) {
            const p = Math.exp(
              before +
                transitionScore(weights, from, to) +
                lattice.scores[i * tagCount + to]! +
                lattice.backward[i * tagCount + to]! -
                lattice.total,
            );
            transitionGradient[from * tagCount + to]! +=
              (goldBefore === from && gold[i] === to ? 1 : 0) - p;
          }
        }
      }
      for (const bucket of touchedBuckets) {
        for (const tag of tags) {
          const index = bucket * tagCount + tag;
          const slope = gradient[index]! - decay * weights.state[index]!;
          gradient[index] = 0;
          stateSquares[index]! += slope * slope;
          weights.state[index]! += (learningRate * slope) / Math.sqrt(stateSquares[index]!);
        }
      }
      for (let k = 0; k < transitionGradient.length; k++) {
        transitionSquares[k]! += transitionGradient[k]! ** 2;
        weights.transition[k]! +=
          (learningRate * transitionGradient[k]!) / Math.sqrt(transitionSquares[k]!);
      }
    }
    if (epoch >= epochs / 2) {
      averagedEpochs++;
      for (let k = 0; k < mean.length; k++) mean[k]! += weights.state[k]!;
      for (let k = 0; k < meanTransition.length; k++) meanTransition[k]! += weights.transition[k]!;
    }
  }
  return {
    buckets,
    state: Float32Array.from(mean, (sum) => sum / averagedEpochs),
    transition: Float32Array.from(meanTransition, (sum) => sum / averagedEpochs),
  };
}

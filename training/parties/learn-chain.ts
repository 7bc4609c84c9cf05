import {
  begins,
  goesOn,
  lattice,
  outside,
  tagCount,
  transitionScore,
  type ChainWeights,
} from '../../src/analyse/party-model/linear-chain.ts';
import { seededRandom, shuffle } from '../random.ts';

/** The opening of one contract: each token's buckets, and its tag. */
export interface TaggedOpening {
  features: Int32Array[];
  tags: Uint8Array;
}

export interface ChainSettings {
  buckets: number;
  epochs: number;
  rate: number;
  /** Of L2, for each contract in which a weight takes part. */
  decay: number;
  seed: number;
}

/**
 * Conditional log-likelihood by stochastic gradient with AdaGrad's steps (Duchi, Hazan and Singer
 * 2011), one contract a step; the weights that come out are the mean over the second half.
 */
export function learnChain(
  openings: readonly TaggedOpening[],
  settings: ChainSettings,
): ChainWeights {
  const { buckets, epochs, rate, decay, seed } = settings;
  const weights: ChainWeights = {
    buckets,
    state: new Float32Array(buckets * tagCount),
    transition: new Float32Array(tagCount * tagCount),
  };
  const stateSquares = new Float32Array(buckets * tagCount).fill(1e-6);
  const transitionSquares = new Float32Array(tagCount * tagCount).fill(1e-6);
  const mean = new Float64Array(buckets * tagCount);
  const meanTransition = new Float64Array(tagCount * tagCount);
  let averaged = 0;
  const gradient = new Float32Array(buckets * tagCount);
  const random = seededRandom(seed);
  const order = openings.map((_, i) => i);
  const tags = [outside, begins, goesOn];
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random);
    for (const at of order) {
      const { features, tags: gold } = openings[at]!;
      const field = lattice(weights, features);
      const touched = new Set<number>();
      const ofTransition = new Float64Array(tagCount * tagCount);
      for (let i = 0; i < features.length; i++) {
        const off = tags.map((tag) => {
          const p = Math.exp(
            field.forward[i * tagCount + tag]! + field.backward[i * tagCount + tag]! - field.total,
          );
          return (gold[i] === tag ? 1 : 0) - p;
        });
        if (off.some((value) => Math.abs(value) > 1e-4)) {
          for (const bucket of features[i]!) {
            touched.add(bucket);
            for (const tag of tags) gradient[bucket * tagCount + tag]! += off[tag]!;
          }
        }
        for (const from of tags) {
          if (i === 0 && from !== outside) continue;
          const before = i === 0 ? 0 : field.forward[(i - 1) * tagCount + from]!;
          const goldBefore = i === 0 ? outside : gold[i - 1];
          for (const to of tags) {
            const p = Math.exp(
              before +
                transitionScore(weights, from, to) +
                field.scores[i * tagCount + to]! +
                field.backward[i * tagCount + to]! -
                field.total,
            );
            ofTransition[from * tagCount + to]! +=
              (goldBefore === from && gold[i] === to ? 1 : 0) - p;
          }
        }
      }
      for (const bucket of touched) {
        for (const tag of tags) {
          const index = bucket * tagCount + tag;
          const slope = gradient[index]! - decay * weights.state[index]!;
          gradient[index] = 0;
          stateSquares[index]! += slope * slope;
          weights.state[index]! += (rate * slope) / Math.sqrt(stateSquares[index]!);
        }
      }
      for (let k = 0; k < ofTransition.length; k++) {
        transitionSquares[k]! += ofTransition[k]! ** 2;
        weights.transition[k]! += (rate * ofTransition[k]!) / Math.sqrt(transitionSquares[k]!);
      }
    }
    if (epoch >= epochs / 2) {
      averaged++;
      for (let k = 0; k < mean.length; k++) mean[k]! += weights.state[k]!;
      for (let k = 0; k < meanTransition.length; k++) meanTransition[k]! += weights.transition[k]!;
    }
  }
  return {
    buckets,
    state: Float32Array.from(mean, (sum) => sum / averaged),
    transition: Float32Array.from(meanTransition, (sum) => sum / averaged),
  };
}

import type { PreparedText } from '../prepared-text.ts';
import { emitSentenceFeatures, featureGroups, isWeighed } from './sentence-features.ts';

/**
 * A linear model over hashed features with a score for each clause type. Its weights are a sparse
 * matrix in compressed rows, one row for each feature, with 8-bit weights scaled by type.
 */
export interface LinearModel {
  types: number;
  /** Hashes of the features, the most frequent first, so that frequent ones are close in memory. */
  hashes: Uint32Array;
  /** Inverse document frequency of each feature. */
  idf: Float32Array;
  /** Of feature `f`, the entries `offsets[f]` to `offsets[f + 1]` of `columns` and `weights`. */
  offsets: Uint32Array;
  columns: Uint8Array;
  weights: Int8Array;
  /** What a weight of 1 is worth, by type. */
  scales: Float32Array;
  bias: Float32Array;
}

/** Weights of the feature groups, in the order of `featureGroups`; chosen by cross-validation. */
const groupWeights = [1, 0.5, 0.5, 0.7, 0.4, 0.3];

/** Finds a feature by its hash in constant time: a hash table with linear probing. */
export class FeatureIndex {
  /** By slot: a feature's hash and its index; the index is -1 for an empty slot. */
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(hashes: Uint32Array) {
    let size = 1024;
    while (size < hashes.length * 2) size *= 2;
    this.#mask = size - 1;
    this.#slots = new Int32Array(size * 2).fill(-1);
    hashes.forEach((hash, feature) => {
      let slot = hash & this.#mask;
      while (this.#slots[slot * 2 + 1] !== -1) slot = (slot + 1) & this.#mask;
      this.#slots[slot * 2] = hash | 0;
      this.#slots[slot * 2 + 1] = feature;
    });
  }

  /** The index of the feature with a hash; -1 if there is none. */
  get(hash: number): number {
    const wanted = hash | 0;
    let slot = hash & this.#mask;
    for (;;) {
      const feature = this.#slots[slot * 2 + 1]!;
      if (feature === -1 || this.#slots[slot * 2] === wanted) return feature;
      slot = (slot + 1) & this.#mask;
    }
  }
}

/** A sentence as a sparse vector: its known features, each once, and their values. */
export interface SparseRow {
  features: Int32Array;
  values: Float32Array;
}

/**
 * Visits the rows of all sentences of a contract, in order. Every feature group except the patterns
 * is normalized by its own length. A row is valid only during its call.
 */
export function forEachRow(
  prepared: PreparedText,
  index: FeatureIndex,
  idf: Float32Array,
  visit: (sentence: number, row: SparseRow) => void,
): void {
  const lastSeenIn = new Int32Array(idf.length).fill(-1);
  const features = new Int32Array(idf.length);
  const values = new Float32Array(idf.length);
  const groupIndexes = new Uint8Array(idf.length);
  const squares = new Float64Array(featureGroups.length);
  let sentence = -1;
  let count = 0;
  const finish = () => {
    if (sentence < 0) return;
    const factors = featureGroups.map((name, group) =>
      name === 'patterns'
        ? groupWeights[group]!
        : groupWeights[group]! / Math.sqrt(squares[group]! || 1),
    );
    for (let at = 0; at < count; at++) values[at]! *= factors[groupIndexes[at]!]!;
    visit(sentence, { features: features.subarray(0, count), values: values.subarray(0, count) });
  };
  emitSentenceFeatures(
    prepared,
    (next) => {
      finish();
      sentence = next;
      count = 0;
      squares.fill(0);
    },
    (group, hash) => {
      const feature = index.get(hash);
      if (feature < 0 || lastSeenIn[feature] === sentence) return;
      lastSeenIn[feature] = sentence;
      const value = isWeighed[group] ? idf[feature]! : 1;
      features[count] = feature;
      values[count] = value;
      groupIndexes[count++] = group;
      squares[group]! += value * value;
    },
  );
  finish();
}

/** Adds up the scores of one sentence for all types in `scores` (length `types`). */
function accumulateScores(model: LinearModel, row: SparseRow, scores: Float32Array): void {
  const { offsets, columns, weights, scales, bias } = model;
  for (let at = 0; at < row.features.length; at++) {
    const feature = row.features[at]!;
    const value = row.values[at]!;
    const end = offsets[feature + 1]!;
    for (let entry = offsets[feature]!; entry < end; entry++) {
      scores[columns[entry]!]! += value * weights[entry]!;
    }
  }
  for (let type = 0; type < scores.length; type++) {
    scores[type] = scores[type]! * scales[type]! + bias[type]!;
  }
}

/** Scores of all sentences: `sentences × types`, row by row. */
export function computeScores(
  model: LinearModel,
  index: FeatureIndex,
  prepared: PreparedText,
): Float32Array {
  const { types } = model;
  const scores = new Float32Array(prepared.sentences.length * types);
  forEachRow(prepared, index, model.idf, (sentence, row) => {
    accumulateScores(model, row, scores.subarray(sentence * types, (sentence + 1) * types));
  });
  return scores;
}

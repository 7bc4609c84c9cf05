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

/** A sentence as a sparse vector: its known features, each once, and their values. */
export interface SparseRow {
  features: Int32Array;
  values: Float32Array;
}

/** Finds features by their hashes in constant time: a hash table with linear probing. */
export class FeatureIndex {
  /** By slot: a feature's hash and its index; the index is -1 for an empty slot. */
  readonly #slots: Int32Array;
  readonly #mask: number;
  /** Its arrays are as long as the list of features, so that there is only one. */
  readonly rowBuilder: RowBuilder;

  constructor(hashes: Uint32Array) {
    let size = 1024;
    while (size < hashes.length * 2) size *= 2;
    const mask = size - 1;
    const slots = new Int32Array(size * 2).fill(-1);
    for (const [feature, hash] of hashes.entries()) {
      let slot = hash & mask;
      while (slots[slot * 2 + 1] !== -1) slot = (slot + 1) & mask;
      slots[slot * 2] = hash | 0;
      slots[slot * 2 + 1] = feature;
    }
    this.#mask = mask;
    this.#slots = slots;
    this.rowBuilder = new RowBuilder(this, hashes.length);
  }

  /**
   * Replaces hashes by the indexes of their features; by -1 where there is none. Many at once: then the
   * processor waits for several places in memory at a time.
   */
  lookUp(hashes: Int32Array, count: number): void {
    const slots = this.#slots;
    const mask = this.#mask;
    for (let at = 0; at < count; at++) {
      const hash = hashes[at]!;
      let slot = hash & mask;
      while (slots[slot * 2] !== hash && slots[slot * 2 + 1] !== -1) slot = (slot + 1) & mask;
      hashes[at] = slots[slot * 2 + 1]!;
    }
  }
}

/** Builds the sparse vectors of sentences, one after the other, from their features. */
class RowBuilder {
  readonly #index: FeatureIndex;
  /** Features of the sentence as emitted: groups, and hashes or indexes. */
  #groups = new Uint8Array(1024);
  #emitted = new Int32Array(1024);
  #count = 0;
  readonly #features: Int32Array;
  readonly #values: Float32Array;
  readonly #featureGroups: Uint8Array;
  /** By feature, the number of the last row that has it. */
  readonly #lastSeenIn: Int32Array;
  #rows = 0;

  constructor(index: FeatureIndex, features: number) {
    this.#index = index;
    this.#features = new Int32Array(features);
    this.#values = new Float32Array(features);
    this.#featureGroups = new Uint8Array(features);
    this.#lastSeenIn = new Int32Array(features);
  }

  /** Adds a feature to the row. */
  add(group: number, hash: number): void {
    if (this.#count === this.#emitted.length) this.#grow();
    this.#groups[this.#count] = group;
    this.#emitted[this.#count++] = hash;
  }

  #grow(): void {
    const [groups, emitted] = [this.#groups, this.#emitted];
    this.#groups = new Uint8Array(groups.length * 2);
    this.#emitted = new Int32Array(emitted.length * 2);
    this.#groups.set(groups);
    this.#emitted.set(emitted);
  }

  /** The row of the features that were added since the last one. It is valid until the next one. */
  build(idf: Float32Array): SparseRow {
    const [groups, emitted, lastSeenIn] = [this.#groups, this.#emitted, this.#lastSeenIn];
    const [features, values, groupOf] = [this.#features, this.#values, this.#featureGroups];
    const squares = new Float64Array(featureGroups.length);
    const row = ++this.#rows;
    this.#index.lookUp(emitted, this.#count);
    let count = 0;
    for (let at = 0; at < this.#count; at++) {
      const feature = emitted[at]!;
      if (feature < 0 || lastSeenIn[feature] === row) continue;
      lastSeenIn[feature] = row;
      const group = groups[at]!;
      const value = isWeighed[group] ? idf[feature]! : 1;
      features[count] = feature;
      values[count] = value;
      groupOf[count++] = group;
      squares[group]! += value * value;
    }
    const factors = featureGroups.map((name, group) =>
      name === 'patterns'
        ? groupWeights[group]!
        : groupWeights[group]! / Math.sqrt(squares[group]! || 1),
    );
    for (let at = 0; at < count; at++) values[at]! *= factors[groupOf[at]!]!;
    this.#count = 0;
    return { features: features.subarray(0, count), values: values.subarray(0, count) };
  }
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
  const { rowBuilder } = index;
  let sentence = -1;
  const finish = () => {
    if (sentence >= 0) visit(sentence, rowBuilder.build(idf));
  };
  emitSentenceFeatures(
    prepared,
    (next) => {
      finish();
      sentence = next;
    },
    (group, hash) => rowBuilder.add(group, hash),
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

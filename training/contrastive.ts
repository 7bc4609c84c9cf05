import { seededRandom, shuffle, type Random } from './random.ts';

/** A query about one contract, and the share of the answer in each of its passages. */
export interface PairedQuery {
  tokens: Int32Array;
  targets: { passage: number; share: number }[];
}

/** A contract's passages as tokens, and a sampler of its queries for each epoch. */
export interface TrainingExample {
  passages: Int32Array[];
  sampleQueries(random: Random): PairedQuery[];
}

export interface ContrastiveOptions {
  epochs: number;
  learningRate: number;
  /** Temperature of the softmax over cosines. */
  temperature: number;
  /** Weight of the regularization toward the initial rows, for words with few examples. */
  anchor: number;
  seed: number;
}

/**
 * Tunes the rows so that a query's vector is nearer to the passages that answer it than to all
 * other passages of the same contract: softmax cross-entropy over cosines (InfoNCE, arXiv
 * 1807.03748), through the mean and the norm down to the rows, with Adagrad. Returns a new table.
 */
export function tuneForRetrieval(
  table: Float32Array,
  dimensions: number,
  examples: TrainingExample[],
  options: ContrastiveOptions,
  log: (line: string) => void,
): Float32Array {
  const random = seededRandom(options.seed);
  const tuned = table.slice();
  const gradient = new RowGradient(table.length, dimensions);
  const squares = new Float32Array(table.length).fill(1e-8);
  const order = Int32Array.from(examples.keys());
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    shuffle(order, random);
    const rate = options.learningRate * (1 - epoch / options.epochs);
    let loss = 0;
    let queries = 0;
    for (const index of order) {
      const example = examples[index]!;
      const queryBatch = example.sampleQueries(random).filter((query) => query.tokens.length > 0);
      if (queryBatch.length === 0) continue;
      queries += queryBatch.length;
      loss += accumulateGradients(
        tuned,
        dimensions,
        example.passages,
        queryBatch,
        options.temperature,
        gradient,
      );
      for (const row of gradient.touchedRows) {
        for (let at = row; at < row + dimensions; at++) {
          const slope = gradient.values[at]! + options.anchor * (tuned[at]! - table[at]!);
          squares[at]! += slope * slope;
          tuned[at]! -= (rate * slope) / Math.sqrt(squares[at]!);
        }
      }
      gradient.clear();
    }
    log(`epoch ${epoch + 1}: loss ${(loss / queries).toFixed(4)} over ${queries} queries`);
  }
  return tuned;
}

/** The gradient of the rows that one step changes. */
class RowGradient {
  readonly values: Float32Array;
  /** Offsets in `values` of the rows with a gradient. */
  readonly touchedRows: number[] = [];
  readonly #isTouched: Uint8Array;
  readonly #dimensions: number;

  constructor(size: number, dimensions: number) {
    this.values = new Float32Array(size);
    this.#isTouched = new Uint8Array(size / dimensions);
    this.#dimensions = dimensions;
  }

  add(tokens: Int32Array, slope: Float32Array): void {
    for (const id of tokens) {
      const row = id * this.#dimensions;
      if (!this.#isTouched[id]) {
        this.#isTouched[id] = 1;
        this.touchedRows.push(row);
      }
      for (let k = 0; k < slope.length; k++) this.values[row + k]! += slope[k]!;
    }
  }

  clear(): void {
    for (const row of this.touchedRows) {
      this.values.fill(0, row, row + this.#dimensions);
      this.#isTouched[row / this.#dimensions] = 0;
    }
    this.touchedRows.length = 0;
  }
}

interface Embedded {
  unit: Float32Array;
  norm: number;
}

function embed(table: Float32Array, dimensions: number, tokens: Int32Array): Embedded {
  const unit = new Float32Array(dimensions);
  for (const id of tokens) {
    const row = id * dimensions;
    for (let k = 0; k < dimensions; k++) unit[k]! += table[row + k]!;
  }
  let square = 0;
  for (const value of unit) square += value * value;
  const norm = Math.sqrt(square) + 1e-9;
  for (let k = 0; k < dimensions; k++) unit[k]! /= norm;
  return { unit, norm };
}

/** Adds the gradients of one contract's queries to `gradient`; returns the sum of their losses. */
function accumulateGradients(
  table: Float32Array,
  dimensions: number,
  passages: Int32Array[],
  queries: PairedQuery[],
  temperature: number,
  gradient: RowGradient,
): number {
  const embedded = passages.map((tokens) => embed(table, dimensions, tokens));
  const slopes = passages.map(() => new Float32Array(dimensions));
  let loss = 0;
  for (const { tokens, targets } of queries) {
    const query = embed(table, dimensions, tokens);
    const likelihoods = softmax(embedded, query.unit, temperature);
    for (const { passage, share } of targets)
      loss -= share * Math.log(likelihoods[passage]! + 1e-12);
    for (const { passage, share } of targets) likelihoods[passage]! -= share;
    const querySlope = new Float32Array(dimensions);
    for (let at = 0; at < passages.length; at++) {
      const weight = likelihoods[at]! / temperature / queries.length;
      if (Math.abs(weight) < 1e-6) continue;
      const { unit } = embedded[at]!;
      const slope = slopes[at]!;
      for (let k = 0; k < dimensions; k++) {
        querySlope[k]! += weight * unit[k]!;
        slope[k]! += weight * query.unit[k]!;
      }
    }
    gradient.add(tokens, backpropagateNorm(querySlope, query));
  }
  for (let at = 0; at < passages.length; at++) {
    gradient.add(passages[at]!, backpropagateNorm(slopes[at]!, embedded[at]!));
  }
  return loss;
}

function softmax(passages: Embedded[], query: Float32Array, temperature: number): Float64Array {
  const scores = Float64Array.from(passages, ({ unit }) => {
    let dot = 0;
    for (let k = 0; k < query.length; k++) dot += unit[k]! * query[k]!;
    return dot / temperature;
  });
  const highest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  for (let at = 0; at < scores.length; at++) {
    scores[at] = Math.exp(scores[at]! - highest);
    sum += scores[at]!;
  }
  return scores.map((score) => score / sum);
}

/** Converts the gradient by the unit vector to that by the sum of the rows. */
function backpropagateNorm(slope: Float32Array, { unit, norm }: Embedded): Float32Array {
  let projection = 0;
  for (let k = 0; k < unit.length; k++) projection += slope[k]! * unit[k]!;
  return slope.map((value, k) => (value - projection * unit[k]!) / norm);
}

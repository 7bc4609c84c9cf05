/** Adds the mean of the rows of a text's tokens to `sum`; a text without tokens adds nothing. */
function addMean(
  table: Float32Array,
  dimensions: number,
  tokens: Int32Array,
  sum: Float64Array,
): void {
  for (const id of tokens) {
    const row = id * dimensions;
    for (let k = 0; k < dimensions; k++) sum[k]! += table[row + k]! / tokens.length;
  }
}

/**
 * Smooth inverse frequency (Arora, Liang, Ma 2017): each row is weighted by a / (a + share of the
 * token), then the common component of all passages is removed. Both are linear in the rows, so
 * they are applied to the table, and the sentence vector is a plain mean of rows.
 */
export function foldFrequencyWeights(
  table: Float32Array,
  dimensions: number,
  counts: Float64Array,
  passages: Int32Array[],
  options: { smoothing: number; components: number },
): Float32Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const folded = new Float32Array(table.length);
  for (let id = 0; id < counts.length; id++) {
    const weight = options.smoothing / (options.smoothing + counts[id]! / total);
    for (let k = 0; k < dimensions; k++) {
      folded[id * dimensions + k] = table[id * dimensions + k]! * weight;
    }
  }
  for (let component = 0; component < options.components; component++) {
    removeDirection(folded, dimensions, commonDirection(folded, dimensions, passages));
  }
  scaleRows(folded, dimensions);
  return folded;
}

/**
 * Scales the rows, in place, to a mean length of 1, for which the later learning rates are chosen.
 */
function scaleRows(table: Float32Array, dimensions: number): void {
  let lengths = 0;
  let rows = 0;
  for (let row = 0; row < table.length; row += dimensions) {
    const length = Math.hypot(...table.subarray(row, row + dimensions));
    lengths += length;
    if (length > 0) rows++;
  }
  const scale = rows / lengths;
  for (let at = 0; at < table.length; at++) table[at]! *= scale;
}

/** First right singular vector of the matrix of passage vectors, by power iteration. */
function commonDirection(
  table: Float32Array,
  dimensions: number,
  passages: Int32Array[],
): Float64Array {
  const means = passages.map((tokens) => {
    const mean = new Float64Array(dimensions);
    addMean(table, dimensions, tokens, mean);
    return mean;
  });
  let direction = new Float64Array(dimensions).fill(1 / Math.sqrt(dimensions));
  for (let iteration = 0; iteration < 20; iteration++) {
    const next = new Float64Array(dimensions);
    for (const mean of means) {
      let dot = 0;
      for (let k = 0; k < dimensions; k++) dot += mean[k]! * direction[k]!;
      for (let k = 0; k < dimensions; k++) next[k]! += dot * mean[k]!;
    }
    const norm = Math.sqrt(next.reduce((sum, value) => sum + value * value, 0));
    direction = next.map((value) => value / norm);
  }
  return direction;
}

function removeDirection(table: Float32Array, dimensions: number, direction: Float64Array): void {
  for (let row = 0; row < table.length; row += dimensions) {
    let dot = 0;
    for (let k = 0; k < dimensions; k++) dot += table[row + k]! * direction[k]!;
    for (let k = 0; k < dimensions; k++) table[row + k]! -= dot * direction[k]!;
  }
}

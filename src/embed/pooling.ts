/** Hidden states of a batch: `values[((row * tokens) + token) * width + k]`. */
export interface HiddenStates {
  values: Float32Array;
  rows: number;
  tokens: number;
  width: number;
}

/** One vector for each row: that of its first token. */
export function poolCls({ values, rows, tokens, width }: HiddenStates): Float32Array[] {
  return Array.from({ length: rows }, (_, row) =>
    values.slice(row * tokens * width, row * tokens * width + width),
  );
}

/**
 * One vector for each row: the mean over its tokens that are not padding (`mask` is rows × tokens
 * of 0 and 1).
 */
export function poolMean(states: HiddenStates, mask: ArrayLike<number | bigint>): Float32Array[] {
  const { values, rows, tokens, width } = states;
  return Array.from({ length: rows }, (_, row) => {
    const sum = new Float32Array(width);
    let count = 0;
    for (let token = 0; token < tokens; token++) {
      if (Number(mask[row * tokens + token]) === 0) continue;
      count++;
      const from = (row * tokens + token) * width;
      for (let k = 0; k < width; k++) sum[k]! += values[from + k]!;
    }
    return count === 0 ? sum : sum.map((value) => value / count);
  });
}

/**
 * Truncates a vector to `dimensions` and normalizes it. A zero vector (of a text without known
 * tokens) becomes the first unit vector, so that every stored vector has unit length.
 */
export function toUnit(vector: Float32Array, dimensions: number): Float32Array {
  const unit = vector.slice(0, dimensions);
  let squares = 0;
  for (const value of unit) squares += value * value;
  const norm = Math.sqrt(squares);
  if (!Number.isFinite(norm) || norm < 1e-12) {
    unit.fill(0);
    unit[0] = 1;
    return unit;
  }
  for (let k = 0; k < unit.length; k++) unit[k]! /= norm;
  return unit;
}

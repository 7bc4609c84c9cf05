import { paddedWidth } from './dot-products.ts';

/**
 * Components of unit vectors as 16-bit integers: `1` is 32,767. The error of a similarity is below 1e-4.
 * The sum of a dot product of two such vectors fits into 32 bits.
 */
export const fixedOne = 32_767;

/** A vector as 16-bit numbers, padded to `paddedWidth`. */
export function toFixedPoint(vector: Float32Array): Int16Array {
  const fixed = new Int16Array(paddedWidth(vector.length));
  for (let i = 0; i < vector.length; i += 1) fixed[i] = Math.round(vector[i]! * fixedOne);
  return fixed;
}

/**
 * A vector in 8-bit numbers, each to be multiplied by the returned scale; the largest is 127 or -127.
 * @param codes receives the numbers
 */
export function quantize(vector: ArrayLike<number>, codes: Int8Array): number {
  let largest = 0;
  for (let i = 0; i < codes.length; i += 1) largest = Math.max(largest, Math.abs(vector[i]!));
  if (largest === 0) {
    codes.fill(0);
    return 0;
  }
  const factor = 127 / largest;
  for (let i = 0; i < codes.length; i += 1) codes[i] = Math.round(vector[i]! * factor);
  return 1 / factor;
}

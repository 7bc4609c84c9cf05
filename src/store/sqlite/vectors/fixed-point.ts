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

/** All vectors of a document as they are stored: one after the other, each padded to `paddedWidth`. */
export function toStoredVectors(vectors: Float32Array[]): Buffer {
  return Buffer.concat(
    vectors.map((vector) => {
      const { buffer, byteOffset, byteLength } = toFixedPoint(vector);
      return new Uint8Array(buffer, byteOffset, byteLength);
    }),
  );
}

/** Stored vectors as numbers, without copying where their place in memory allows it. */
export function asFixedPoint(blob: Buffer): Int16Array {
  const aligned = blob.byteOffset % 2 === 0 ? blob : Buffer.from(new Uint8Array(blob));
  return new Int16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 1);
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

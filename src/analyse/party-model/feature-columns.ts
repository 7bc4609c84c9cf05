import { hashString } from '../feature-hash.ts';

/** A property of every token: hashes of its values, or small numbers. */
export type Column = Int32Array;

/** The values of a property as hashes. */
export const hashColumn = (values: readonly string[]): Column =>
  Int32Array.from(values, hashString);

/** A feature of every token, made of columns, each read at a distance from the token. */
export interface ColumnFeature {
  name: string;
  inputs: [column: Column, distance: number][];
  /** The value of a token beyond the first or the last. */
  missing: string;
}

/** The finalizer of MurmurHash3: every input bit affects every output bit. */
function mixBits(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/**
 * Hashes features to buckets.
 * @param buckets a power of two
 * @returns by token, the buckets of its features, in their order
 */
export function hashFeatures(
  features: readonly ColumnFeature[],
  tokens: number,
  buckets: number,
): Int32Array[] {
  const found = new Int32Array(tokens * features.length);
  const hashes = new Int32Array(tokens);
  for (const [index, { name, inputs, missing }] of features.entries()) {
    hashes.fill(hashString(name));
    for (const [column, distance] of inputs) {
      const missingHash = hashString(missing);
      for (let i = 0; i < tokens; i++) {
        const at = i + distance;
        const value = at >= 0 && at < tokens ? column[at]! : missingHash;
        hashes[i] = mixBits(Math.imul(hashes[i]!, 31) + value);
      }
    }
    for (let i = 0, at = index; i < tokens; i++, at += features.length)
      found[at] = hashes[i]! & (buckets - 1);
  }
  return Array.from({ length: tokens }, (_, i) =>
    found.subarray(i * features.length, (i + 1) * features.length),
  );
}

/**
 * A vector as it is stored, in the database and in segments, all numbers little-endian: a 32-bit float by which
 * its codes are multiplied, the id of its passage in 32 bits, and its codes, 8-bit numbers padded with
 * zeros to `paddedWidth`. The largest code is 127 or -127; the error of a similarity is about 0.001.
 */
export const prefixBytes = 8;

/** Numbers of a stored vector: its dimensions, padded with zeros to whole steps of the instructions. */
export const paddedWidth = (dimensions: number): number => Math.ceil(dimensions / 16) * 16;

export const recordBytes = (width: number): number => prefixBytes + width;

/** A component of 1 in a query, whose numbers have 16 bits. Dot products with records fit into 32. */
export const queryOne = 32_767;

/** A unit vector as the numbers of a query. */
export const toQuery = (vector: Float32Array): Int16Array =>
  Int16Array.from(vector, (value) => Math.round(value * queryOne));

/** Records of consecutive passages. */
export function toRecords(vectors: Float32Array[], firstPassage: number): Uint8Array {
  const width = paddedWidth(vectors[0]?.length ?? 0);
  const stride = recordBytes(width);
  const records = new Uint8Array(vectors.length * stride);
  const view = new DataView(records.buffer);
  for (const [index, vector] of vectors.entries()) {
    const at = index * stride;
    const codes = new Int8Array(records.buffer, at + prefixBytes, vector.length);
    quantize(vector, codes);
    // Keeps the length of the vector, so that no similarity is above 1.
    const scale = lengthOf(vector) / (lengthOf(codes) || 1);
    view.setFloat32(at, scale / queryOne, true);
    view.setUint32(at + 4, firstPassage + index, true);
  }
  return records;
}

function lengthOf(numbers: Float32Array | Int8Array): number {
  let squares = 0;
  for (const number of numbers) squares += number * number;
  return Math.sqrt(squares);
}

/** The codes of the record at an index. */
export function codesAt(records: Uint8Array, index: number, width: number): Int8Array {
  const at = records.byteOffset + index * recordBytes(width) + prefixBytes;
  return new Int8Array(records.buffer, at, width);
}

/**
 * Puts a vector into 8-bit numbers, of which the largest is 127 or -127.
 * @param codes receives the numbers
 * @returns by what they are to be multiplied
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

export const asBytes = ({ buffer, byteOffset, byteLength }: NodeJS.TypedArray) =>
  new Uint8Array(buffer, byteOffset, byteLength);

import { moduleBytes } from './dot-products-module.ts';
import { paddedWidth, prefixBytes, recordBytes } from './records.ts';

/** The part of the standard API that is used; the types of Node.js lack it. */
interface WebAssemblyApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
}

const wasm = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

/** What dot-products.wat exports. */
interface Exports {
  memory: { buffer: ArrayBuffer; grow: (pages: number) => number };
  dots: DotsFunction;
}

type DotsFunction = (
  vectors: number,
  stride: number,
  count: number,
  width: number,
  query: number,
  scores: number,
) => void;

/** Bytes of the buffer for vectors. */
const bufferBytes = 1 << 22;

let compiled: object | undefined;

/**
 * Dot products of one query with many vectors of integers, by the processor's vector instructions. The
 * vectors are put into `buffer` first. Not to be shared by calculations that take turns.
 */
export class DotProducts {
  readonly width: number;
  /** Where the vectors are put, at most `buffer.length` bytes at once. */
  readonly buffer: Uint8Array;
  /** The same bytes as 32-bit numbers. */
  readonly integers: Uint32Array;
  readonly floats: Float32Array;
  readonly #exports: Exports;
  readonly #query: Int16Array;
  readonly #scores: Int32Array;

  /** @param dimensions of the query and of the vectors */
  constructor(dimensions: number) {
    this.width = paddedWidth(dimensions);
    compiled ??= new wasm.Module(moduleBytes());
    this.#exports = new wasm.Instance(compiled).exports as Exports;
    const { memory } = this.#exports;
    // A vector has 16 bytes at least, hence at most as many scores.
    const scoreBytes = bufferBytes / 4;
    const queryBytes = this.width * 2;
    const pages = Math.ceil((bufferBytes + scoreBytes + queryBytes) / 65_536);
    memory.grow(Math.max(0, pages - memory.buffer.byteLength / 65_536));
    this.buffer = new Uint8Array(memory.buffer, 0, bufferBytes);
    this.integers = new Uint32Array(memory.buffer, 0, bufferBytes / 4);
    this.floats = new Float32Array(memory.buffer, 0, bufferBytes / 4);
    this.#scores = new Int32Array(memory.buffer, bufferBytes, scoreBytes / 4);
    this.#query = new Int16Array(memory.buffer, bufferBytes + scoreBytes, this.width);
  }

  /** @param query numbers of at most 16 bits; those that are missing up to the width count as 0 */
  setQuery(query: Int16Array | Int8Array): void {
    this.#query.fill(0);
    this.#query.set(query);
  }

  /** Scores the records (see records.ts) in `buffer`. The result is valid until the next call. */
  scoreRecords(count: number): Int32Array {
    return this.#score(count, recordBytes(this.width), prefixBytes);
  }

  /** The same for the codes of vectors alone, one directly after the other. */
  scoreCodes(count: number): Int32Array {
    return this.#score(count, this.width, 0);
  }

  #score(count: number, stride: number, offset: number): Int32Array {
    const { dots } = this.#exports;
    dots(offset, stride, count, this.width, this.#query.byteOffset, this.#scores.byteOffset);
    return this.#scores;
  }
}

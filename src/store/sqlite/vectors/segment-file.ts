import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Centroids } from './clusters.ts';
import type { DotProducts } from './dot-products.ts';
import { scoreBuffer, type Visit } from './exact-search.ts';
import { asBytes, recordBytes } from './records.ts';

/**
 * A file of vectors in clusters (an inverted file, Jégou, Douze and Schmid, "Product quantization for
 * nearest neighbor search", 2011, without the product quantisation). It is written once. In order, all
 * numbers little-endian:
 * - the header: 16 numbers of 32 bits, see `writeHeader`;
 * - the centroids: their codes, then their scales as 32-bit floats;
 * - for each cluster the number of records before it, and at last their total, 32 bits each;
 * - the records, by cluster, see records.ts.
 */
const magic = 0x58564244;
const segmentFormat = 1;
const headerBytes = 64;
/** What is known of a segment before its records. */
export interface SegmentTable {
  width: number;
  centroids: Centroids;
  /** `centroids.count` + 1 numbers. */
  starts: Uint32Array;
}

const tableBytes = (width: number, clusters: number) => clusters * (width + 4) + (clusters + 1) * 4;

/** Writes a segment file; records come in any order of clusters. */
export class SegmentWriter {
  readonly #file: number;
  readonly #recordBytes: number;
  readonly #recordsAt: number;
  readonly #next: Uint32Array;

  /** Creates the file and writes all but its records. Throws the errors of the file system. */
  constructor(path: string, { width, centroids, starts }: SegmentTable) {
    const { count, codes, scales } = centroids;
    const table = Buffer.concat([asBytes(codes), asBytes(scales), asBytes(starts)]);
    const header = new Uint32Array(headerBytes / 4);
    header.set([magic, segmentFormat, width, count, starts[count]!, crc32(table)]);
    header[15] = crc32(asBytes(header.subarray(0, 15)));
    this.#recordBytes = recordBytes(width);
    this.#recordsAt = headerBytes + table.length;
    this.#next = starts.slice();
    this.#file = openSync(path, 'wx', 0o600);
    try {
      writeAll(this.#file, asBytes(header), 0);
      writeAll(this.#file, table, headerBytes);
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  /** Adds records to a cluster, one after the other in `records`. */
  write(cluster: number, records: Uint8Array): void {
    const at = this.#recordsAt + this.#next[cluster]! * this.#recordBytes;
    writeAll(this.#file, records, at);
    this.#next[cluster]! += records.length / this.#recordBytes;
  }

  /** Returns when the file is on the disk. */
  sync(): void {
    fsyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Reads a segment file; its records stay on the disk, in the cache that all processes share. */
export class SegmentReader {
  readonly table: SegmentTable;
  readonly #file: number;
  readonly #recordsAt: number;

  private constructor(file: number, table: SegmentTable) {
    this.#file = file;
    this.table = table;
    this.#recordsAt = headerBytes + tableBytes(table.width, table.centroids.count);
  }

  /**
   * Undefined for a file that is missing, cut short, of another width or format, or whose table is damaged.
   * Records are not examined: `verify` does that.
   */
  static open(path: string, width: number): SegmentReader | undefined {
    let file: number | undefined;
    try {
      file = openSync(path, 'r');
      const table = readTable(file, width);
      if (table) return new SegmentReader(file, table);
    } catch {
      // Without the file its passages are scored exactly.
    }
    if (file !== undefined) closeSync(file);
    return undefined;
  }

  get count(): number {
    return this.table.starts[this.table.centroids.count]!;
  }

  /**
   * Calls back with the similarity of each record in these clusters to the query that was set.
   * Throws `RangeError` when the file was cut short meanwhile.
   * @param clusters ascending
   */
  scan(dots: DotProducts, clusters: Uint32Array, visit: Visit): void {
    const { starts } = this.table;
    for (let i = 0; i < clusters.length;) {
      let next = i + 1;
      while (next < clusters.length && clusters[next] === clusters[next - 1]! + 1) next += 1;
      this.#scanRecords(dots, starts[clusters[i]!]!, starts[clusters[next - 1]! + 1]!, visit);
      i = next;
    }
  }

  #scanRecords(dots: DotProducts, first: number, end: number, visit: Visit): void {
    const stride = recordBytes(this.table.width);
    const batch = Math.floor(dots.buffer.length / stride);
    for (let start = first; start < end; start += batch) {
      const count = Math.min(batch, end - start);
      readAll(
        this.#file,
        dots.buffer.subarray(0, count * stride),
        this.#recordsAt + start * stride,
      );
      scoreBuffer(dots, count, visit);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

function readTable(file: number, width: number): SegmentTable | undefined {
  const header = new Uint32Array(headerBytes / 4);
  readAll(file, asBytes(header), 0);
  const [foundMagic, format, foundWidth, clusters, count, checksum] = header as unknown as number[];
  if (header[15] !== crc32(asBytes(header.subarray(0, 15)))) return undefined;
  if (foundMagic !== magic || format !== segmentFormat || foundWidth !== width) return undefined;
  const table = new Uint8Array(tableBytes(width, clusters!));
  const size = headerBytes + table.length + count! * recordBytes(width);
  if (fstatSync(file).size !== size) return undefined;
  readAll(file, table, headerBytes);
  if (crc32(table) !== checksum) return undefined;
  const scalesAt = clusters! * width;
  const startsAt = scalesAt + clusters! * 4;
  return {
    width,
    centroids: {
      count: clusters!,
      codes: new Int8Array(table.buffer, 0, scalesAt),
      scales: new Float32Array(table.buffer, scalesAt, clusters),
    },
    starts: new Uint32Array(table.buffer, startsAt, clusters! + 1),
  };
}

function writeAll(file: number, data: Uint8Array, position: number): void {
  for (let at = 0; at < data.length;) {
    at += writeSync(file, data, at, data.length - at, position + at);
  }
}

function readAll(file: number, data: Uint8Array, position: number): void {
  for (let at = 0; at < data.length;) {
    const read = readSync(file, data, at, data.length - at, position + at);
    if (read === 0) throw new RangeError('A segment of the vector index ends early.');
    at += read;
  }
}

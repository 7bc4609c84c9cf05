/** The documents that a filter keeps: those with a number below `limit` after hashing. */
export interface Filter {
  name: string;
  /** Of all documents, 0 to 1; undefined for no filter. */
  share?: number;
}

export const filters: Filter[] = [
  { name: 'all' },
  { name: '50 %', share: 0.5 },
  { name: '10 %', share: 0.1 },
  { name: '1 %', share: 0.01 },
  { name: '0.1 %', share: 0.001 },
];

/** Whether a filter keeps a document; the documents are numbered from 1. */
export function keeps({ share }: Filter, document: number): boolean {
  if (share === undefined) return true;
  return (Math.imul(document, 0x9e3779b1) >>> 0) / 2 ** 32 < share;
}

/** A vector index to be measured; passages are numbered from 1, those of a document consecutively. */
export interface IndexUnderTest {
  name: string;
  /** Adds the vectors in order, then does what is needed before searches. */
  build(vectors: Iterable<Float32Array>): Promise<void>;
  /** Passages, the nearest first. */
  search(query: Float32Array, filter: Filter, limit: number): Promise<number[]> | number[];
  /** Bytes on the disk. */
  bytes(): number;
  close(): Promise<void> | void;
}

import type { Connection } from '../../src/store/sqlite/connection.ts';
import { DotProducts } from '../../src/store/sqlite/vectors/dot-products.ts';
import { scoreBuffer } from '../../src/store/sqlite/vectors/exact-search.ts';
import { asBytes, toQuery } from '../../src/store/sqlite/vectors/records.ts';
import { readRecords } from '../../src/store/sqlite/vectors/stored-records.ts';
import { TopK } from '../../src/store/sqlite/vectors/top-k.ts';

/**
 * The passages nearest to each query by the stored vectors, in one pass over the database.
 * @param filters each asked for the first passage of a document's part
 * @returns for each filter and query the passages, the nearest first
 */
export function exactNearest(
  connection: Connection,
  queries: Float32Array[],
  limit: number,
  filters: ((passage: number) => boolean)[] = [() => true],
): number[][][] {
  const dots = new DotProducts(queries[0]!.length);
  const fixed = queries.map(toQuery);
  const best = filters.map(() =>
    queries.map(() => new TopK<{ passage: number; score: number }>(limit)),
  );
  const all = { first: 1, last: Number.MAX_SAFE_INTEGER };
  for (const { first, count, records } of readRecords(connection, all, dots.width)) {
    dots.buffer.set(asBytes(records));
    const kept = best.filter((_, i) => filters[i]!(first));
    for (const [n, query] of fixed.entries()) {
      dots.setQuery(query);
      scoreBuffer(dots, count, (passage, score) => {
        for (const topKs of kept) {
          const topK = topKs[n]!;
          if (score > topK.threshold) topK.offer({ passage, score });
        }
      });
    }
  }
  return best.map((topKs) => topKs.map((topK) => topK.sorted.map(({ passage }) => passage)));
}

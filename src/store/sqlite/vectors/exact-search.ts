import type { Connection } from '../connection.ts';
import type { ScoredPassage } from '../passage-hits.ts';
import type { DotProducts } from './dot-products.ts';
import { fixedOne } from './fixed-point.ts';
import type { PassageRange } from './segment-table.ts';
import { asBytes, readVector, readVectors } from './stored-vectors.ts';
import type { TopK } from './top-k.ts';

/**
 * Scores the stored vectors in the range by the query that was set.
 * @param passes whether a passage may be found; asked for the first passage of a document's part
 */
export function scoreRange(
  connection: Connection,
  range: PassageRange,
  dots: DotProducts,
  topK: TopK<ScoredPassage>,
  passes: (passage: number) => boolean = () => true,
): void {
  for (const { first, count, vectors } of readVectors(connection, range, dots.width)) {
    if (!passes(first)) continue;
    dots.buffer.set(asBytes(vectors));
    const scores = dots.scores16(count);
    for (let i = 0; i < count; i += 1) {
      const score = scores[i]! / fixedOne ** 2;
      if (score > topK.threshold) topK.offer({ passage: first + i, score });
    }
  }
}

/** Scores passages by their stored vectors; those that are not stored any more are left out. */
export function scorePassages(
  connection: Connection,
  passages: number[],
  dots: DotProducts,
  topK: TopK<ScoredPassage>,
): void {
  for (const passage of passages) {
    const vector = readVector(connection, passage, dots.width);
    if (!vector) continue;
    dots.buffer.set(asBytes(vector));
    topK.offer({ passage, score: dots.scores16(1)[0]! / fixedOne ** 2 });
  }
}

import type { Connection } from '../connection.ts';
import type { DotProducts } from './dot-products.ts';
import { asBytes, recordBytes } from './records.ts';
import type { PassageRange } from './segment-table.ts';
import { readRecords } from './stored-records.ts';

/** Called back with the similarity of a passage to the query. */
export type Visit = (passage: number, similarity: number) => void;

/**
 * Scores the stored vectors in the range by the query that was set.
 * @param passes whether a passage may be found; asked for the first passage of a document's part
 */
export function scoreRange(
  connection: Connection,
  range: PassageRange,
  dots: DotProducts,
  visit: Visit,
  passes: (passage: number) => boolean = () => true,
): void {
  for (const { first, count, records } of readRecords(connection, range, dots.width)) {
    if (!passes(first)) continue;
    dots.buffer.set(asBytes(records));
    scoreBuffer(dots, count, visit);
  }
}

/** Scores the records in the buffer. */
export function scoreBuffer(dots: DotProducts, count: number, visit: Visit): void {
  const step = recordBytes(dots.width) / 4;
  const scores = dots.scoreRecords(count);
  for (let i = 0, at = 0; i < count; i += 1, at += step) {
    visit(dots.integers[at + 1]!, scores[i]! * dots.floats[at]!);
  }
}

import { cuadCategory } from '../src/analyse/clause-types.ts';
import type { Clause, Span } from '../src/documents.ts';
import { clauseThreshold } from '../src/search/filters.ts';
import { compared, matches } from './quality/cuad-match.ts';

/** How the candidates of one category met the labels, counted over contracts. */
export interface CategoryHits {
  labelled: number;
  /** Of the labelled: the first candidate matches a label by CUAD's measure. */
  matched: number;
  /** Of the labelled: the first candidate, or one of the first three, overlaps a label. */
  first: number;
  firstThree: number;
  /** Contracts with a candidate at or above the threshold, and those of them that are labelled. */
  present: number;
  presentRight: number;
}

export function countHits(
  hits: Map<string, CategoryHits>,
  text: string,
  clauses: Clause[],
  labels: ReadonlyMap<string, Span[]>,
): void {
  const words = ({ start, end }: Span) => compared(text.slice(start, end));
  for (const [category, type] of Object.entries(cuadCategory)) {
    const spans = labels.get(category) ?? [];
    const overlaps = (clause: Clause) =>
      spans.some((span) => span.start < clause.end && clause.start < span.end);
    const candidates = clauses
      .filter((clause) => clause.type === type)
      .sort((a, b) => b.confidence - a.confidence || a.start - b.start);
    const entry = hits.get(type) ?? {
      labelled: 0,
      matched: 0,
      first: 0,
      firstThree: 0,
      present: 0,
      presentRight: 0,
    };
    hits.set(type, entry);
    if (candidates.some(({ confidence }) => confidence >= clauseThreshold)) {
      entry.present++;
      if (spans.length > 0) entry.presentRight++;
    }
    if (spans.length === 0) continue;
    const [top] = candidates;
    entry.labelled++;
    if (top && spans.some((span) => matches(category, words(top), words(span)))) entry.matched++;
    if (top && overlaps(top)) entry.first++;
    if (candidates.slice(0, 3).some(overlaps)) entry.firstThree++;
  }
}

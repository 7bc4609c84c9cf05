import { cuadCategory } from '../src/analyse/clause-types.ts';
import type { Clause, Span } from '../src/documents.ts';

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

/** From here on a clause counts as there. */
const threshold = 0.5;

function words(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/\w+/g));
}

/** CUAD's measure: intersection over union of the words, at least one half. */
export function matches(text: string, a: Span, b: Span): boolean {
  const [left, right] = [words(text.slice(a.start, a.end)), words(text.slice(b.start, b.end))];
  let common = 0;
  for (const word of left) if (right.has(word)) common++;
  return common > 0 && common / (left.size + right.size - common) >= 0.5;
}

export function countHits(
  hits: Map<string, CategoryHits>,
  text: string,
  clauses: Clause[],
  labels: Record<string, Span[]>,
): void {
  for (const [category, type] of Object.entries(cuadCategory)) {
    const spans = labels[category] ?? [];
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
    if (candidates.some(({ confidence }) => confidence >= threshold)) {
      entry.present++;
      if (spans.length > 0) entry.presentRight++;
    }
    if (spans.length === 0) continue;
    const [top] = candidates;
    entry.labelled++;
    if (top && spans.some((span) => matches(text, top, span))) entry.matched++;
    if (top && overlaps(top)) entry.first++;
    if (candidates.slice(0, 3).some(overlaps)) entry.firstThree++;
  }
}

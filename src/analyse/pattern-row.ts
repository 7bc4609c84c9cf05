/**
 * A rule that a lawyer can review: a pattern over a text as `normalizeForMatching` returns it, with
 * texts that it must and must not match. `test/analyse/pattern-rows.test.ts` checks every row.
 */
export interface PatternRow {
  /** Says what the rule recognises. */
  id: string;
  pattern: RegExp;
  mustMatch: string[];
  mustNotMatch: string[];
}

/** A match of a row's pattern. */
export interface RowMatch {
  id: string;
  start: number;
  end: number;
}

/** The first row that matches a text. */
export function findRow(rows: readonly PatternRow[], text: string): PatternRow | undefined {
  return rows.find(({ pattern }) => pattern.test(text));
}

/** Where the first match of any row begins; -1 if none matches. */
export function firstOffset(rows: readonly PatternRow[], text: string): number {
  const offsets = rows.map(({ pattern }) => text.search(pattern)).filter((at) => at >= 0);
  return offsets.length === 0 ? -1 : Math.min(...offsets);
}

/** All matches in a text, the last first. */
export function allMatches(rows: readonly PatternRow[], text: string): RowMatch[] {
  return rows
    .flatMap(({ id, pattern }) =>
      [...text.matchAll(new RegExp(pattern.source, 'g'))].map((match) => ({
        id,
        start: match.index,
        end: match.index + match[0].length,
      })),
    )
    .toSorted((a, b) => b.end - a.end || a.start - b.start);
}

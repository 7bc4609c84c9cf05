import { describe, expect, it } from 'vitest';
import { normalizeForMatching } from '../../src/analyse/normalize-for-matching.ts';
import type { PatternRow } from '../../src/analyse/pattern-row.ts';
import { noticeEndRows } from '../../src/analyse/notice-day.ts';
import * as renewals from '../../src/analyse/renewal-rules.ts';
import { otherDates } from '../../src/analyse/date-subject.ts';
import * as openEnds from '../../src/analyse/term-open-end.ts';
import * as subjects from '../../src/analyse/term-subject-rules.ts';

/** Every table of rules. */
const tables: Record<string, PatternRow[]> = {
  ...subjects,
  otherDates,
  noticeEndRows,
  ...renewals,
  endlessPeriods: openEnds.endlessPeriods,
  eventEnds: openEnds.eventEnds,
};

describe.each(Object.entries(tables))('the rules of %s', (_, rows) => {
  it('have ids of their own and examples', () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    for (const { mustMatch, mustNotMatch } of rows) {
      expect(mustMatch.length).toBeGreaterThan(0);
      expect(mustNotMatch.length).toBeGreaterThan(0);
    }
  });

  const examples = rows.flatMap(({ id, pattern, mustMatch, mustNotMatch }) => [
    ...mustMatch.map((text) => [id, text, true, pattern] as const),
    ...mustNotMatch.map((text) => [id, text, false, pattern] as const),
  ]);
  it.each(examples)('%s: "%s" matches: %s', (_id, text, matches, pattern) => {
    expect(pattern.flags).not.toContain('g');
    // examples keep the blank at their end, before the period
    const normalized = normalizeForMatching(text) + (text.endsWith(' ') ? ' ' : '');
    expect(pattern.test((text.startsWith(' ') ? ' ' : '') + normalized)).toBe(matches);
  });
});

import type { Duration, Span } from '../domain/documents.ts';
import { parseNumberWords, numberWords } from './number-words.ts';

export interface DurationMention extends Span, Duration {
  /** Set only if `findDurations` was called with `businessDays`. */
  businessDays?: true;
}

const durationPattern = new RegExp(
  `(?<![\\w.$])(?:(an?|each|another)|(?:an?\\s+)?(${numberWords})\\s{0,3}-?(?:[([]\\s{0,2}(\\d{1,3}|[Il])\\s{0,2}[)\\]])?|(\\d{1,3})(?:\\s{0,2}\\([a-z -]{3,30}\\))?)[\\s~-]{0,4}(?:(?:full|consecutive|calendar|additional|successive|further|more|renewal|contract)\\s){0,2}((?:business|working)\\s)?(?:(day|week|month|year)(?:s|s'|'s|\\u2019s|s\\u2019)?|(yr|mo)s?\\.?)(?![a-z])`,
  'gi',
);
/** "two and one-half (2 1/2) years", "1.5 years" */
const halfYears = new RegExp(
  `(?<![\\w.$])(?:(?:(${numberWords})\\s+and\\s+(?:a|one)[\\s-]half|(\\d{1,2})(?:\\.50?|\\s?\u00bd|[\\s-]1/2))(?:\\s?\\([\\w\\s./\u00bd-]{1,20}\\))?[\\s-]{1,2}years?|(one)\\s+year\\s+and\\s+(?:a|one)[\\s-]half)\\b`,
  'gi',
);

/** Years and a half, in months. */
function* findHalfYears(text: string): Generator<DurationMention> {
  for (const match of text.matchAll(halfYears)) {
    const [whole, words, figures, one] = match;
    const years = one ? 1 : words ? parseNumberWords(words) : Number(figures);
    if (years === undefined) continue;
    const [start, end] = [match.index, match.index + whole.length];
    yield { start, end, count: 12 * years + 6, unit: 'month' };
  }
}

/**
 * Finds the durations in a text: "five (5) years", "24 months", "one-year", "ninety (90) days'". A
 * duration whose words and figures differ is left out, since it is unclear which counts.
 * @param businessDays whether to include durations in business days, whose length in calendar days
 * is unknown
 */
export function findDurations(text: string, businessDays = false): DurationMention[] {
  const found: DurationMention[] = [...findHalfYears(text)];
  const halfYearCount = found.length;
  for (const match of text.matchAll(durationPattern)) {
    const [whole, article, words, figures, digits, inBusiness, unit, short] = match;
    const [start, end] = [match.index, match.index + whole.length];
    if (found.slice(0, halfYearCount).some((half) => half.start < end && start < half.end))
      continue;
    const inDays = unit?.toLowerCase() === 'day';
    if (inBusiness && (!businessDays || !inDays)) continue;
    // "mo" and "yr" are units only after a number, not in "an mo"
    if (short && article) continue;
    const spelled = words ? parseNumberWords(words) : undefined;
    // "one (I) year": a figure 1 that was read as a letter
    const numeral = figures === undefined ? digits : figures.replace(/[Il]/i, '1');
    if (spelled !== undefined && numeral !== undefined && spelled !== Number(numeral)) continue;
    const count = spelled ?? (numeral === undefined ? (article ? 1 : undefined) : Number(numeral));
    if (count === undefined || count === 0) continue;
    found.push({
      start,
      end,
      count,
      unit: unit ? (unit.toLowerCase() as Duration['unit']) : /^y/i.test(short!) ? 'year' : 'month',
      ...(inBusiness && { businessDays: true }),
    });
  }
  return found.toSorted((a, b) => a.start - b.start);
}

/** "1 year", "90 days". */
export function formatDuration({ count, unit }: Duration): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

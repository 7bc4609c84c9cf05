import type { Duration, Span } from '../documents.ts';
import { numberOf, numberWords } from './number-words.ts';

export interface DurationMention extends Span, Duration {
  /** Only where these were asked for. */
  businessDays?: true;
}

const pattern = new RegExp(
  `(?<![\\w.$])(?:(an?|each|another)|(?:an?\\s+)?(${numberWords})\\s{0,3}-?(?:\\(\\s{0,2}(\\d{1,3}|[Il])\\s{0,2}\\))?|(\\d{1,3})(?:\\s{0,2}\\([a-z -]{3,30}\\))?)[\\s~-]{0,4}(?:(?:full|consecutive|calendar|additional|successive|further|more|renewal|contract)\\s){0,2}((?:business|working)\\s)?(day|week|month|year)(?:s|s'|'s|\\u2019s|s\\u2019)?\\b`,
  'gi',
);

/**
 * The lengths of time in a text: "five (5) years", "24 months", "one-year", "ninety (90) days'".
 * One whose words and figures differ is left out: nobody can say which is meant.
 * @param businessDays also those counted in business days, of which nobody knows how long they last
 */
export function findDurations(text: string, businessDays = false): DurationMention[] {
  const found: DurationMention[] = [];
  for (const match of text.matchAll(pattern)) {
    const [whole, article, words, figures, digits, inBusiness, unit] = match;
    if (inBusiness && (!businessDays || unit?.toLowerCase() !== 'day')) continue;
    const spelled = words ? numberOf(words) : undefined;
    // "one (I) year": a figure 1 that was read as a letter
    const written = figures === undefined ? digits : figures.replace(/[Il]/i, '1');
    if (spelled !== undefined && written !== undefined && spelled !== Number(written)) continue;
    const count = spelled ?? (written === undefined ? (article ? 1 : undefined) : Number(written));
    if (count === undefined || count === 0) continue;
    found.push({
      start: match.index,
      end: match.index + whole.length,
      count,
      unit: unit!.toLowerCase() as Duration['unit'],
      ...(inBusiness && { businessDays: true }),
    });
  }
  return found;
}

/** "1 year", "90 days". */
export function durationText({ count, unit }: Duration): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

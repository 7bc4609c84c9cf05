import { findDurations, type DurationMention } from './duration-text.ts';
import { ordinalWords, parseOrdinalWords } from './number-words.ts';

const anniversaryPattern = new RegExp(
  `\\b(?:(\\d{1,2})\\s?(?:st|nd|rd|th|t h|s t|n d|r d)?|(${ordinalWords})|(one|two|three|four|five|six|seven|eight|nine|ten)[\\s-]year)\\s*(?:\\(\\s*\\d{1,2}\\s*\\w{0,3}(?:\\s\\w)?\\s*\\)\\s*)?(?:year\\s+)?(?:annual\\s+)?anniversary\\b`,
  'gi',
);
const numberWords = 'one two three four five six seven eight nine ten'.split(' ');
const renewalBefore =
  /\b(?:renew\w*|extended|(?:may|to|automatically|then) extend|extension|additional|successive|further(?! (?:force|effect))|subsequent)\b[^.;]{0,60}$/;
const firstBefore = /\b(?:initial|original|first)\b[^.;]{0,40}$/;
const limitBefore =
  /\b(?:notice|within|every|each|per|(?:at|not) (?:least|less|more|later)(?: than)?|once|during(?: the| such| any)?(?: first| last)?|(?<!(?:shall|will|to|may) )last|preceding|previous|past|prior|any)\b[^.;,]{0,12}$/;
/** "at least two years" is a term where the contract lasts that long. */
const lastsAtLeast =
  /\b(?:continu\w+|remain\w*|for) (?:\w+ ){0,5}at least (?:an? )?(?:period of )?$/;
const otherAfter =
  /^ to (?:year|month)\b|^-to-|^['\u2019s\s-]*(?:(?!unless|or|and|subject|if)[\w-]+\s){0,3}(?:notice|prior|before|ago|old)\b|^[^.;,]{0,12}\brenewal\b|^[^.;]{0,20}\b(?:after|following)\b[^.;]{0,25}\b(?:terminat|expir)|^\s*(?:thereafter|after such)\b[^.;]{0,20}\bshall not\b/;

/**
 * Whether a duration is that of a term: not a notice period, a renewal, or a time after the end.
 */
function isTerm(raw: string, { start, end, unit, count }: DurationMention): boolean {
  if (unit === 'week' && count < 4) return false;
  if (
    unit === 'day' &&
    (count < 30 || !/\b(?:term|period|remain|continue|valid)\b.{0,60}\bdays\b/is.test(raw))
  )
    return false;
  if (/^(?:each|another)\b/i.test(raw.slice(start, end))) return false;
  const before = raw.slice(Math.max(0, start - 70), start).toLowerCase();
  const after = raw.slice(end, end + 80).toLowerCase();
  if (renewalBefore.test(before) && !firstBefore.test(before)) return false;
  if (limitBefore.test(before) && !lastsAtLeast.test(before)) return false;
  if (/\b(?:within|notice of)\b[^.;,]{0,25}$/.test(before)) return false;
  return !otherAfter.test(after);
}

/** "the fifth anniversary" as five years. */
function* findAnniversaries(raw: string): Generator<DurationMention> {
  for (const match of raw.matchAll(anniversaryPattern)) {
    const [whole, figures, words, years] = match;
    const before = raw.slice(Math.max(0, match.index - 60), match.index);
    if (renewalBefore.test(before.toLowerCase())) continue;
    const count = figures
      ? Number(figures)
      : words
        ? parseOrdinalWords(words)
        : numberWords.indexOf(years!.toLowerCase()) + 1;
    if (count) yield { start: match.index, end: match.index + whole.length, count, unit: 'year' };
  }
}

/**
 * The durations and anniversaries in a sentence that may be the length of a term, in order.
 * @param raw the sentence with collapsed white space
 */
export function findTermLengths(raw: string): DurationMention[] {
  const anniversaries = [...findAnniversaries(raw)];
  const durations = findDurations(raw).filter(
    (length) =>
      isTerm(raw, length) &&
      !anniversaries.some(({ start, end }) => length.start < end && start < length.end),
  );
  return [...anniversaries, ...durations].toSorted((a, b) => a.start - b.start);
}

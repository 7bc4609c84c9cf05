import type { Span } from '../documents.ts';
import { day } from '../calendar.ts';
import { ordinalOf, ordinalWords } from './number-words.ts';

/** A date where it stands in a text. */
export interface DateMention extends Span {
  /** `YYYY-MM-DD`; absent for a date with a blank in it ("___ day of March, 2004"). */
  value?: string;
}

const months =
  'january february march april may june july august september october november december'.split(
    ' ',
  );
const anyMonth =
  '(january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\\.?';
const gap = '[\\s,]{0,4}';
/** Extraction tears superscripts apart: "17t h". */
const suffix = '(?:\\s?(?:st|nd|rd|th|t h|s t|n d|r d))?';
const number = `(\\d{1,2})${suffix}`;
const anyYear = "((?:19|20|21)\\d\\d|'\\d\\d)(?!\\d)";
const blank = '(?:_{1,40}|\\[[\\s_●•*.]{0,20}\\]|\\.{4,40}|●)';
const blankYear = `(?:(?:19|20)(?:\\d\\d|_{1,4})|${blank})`;

type Reader = (groups: (string | undefined)[]) => string | undefined;

const fourDigits = (text: string) => {
  const value = Number(text.replace("'", ''));
  if (value >= 100) return value;
  // Contracts older than 1950 are not read; later than 2049 hardly any ends.
  return value < 50 ? 2000 + value : 1900 + value;
};
const monthOf = (text: string) =>
  months.findIndex((name) => name.startsWith(text.toLowerCase().slice(0, 3))) + 1;
const none: Reader = () => undefined;

/** Tried at the same place in this order, the first that matches wins. */
const forms: [RegExp, Reader][] = [
  // June 8, 2010
  [
    new RegExp(`\\b${anyMonth}\\s{1,4}${number}(?:${gap}|\\s?,\\s?of\\s)${anyYear}`, 'gi'),
    ([m, d, y]) => day(fourDigits(y!), monthOf(m!), Number(d)),
  ],
  // 8 June 2010, 8th day of June, 2010
  [
    new RegExp(
      `\\b${number}\\s{0,4}(?:day\\s{1,4})?(?:of\\s{1,4})?[-]?${anyMonth}${gap}[-]?(?:in\\s+the\\s+year\\s+)?${anyYear}`,
      'gi',
    ),
    ([d, m, y]) => day(fourDigits(y!), monthOf(m!), Number(d)),
  ],
  // the first day of January 2020
  [
    new RegExp(
      `\\b(${ordinalWords})\\s{1,4}(?:\\(\\d{1,2}\\s?\\w{0,2}\\)\\s{1,4})?(?:day\\s{1,4})?of\\s{1,4}${anyMonth}${gap}${anyYear}`,
      'gi',
    ),
    ([d, m, y]) => day(fourDigits(y!), monthOf(m!), ordinalOf(d!) ?? 0),
  ],
  // 2010-06-08
  [
    /(?<![\d./-])((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?![\d-])/g,
    ([y, m, d]) => day(Number(y), Number(m), Number(d)),
  ],
  // 3/1/03 with the month first, unless the first number can be none
  [
    /(?<![\d./-])(\d{1,2})([/-])(\d{1,2})\2((?:19|20)\d\d|\d\d)(?![\d/-])/g,
    ([a, , b, y]) =>
      day(fourDigits(y!), Number(a), Number(b)) ?? day(fourDigits(y!), Number(b), Number(a)),
  ],
  // 31.12.2020
  [
    /(?<![\d.])(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)(?![\d.]\d)/g,
    ([d, m, y]) => day(Number(y), Number(m), Number(d)),
  ],
  // blanks: "___ day of ____, 2004", "March __, 2004", "[●] 2020"
  [
    new RegExp(
      `(?:${blank}|\\b${number})\\s{0,4}(?:day\\s{1,4}of|of)\\s{0,4}(?:${blank}|${anyMonth})${gap}${blankYear}`,
      'gi',
    ),
    none,
  ],
  [new RegExp(`\\b${anyMonth}\\s{0,4}${blank}${gap}${blankYear}`, 'gi'), none],
  [new RegExp(`${blank}${gap}(?:19|20)(?:\\d\\d|_{1,4})(?!\\d)`, 'gi'), none],
];

/**
 * The dates in a text, in order and without overlap. Two-digit years mean 1950 to 2049; of
 * "3/4/05" the first number is the month. A day that does not exist is no date.
 */
export function findDates(text: string): DateMention[] {
  let found: DateMention[] = [];
  for (const [pattern, reader] of forms) found = merge(found, datesOf(text, pattern, reader));
  return found;
}

/** The dates of one form, in order. */
function* datesOf(text: string, pattern: RegExp, reader: Reader): Generator<DateMention> {
  for (const match of text.matchAll(pattern)) {
    const span = { start: match.index, end: match.index + match[0].length };
    const value = reader(match.slice(1));
    if (value !== undefined) yield { ...span, value };
    else if (reader === none) yield span;
  }
}

/** All that were found, and of the others, in order as well, those that overlap none of them. */
function merge(found: DateMention[], others: Iterable<DateMention>): DateMention[] {
  const merged: DateMention[] = [];
  let at = 0;
  for (const other of others) {
    for (; (found[at]?.end ?? Infinity) <= other.start; at += 1) merged.push(found[at]!);
    if (other.end <= (found[at]?.start ?? Infinity)) merged.push(other);
  }
  return merged.concat(found.slice(at));
}

/** A day as it is read aloud: "8 June 2010". */
export function spoken(value: string): string {
  const [year, month, date] = value.split('-');
  const name = months[Number(month) - 1]!;
  return `${Number(date)} ${name[0]!.toUpperCase()}${name.slice(1)} ${year}`;
}

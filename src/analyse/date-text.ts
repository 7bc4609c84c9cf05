import { addDays, addMonths, day } from '../domain/calendar.ts';
import type { Span } from '../domain/documents.ts';
import { parseOrdinalWords, ordinalWords, parseYearWords, yearWords } from './number-words.ts';
import { collapseWhitespace } from './collapse-whitespace.ts';

/** Which number of "04/05/2023" is the day. */
export type DateOrder = 'day-first' | 'month-first';

/** A date where it stands in a text. */
export interface DateMention extends Span {
  /**
   * `YYYY-MM-DD`; absent for a date with a blank in it ("___ day of March, 2004") and for one in
   * figures that are two dates as long as nobody knows which of them is the day.
   */
  value?: string;
  /** The two days that a date in figures can mean: with the day first, with the month first. */
  ambiguousValues?: [dayFirst: string, monthFirst: string];
}

/** A date in figures alone that reads in one way only, and in which way. */
export interface UnambiguousDate {
  order: DateOrder;
  start: number;
}

const months =
  'january february march april may june july august september october november december'.split(
    ' ',
  );
/** Extraction tears words apart: "J anuary". */
const letterSpaced = (word: string) => word.split('').join('\\s?');
const anyMonth = `(${months.map(letterSpaced).join('|')}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\\.?`;
const separator = '[\\s,]{0,4}';
/** Extraction tears superscripts apart: "17t h". */
const ordinalSuffix = '(?:\\s?(?:st|nd|rd|th|t h|s t|n d|r d)(?![a-z]))?';
/** "15th (fifteenth)" */
const parenthesizedOrdinal = '(?:\\s{0,2}\\([a-z][a-z -]{2,20}\\))?';
const number = `(\\d{1,2})${ordinalSuffix}${parenthesizedOrdinal}`;
const year = `(?:19|20|21)(?:\\d\\d|\\s\\d\\d|\\d\\s\\d)(?!\\d)`;
const anyYear = `(?:(?:in|of)\\s{1,3}(?:the\\s{1,3})?(?:year\\s{1,3})?)?(${year}|'\\d\\d(?!\\d)|${yearWords}(?![a-z]))`;
const bracketed = '\\[[^\\]\\d\\n]{0,25}\\]';
const blank = `(?:_{1,40}|${bracketed}|\\.{4,40}|●|\\*{2,5})`;
const blankYear = `(?:(?:19|20)(?:\\d\\d(?!\\d)|_{1,4}|${bracketed})|${blank})`;
/** "the ninth (9th) day of" */
const ordinalDay = `(${ordinalWords})\\s{1,4}(?:\\(\\d{1,2}\\s?\\w{0,2}\\)\\s{1,4})?`;

type ParsedDate = Pick<DateMention, 'value' | 'ambiguousValues'>;
type DateParser = (groups: (string | undefined)[], order?: DateOrder) => ParsedDate | undefined;

const parseYear = (text: string) => {
  const spelled = parseYearWords(text);
  if (spelled !== undefined) return spelled;
  const value = Number(text.replace(/['\s]/g, ''));
  if (value >= 100) return value;
  // Contracts older than 1950 are not read; later than 2049 hardly any ends.
  return value < 50 ? 2000 + value : 1900 + value;
};
const parseMonth = (text: string) =>
  months.findIndex((name) => name.startsWith(text.replace(/\s/g, '').toLowerCase().slice(0, 3))) +
  1;

const toParsedDate = (value: string | undefined): ParsedDate | undefined =>
  value === undefined ? undefined : { value };

/** 3/4/05: one day where only one way to read it is a day, or where the order is known. */
const parseNumericDate: DateParser = ([first, , second, y], order) => {
  const [a, b] = [Number(first), Number(second)];
  const dayFirst = day(parseYear(y!), b, a);
  const monthFirst = day(parseYear(y!), a, b);
  if (dayFirst === undefined || monthFirst === undefined || dayFirst === monthFirst)
    return toParsedDate(dayFirst ?? monthFirst);
  if (order !== undefined) return { value: order === 'day-first' ? dayFirst : monthFirst };
  return { ambiguousValues: [dayFirst, monthFirst] };
};
const parseBlankDate: DateParser = () => ({});

const numericDate =
  /(?<![\d./-])(\d{1,2})(\s?[/.-]\s?)(\d{1,2})\2((?:19|20)\d\d|\d\d)(?![\d/]|[.-]\d)/g;

/** Tried at the same place in this order, the first that matches wins. */
const datePatterns: [RegExp, DateParser][] = [
  // June 8, 2010
  [
    new RegExp(`\\b${anyMonth}\\s{1,4}(?:the\\s{1,4})?${number}${separator}${anyYear}`, 'gi'),
    ([m, d, y]) => toParsedDate(day(parseYear(y!), parseMonth(m!), Number(d))),
  ],
  // 8 June 2010, 8th day of June, 2010
  [
    new RegExp(
      `\\b${number}\\s{0,4}(?:day\\s{1,4})?(?:of[\\s-]{1,30})?-?${anyMonth}${separator}-?${anyYear}`,
      'gi',
    ),
    ([d, m, y]) => toParsedDate(day(parseYear(y!), parseMonth(m!), Number(d))),
  ],
  // 22-Dec-17
  [
    new RegExp(`\\b(\\d{1,2})([/-])${anyMonth}\\2((?:19|20)?\\d\\d)(?!\\d)`, 'gi'),
    ([d, , m, y]) => toParsedDate(day(parseYear(y!), parseMonth(m!), Number(d))),
  ],
  // the first day of January 2020
  [
    new RegExp(
      `\\b${ordinalDay}(?:day\\s{1,4})?(?:of[\\s-]{1,30})?${anyMonth}${separator}${anyYear}`,
      'gi',
    ),
    ([d, m, y]) => toParsedDate(day(parseYear(y!), parseMonth(m!), parseOrdinalWords(d!) ?? 0)),
  ],
  // January the first, 2020
  [
    new RegExp(
      `\\b${anyMonth}\\s{1,4}(?:the\\s{1,4})?(${ordinalWords})${separator}${anyYear}`,
      'gi',
    ),
    ([m, d, y]) => toParsedDate(day(parseYear(y!), parseMonth(m!), parseOrdinalWords(d!) ?? 0)),
  ],
  // 2010-06-08
  [
    /(?<![\d./-])((?:19|20)\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?![\d-])/g,
    ([y, , m, d]) => toParsedDate(day(Number(y), Number(m), Number(d))),
  ],
  [numericDate, parseNumericDate],
  // blanks: "___ day of ____, 2004", "March __, 2004", "[●] 2020"
  [
    new RegExp(
      `(?:${blank}|\\b${number})\\s{0,4}(?:day\\s{1,4}of|of)\\s{0,4}(?:${blank}|${anyMonth})${separator}(?:in\\s+the\\s+year\\s+)?${blankYear}`,
      'gi',
    ),
    parseBlankDate,
  ],
  [new RegExp(`${blank}\\s{0,4}${anyMonth}${separator}${blankYear}`, 'gi'), parseBlankDate],
  [
    new RegExp(`\\b${anyMonth}\\s{0,4}(?:${blank}|\\[\\d{1,2}\\])${separator}${blankYear}`, 'gi'),
    parseBlankDate,
  ],
  [new RegExp(`\\b${anyMonth}\\s{1,4}${number}${separator}(?:20)?${blank}`, 'gi'), parseBlankDate],
  [
    new RegExp(`${blank}${separator}(?:19|20)(?:\\d\\d(?!\\d)|_{1,4}|${bracketed})`, 'gi'),
    parseBlankDate,
  ],
];

/**
 * The dates in a text, in order and without overlap. Two-digit years mean 1950 to 2049. Of "3/4/05"
 * the first number is what `order` says; without an order it has no value. A day that does not
 * exist is no date.
 */
export function findDates(text: string, order?: DateOrder): DateMention[] {
  const collapsed = collapseWhitespace(text);
  const found = datePatterns.reduce<DateMention[]>(
    (all, [pattern, parser]) =>
      mergeMentions(all, matchDates(collapsed.text, pattern, parser, order)),
    [],
  );
  return found.map((date) => ({ ...date, ...collapsed.originalSpan(date) }));
}

/** The dates in figures of a text that have a day and a month which cannot be exchanged. */
export function findUnambiguousDates(text: string): UnambiguousDate[] {
  return [...text.matchAll(numericDate)].flatMap((match): UnambiguousDate[] => {
    const [first, second] = [Number(match[1]), Number(match[3])];
    const isUnambiguous = parseNumericDate(match.slice(1))?.value !== undefined && first !== second;
    if (!isUnambiguous) return [];
    return [{ order: first > 12 ? 'day-first' : 'month-first', start: match.index }];
  });
}

/** The dates of one form, in order. */
function* matchDates(
  text: string,
  pattern: RegExp,
  parser: DateParser,
  order?: DateOrder,
): Generator<DateMention> {
  for (const match of text.matchAll(pattern)) {
    const parsed = parser(match.slice(1), order);
    if (parsed) yield { start: match.index, end: match.index + match[0].length, ...parsed };
  }
}

/** All that were found, and of the others, in order as well, those that overlap none of them. */
function mergeMentions(found: DateMention[], others: Iterable<DateMention>): DateMention[] {
  const merged: DateMention[] = [];
  let at = 0;
  for (const other of others) {
    for (; (found[at]?.end ?? Infinity) <= other.start; at += 1) merged.push(found[at]!);
    if (other.end <= (found[at]?.start ?? Infinity)) merged.push(other);
  }
  return merged.concat(found.slice(at));
}

/** The last day of the month of a year that a text names: "December 2010", or of the year alone. */
export function lastDayOfPeriod(month: string | undefined, ofYear: string): string {
  const monthNumber = month === undefined ? 12 : parseMonth(month);
  const first = day(Number(ofYear), monthNumber, 1)!;
  return addDays(addMonths(first, 1), -1);
}

/** A month in words, as a capturing group of a pattern without regard to case. */
export const monthPattern = anyMonth;

/** A day as it is read aloud: "8 June 2010". */
export function formatDate(value: string): string {
  const [y, month, date] = value.split('-');
  const name = months[Number(month) - 1]!;
  return `${Number(date)} ${name[0]!.toUpperCase()}${name.slice(1)} ${y}`;
}

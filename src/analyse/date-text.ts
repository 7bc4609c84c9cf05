import { addDays, addMonths, day } from '../domain/calendar.ts';
import type { Span } from '../domain/documents.ts';
import { parseOrdinalWords, ordinalWords, parseYearWords, yearWords } from './number-words.ts';
import { collapseWhitespace } from './collapse-whitespace.ts';

/** Which number of "04/05/2023" is the day. */
export type DateOrder = 'day-first' | 'month-first';

/** A date and its span in a text. */
export interface DateMention extends Span {
  /**
   * `YYYY-MM-DD`; absent for a date with a blank in it ("___ day of March, 2004") and for an
   * ambiguous date in figures whose order is unknown.
   */
  value?: string;
  /** Both readings of an ambiguous date in figures: with the day first, with the month first. */
  ambiguousValues?: [dayFirst: string, monthFirst: string];
}

/** An unambiguous date in figures, and its order. */
export interface UnambiguousDate {
  order: DateOrder;
  start: number;
}

const months =
  'january february march april may june july august september october november december'.split(
    ' ',
  );
/** Some extracted texts are letter-spaced: "J anuary". */
const letterSpaced = (word: string) => word.split('').join('\\s?');
const anyMonth = `(${months.map(letterSpaced).join('|')}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\\.?`;
const separator = '[\\s,]{0,4}';
/** Some extracted texts split superscripts: "17t h". */
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
  // Two-digit years mean 1950 to 2049: few contracts are older or end later.
  return value < 50 ? 2000 + value : 1900 + value;
};
const parseMonth = (text: string) =>
  months.findIndex((name) => name.startsWith(text.replace(/\s/g, '').toLowerCase().slice(0, 3))) +
  1;

const toParsedDate = (value: string | undefined): ParsedDate | undefined =>
  value === undefined ? undefined : { value };

/** 3/4/05 has a value if only one reading is a day, or if the order is known. */
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

/** What a text has of which dates are made. A form is not tried on a text that lacks what it needs. */
interface DateContent {
  month: boolean;
  blank: boolean;
  digit: boolean;
}
const hasMonth = new RegExp(anyMonth, 'i');
const hasBlank = /[_[●]|\.{4}|\*{2}/;

const needsMonth = ({ month }: DateContent) => month;
const needsBlank = ({ blank: hasAny }: DateContent) => hasAny;
const needsBoth = (content: DateContent) => content.month && content.blank;
const needsEither = (content: DateContent) => content.month || content.blank;
const needsDigit = ({ digit }: DateContent) => digit;

/** In this order: of forms that match at the same place, the first counts. */
const dateForms: [isPossible: (content: DateContent) => boolean, RegExp, DateParser][] = [
  // June 8, 2010
  [
    needsMonth,
    new RegExp(`\\b${anyMonth}\\s{1,4}(?:the\\s{1,4})?${number}${separator}${anyYear}`, 'gi'),
    ([m, d, y]) => toParsedDate(day(parseYear(y!), parseMonth(m!), Number(d))),
  ],
  // 8 June 2010, 8th day of June, 2010
  [
    needsMonth,
    new RegExp(
      `\\b${number}\\s{0,4}(?:day\\s{1,4})?(?:of[\\s-]{1,30})?-?${anyMonth}${separator}-?${anyYear}`,
      'gi',
    ),
    ([d, m, y]) => toParsedDate(day(parseYear(y!), parseMonth(m!), Number(d))),
  ],
  // 22-Dec-17
  [
    needsMonth,
    new RegExp(`\\b(\\d{1,2})([/-])${anyMonth}\\2((?:19|20)?\\d\\d)(?!\\d)`, 'gi'),
    ([d, , m, y]) => toParsedDate(day(parseYear(y!), parseMonth(m!), Number(d))),
  ],
  // the first day of January 2020
  [
    needsMonth,
    new RegExp(
      `\\b${ordinalDay}(?:day\\s{1,4})?(?:of[\\s-]{1,30})?${anyMonth}${separator}${anyYear}`,
      'gi',
    ),
    ([d, m, y]) => toParsedDate(day(parseYear(y!), parseMonth(m!), parseOrdinalWords(d!) ?? 0)),
  ],
  // January the first, 2020
  [
    needsMonth,
    new RegExp(
      `\\b${anyMonth}\\s{1,4}(?:the\\s{1,4})?(${ordinalWords})${separator}${anyYear}`,
      'gi',
    ),
    ([m, d, y]) => toParsedDate(day(parseYear(y!), parseMonth(m!), parseOrdinalWords(d!) ?? 0)),
  ],
  // 2010-06-08
  [
    needsDigit,
    /(?<![\d./-])((?:19|20)\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?![\d-])/g,
    ([y, , m, d]) => toParsedDate(day(Number(y), Number(m), Number(d))),
  ],
  [needsDigit, numericDate, parseNumericDate],
  // blanks: "___ day of ____, 2004", "March __, 2004", "[●] 2020"
  [
    needsEither,
    new RegExp(
      `(?:${blank}|\\b${number})\\s{0,4}(?:day\\s{1,4}of|of)\\s{0,4}(?:${blank}|${anyMonth})${separator}(?:in\\s+the\\s+year\\s+)?${blankYear}`,
      'gi',
    ),
    parseBlankDate,
  ],
  [
    needsBoth,
    new RegExp(`${blank}\\s{0,4}${anyMonth}${separator}${blankYear}`, 'gi'),
    parseBlankDate,
  ],
  [
    needsBoth,
    new RegExp(`\\b${anyMonth}\\s{0,4}(?:${blank}|\\[\\d{1,2}\\])${separator}${blankYear}`, 'gi'),
    parseBlankDate,
  ],
  [
    needsBoth,
    new RegExp(`\\b${anyMonth}\\s{1,4}${number}${separator}(?:20)?${blank}`, 'gi'),
    parseBlankDate,
  ],
  [
    needsBlank,
    new RegExp(`${blank}${separator}(?:19|20)(?:\\d\\d(?!\\d)|_{1,4}|${bracketed})`, 'gi'),
    parseBlankDate,
  ],
];

/**
 * Finds the dates in a text, in order and without overlap. Two-digit years mean 1950 to 2049.
 * "3/4/05" is read in the given order and has no value without one. A day that does not exist is
 * not a date.
 */
export function findDates(text: string, order?: DateOrder): DateMention[] {
  const collapsed = collapseWhitespace(text);
  const content = {
    month: hasMonth.test(collapsed.text),
    blank: hasBlank.test(collapsed.text),
    digit: /\d/.test(collapsed.text),
  };
  let found: DateMention[] = [];
  for (const [isPossible, pattern, parser] of dateForms) {
    if (isPossible(content))
      found = mergeMentions(found, matchDates(collapsed.text, pattern, parser, order));
  }
  return found.map((date) => ({ ...date, ...collapsed.originalSpan(date) }));
}

/** Finds the dates in figures whose day and month cannot be exchanged. */
export function* findUnambiguousDates(text: string): Generator<UnambiguousDate> {
  for (const match of text.matchAll(numericDate)) {
    const [first, second] = [Number(match[1]), Number(match[3])];
    const isUnambiguous = parseNumericDate(match.slice(1))?.value !== undefined && first !== second;
    if (isUnambiguous)
      yield { order: first > 12 ? 'day-first' : 'month-first', start: match.index };
  }
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

/** Merges two ordered lists: all of the first, and those of the second that overlap none of it. */
function mergeMentions(found: DateMention[], others: Iterable<DateMention>): DateMention[] {
  const merged: DateMention[] = [];
  let at = 0;
  for (const other of others) {
    for (; (found[at]?.end ?? Infinity) <= other.start; at += 1) merged.push(found[at]!);
    if (other.end <= (found[at]?.start ?? Infinity)) merged.push(other);
  }
  return merged.concat(found.slice(at));
}

/** The last day of a month of a year ("December 2010"), or of the year if no month is given. */
export function lastDayOfPeriod(month: string | undefined, ofYear: string): string {
  const monthNumber = month === undefined ? 12 : parseMonth(month);
  const first = day(Number(ofYear), monthNumber, 1)!;
  return addDays(addMonths(first, 1), -1);
}

/** The number of a month in words, 1 to 12. */
export const monthNumber = parseMonth;

/** A month in words, as a capturing group for a case-insensitive pattern. */
export const monthPattern = anyMonth;

/** Formats a day as "8 June 2010". */
export function formatDate(value: string): string {
  const [y, month, date] = value.split('-');
  const name = months[Number(month) - 1]!;
  return `${Number(date)} ${name[0]!.toUpperCase()}${name.slice(1)} ${y}`;
}

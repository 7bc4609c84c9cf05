import { addDays, addMonths, day } from '../calendar.ts';
import type { Span } from '../documents.ts';
import { ordinalOf, ordinalWords, yearOf, yearWords } from './number-words.ts';
import { squeeze } from './white-space.ts';

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
  either?: [dayFirst: string, monthFirst: string];
}

/** A date in figures alone that reads in one way only, and in which way. */
export interface PlainOrder {
  order: DateOrder;
  start: number;
}

const months =
  'january february march april may june july august september october november december'.split(
    ' ',
  );
/** Extraction tears words apart: "J anuary". */
const torn = (word: string) => word.split('').join('\\s?');
const anyMonth = `(${months.map(torn).join('|')}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\\.?`;
const gap = '[\\s,]{0,4}';
/** Extraction tears superscripts apart: "17t h". */
const suffix = '(?:\\s?(?:st|nd|rd|th|t h|s t|n d|r d)(?![a-z]))?';
/** "15th (fifteenth)" */
const again = '(?:\\s{0,2}\\([a-z][a-z -]{2,20}\\))?';
const number = `(\\d{1,2})${suffix}${again}`;
const year = `(?:19|20|21)(?:\\d\\d|\\s\\d\\d|\\d\\s\\d)(?!\\d)`;
const anyYear = `(?:(?:in|of)\\s{1,3}(?:the\\s{1,3})?(?:year\\s{1,3})?)?(${year}|'\\d\\d(?!\\d)|${yearWords}(?![a-z]))`;
const bracketed = '\\[[^\\]\\d\\n]{0,25}\\]';
const blank = `(?:_{1,40}|${bracketed}|\\.{4,40}|●|\\*{2,5})`;
const blankYear = `(?:(?:19|20)(?:\\d\\d(?!\\d)|_{1,4}|${bracketed})|${blank})`;
/** "the ninth (9th) day of" */
const ordinalDay = `(${ordinalWords})\\s{1,4}(?:\\(\\d{1,2}\\s?\\w{0,2}\\)\\s{1,4})?`;

type Reading = Pick<DateMention, 'value' | 'either'>;
type Reader = (groups: (string | undefined)[], order?: DateOrder) => Reading | undefined;

const yearIn = (text: string) => {
  const spelled = yearOf(text);
  if (spelled !== undefined) return spelled;
  const value = Number(text.replace(/['\s]/g, ''));
  if (value >= 100) return value;
  // Contracts older than 1950 are not read; later than 2049 hardly any ends.
  return value < 50 ? 2000 + value : 1900 + value;
};
const monthIn = (text: string) =>
  months.findIndex((name) => name.startsWith(text.replace(/\s/g, '').toLowerCase().slice(0, 3))) +
  1;

const known = (value: string | undefined): Reading | undefined =>
  value === undefined ? undefined : { value };

/** 3/4/05: one day where only one way to read it is a day, or where the order is known. */
const inFigures: Reader = ([first, , second, y], order) => {
  const [a, b] = [Number(first), Number(second)];
  const dayFirst = day(yearIn(y!), b, a);
  const monthFirst = day(yearIn(y!), a, b);
  if (dayFirst === undefined || monthFirst === undefined || dayFirst === monthFirst)
    return known(dayFirst ?? monthFirst);
  if (order !== undefined) return { value: order === 'day-first' ? dayFirst : monthFirst };
  return { either: [dayFirst, monthFirst] };
};
const unfilled: Reader = () => ({});

const figures =
  /(?<![\d./-])(\d{1,2})(\s?[/.-]\s?)(\d{1,2})\2((?:19|20)\d\d|\d\d)(?![\d/]|[.-]\d)/g;

/** Tried at the same place in this order, the first that matches wins. */
const forms: [RegExp, Reader][] = [
  // June 8, 2010
  [
    new RegExp(`\\b${anyMonth}\\s{1,4}(?:the\\s{1,4})?${number}${gap}${anyYear}`, 'gi'),
    ([m, d, y]) => known(day(yearIn(y!), monthIn(m!), Number(d))),
  ],
  // 8 June 2010, 8th day of June, 2010
  [
    new RegExp(
      `\\b${number}\\s{0,4}(?:day\\s{1,4})?(?:of[\\s-]{1,30})?-?${anyMonth}${gap}-?${anyYear}`,
      'gi',
    ),
    ([d, m, y]) => known(day(yearIn(y!), monthIn(m!), Number(d))),
  ],
  // 22-Dec-17
  [
    new RegExp(`\\b(\\d{1,2})([/-])${anyMonth}\\2((?:19|20)?\\d\\d)(?!\\d)`, 'gi'),
    ([d, , m, y]) => known(day(yearIn(y!), monthIn(m!), Number(d))),
  ],
  // the first day of January 2020
  [
    new RegExp(
      `\\b${ordinalDay}(?:day\\s{1,4})?(?:of[\\s-]{1,30})?${anyMonth}${gap}${anyYear}`,
      'gi',
    ),
    ([d, m, y]) => known(day(yearIn(y!), monthIn(m!), ordinalOf(d!) ?? 0)),
  ],
  // January the first, 2020
  [
    new RegExp(`\\b${anyMonth}\\s{1,4}(?:the\\s{1,4})?(${ordinalWords})${gap}${anyYear}`, 'gi'),
    ([m, d, y]) => known(day(yearIn(y!), monthIn(m!), ordinalOf(d!) ?? 0)),
  ],
  // 2010-06-08
  [
    /(?<![\d./-])((?:19|20)\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?![\d-])/g,
    ([y, , m, d]) => known(day(Number(y), Number(m), Number(d))),
  ],
  [figures, inFigures],
  // blanks: "___ day of ____, 2004", "March __, 2004", "[●] 2020"
  [
    new RegExp(
      `(?:${blank}|\\b${number})\\s{0,4}(?:day\\s{1,4}of|of)\\s{0,4}(?:${blank}|${anyMonth})${gap}(?:in\\s+the\\s+year\\s+)?${blankYear}`,
      'gi',
    ),
    unfilled,
  ],
  [new RegExp(`${blank}\\s{0,4}${anyMonth}${gap}${blankYear}`, 'gi'), unfilled],
  [
    new RegExp(`\\b${anyMonth}\\s{0,4}(?:${blank}|\\[\\d{1,2}\\])${gap}${blankYear}`, 'gi'),
    unfilled,
  ],
  [new RegExp(`\\b${anyMonth}\\s{1,4}${number}${gap}(?:20)?${blank}`, 'gi'), unfilled],
  [new RegExp(`${blank}${gap}(?:19|20)(?:\\d\\d(?!\\d)|_{1,4}|${bracketed})`, 'gi'), unfilled],
];

/**
 * The dates in a text, in order and without overlap. Two-digit years mean 1950 to 2049. Of "3/4/05"
 * the first number is what `order` says; without an order it has no value. A day that does not
 * exist is no date.
 */
export function findDates(text: string, order?: DateOrder): DateMention[] {
  const squeezed = squeeze(text);
  const found = forms.reduce<DateMention[]>(
    (all, [pattern, reader]) => merge(all, datesOf(squeezed.text, pattern, reader, order)),
    [],
  );
  return found.map((date) => ({ ...date, ...squeezed.spanOf(date) }));
}

/** The dates in figures of a text that have a day and a month which cannot be exchanged. */
export function plainOrders(text: string): PlainOrder[] {
  return [...text.matchAll(figures)].flatMap((match): PlainOrder[] => {
    const [first, second] = [Number(match[1]), Number(match[3])];
    const fits = inFigures(match.slice(1))?.value !== undefined && first !== second;
    if (!fits) return [];
    return [{ order: first > 12 ? 'day-first' : 'month-first', start: match.index }];
  });
}

/** The dates of one form, in order. */
function* datesOf(
  text: string,
  pattern: RegExp,
  reader: Reader,
  order?: DateOrder,
): Generator<DateMention> {
  for (const match of text.matchAll(pattern)) {
    const reading = reader(match.slice(1), order);
    if (reading) yield { start: match.index, end: match.index + match[0].length, ...reading };
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

/** The last day of the month of a year that a text names: "December 2010", or of the year alone. */
export function lastDayOf(month: string | undefined, ofYear: string): string {
  const inYear = month === undefined ? 12 : monthIn(month);
  const first = day(Number(ofYear), inYear, 1)!;
  return addDays(addMonths(first, 1), -1);
}

/** A month in words, as a capturing group of a pattern without regard to case. */
export const monthWords = anyMonth;

/** A day as it is read aloud: "8 June 2010". */
export function spoken(value: string): string {
  const [y, month, date] = value.split('-');
  const name = months[Number(month) - 1]!;
  return `${Number(date)} ${name[0]!.toUpperCase()}${name.slice(1)} ${y}`;
}

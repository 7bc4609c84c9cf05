import { addDays, addMonths, day } from '../../domain/calendar.ts';
import type { DateRange } from '../../store/records.ts';

/** A period that words name, and whether they name a part of the calendar or count from today. */
export interface Period {
  from: string;
  to: string;
}

const monthNames =
  'january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec'.split(
    '|',
  );
const monthPattern = `(?:${monthNames.join('|')})\\.?`;
const monthPrefixes = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const monthOf = (name: string) => monthPrefixes.indexOf(name.slice(0, 3)) + 1;

const yearPattern = '(?:19|20|21)\\d\\d';
const ordinal = '(\\d{1,2})(?:st|nd|rd|th)?';
const unitPattern = '(day|week|fortnight|month|quarter|year)s?';
const countPattern = '(\\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|a|an)';
const counts: Record<string, number> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
};

const yearOf = (value: string) => Number(value.slice(0, 4));
const monthNumberOf = (value: string) => Number(value.slice(5, 7));

/** The months `first` to `first + length - 1` of a year, counted on beyond December. */
function months(year: number, first: number, length: number): Period | undefined {
  const from = day(year + Math.floor((first - 1) / 12), ((((first - 1) % 12) + 12) % 12) + 1, 1);
  return from === undefined ? undefined : { from, to: addDays(addMonths(from, length), -1) };
}

const oneDay = (value: string | undefined): Period | undefined =>
  value === undefined ? undefined : { from: value, to: value };

/** The week, Monday to Sunday, `offset` weeks after that of `today`. */
function week(today: string, offset: number): Period {
  const weekday = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7;
  const from = addDays(today, offset * 7 - weekday);
  return { from, to: addDays(from, 6) };
}

/** The week, month, quarter or year `offset` after the one of `today`. */
function calendarUnit(unit: string, offset: number, today: string): Period | undefined {
  const year = yearOf(today);
  const month = monthNumberOf(today);
  if (unit === 'week') return week(today, offset);
  if (unit === 'month') return months(year, month + offset, 1);
  if (unit === 'quarter') return months(year, Math.floor((month - 1) / 3) * 3 + 1 + offset * 3, 3);
  if (unit === 'year') return months(year + offset, 1, 12);
  return undefined;
}

/** `count` units after a day, before it where negative. */
export function addUnits(from: string, count: number, unit: string): string {
  if (unit === 'day') return addDays(from, count);
  if (unit === 'week') return addDays(from, count * 7);
  if (unit === 'fortnight') return addDays(from, count * 14);
  return addMonths(from, count * (unit === 'year' ? 12 : unit === 'quarter' ? 3 : 1));
}

export const parseCount = (word: string): number => counts[word] ?? Number(word);

/** Which of the years a month without one is in. */
export type Tense = 'past' | 'future' | 'any';

/** A month or a day without its year: the next one from today on, or the last one up to today. */
function withoutYear(
  make: (year: number) => Period | undefined,
  today: string,
  tense: Tense,
): Period | undefined {
  const year = yearOf(today);
  const [last, current, next] = [make(year - 1), make(year), make(year + 1)];
  if (tense === 'past') return current && current.from <= today ? current : last;
  return current && current.to >= today ? current : next;
}

type PeriodParser = (match: string[], today: string, tense: Tense) => Period | undefined;

const ordinals: Record<string, number> = {
  first: 1,
  '1st': 1,
  second: 2,
  '2nd': 2,
  third: 3,
  '3rd': 3,
  fourth: 4,
  '4th': 4,
};
const ordinalPattern = '(first|1st|second|2nd|third|3rd|fourth|4th)';

const yearOrThis = (text: string | undefined, today: string) =>
  text === undefined || text === ''
    ? undefined
    : /^\d/.test(text)
      ? Number(text)
      : yearOf(today) + (/next/.test(text) ? 1 : /last|previous/.test(text) ? -1 : 0);

const aYear = `(?:,? (?:of )?(${yearPattern}|this year|next year|last year))`;

/** In this order: of forms that match at the same place, the first counts. */
const forms: [RegExp, PeriodParser][] = [
  // 2021-03-01
  [/(\d{4})-(\d{2})-(\d{2})/, ([y, m, d]) => oneDay(day(Number(y), Number(m), Number(d)))],
  // 1 March 2021, 1st of March
  [
    new RegExp(`(?:the )?${ordinal} (?:of )?(${monthPattern})${aYear}?`),
    ([d, m, y], today, tense) => dayOf(Number(d), monthOf(m!), yearOrThis(y, today), today, tense),
  ],
  // March 1, 2021
  [
    new RegExp(`(${monthPattern}) (?:the )?${ordinal}(?!\\d)${aYear}?`),
    ([m, d, y], today, tense) => dayOf(Number(d), monthOf(m!), yearOrThis(y, today), today, tense),
  ],
  // 31.12.2021, 13/4/2021: only where there is one reading
  [
    /(\d{1,2})([./])(\d{1,2})\2(\d{4})/,
    ([a, , b, y]) => {
      const [first, second, year] = [Number(a), Number(b), Number(y)];
      const dayFirst = day(year, second, first);
      const monthFirst = day(year, first, second);
      return dayFirst !== undefined && monthFirst !== undefined && dayFirst !== monthFirst
        ? undefined
        : oneDay(dayFirst ?? monthFirst);
    },
  ],
  // Q3 2026, the third quarter of this year
  [
    new RegExp(`(?:the )?(?:q([1-4])|${ordinalPattern} quarter)${aYear}?`),
    ([digit, word, y], today, tense) => {
      const quarter = digit ? Number(digit) : ordinals[word!]!;
      const make = (year: number) => months(year, quarter * 3 - 2, 3);
      const year = yearOrThis(y, today);
      return year === undefined ? withoutYear(make, today, tense) : make(year);
    },
  ],
  // H1 2026, the second half of 2026
  [
    new RegExp(`(?:the )?(?:h([12])|(first|second) half)${aYear}?`),
    ([digit, word, y], today, tense) => {
      const half = digit ? Number(digit) : ordinals[word!]!;
      const make = (year: number) => months(year, half * 6 - 5, 6);
      const year = yearOrThis(y, today);
      return year === undefined ? withoutYear(make, today, tense) : make(year);
    },
  ],
  // early March has no days that all agree on, so it is not read
  [
    new RegExp(`(?:the month of )?(?:(next|last|this) )?(${monthPattern})(?![\\w-])${aYear}?`),
    ([which, m, y], today, tense) => {
      const make = (year: number) => months(year, monthOf(m!), 1);
      const year = yearOrThis(y, today);
      if (year !== undefined) return make(year);
      if (which === 'this') return make(yearOf(today));
      return withoutYear(
        make,
        today,
        which === 'last' ? 'past' : which === 'next' ? 'future' : tense,
      );
    },
  ],
  // 2021
  [
    new RegExp(`(?:the )?(?:calendar )?(?:year )?(${yearPattern})(?![\\d-])`),
    ([y]) => months(Number(y), 1, 12),
  ],
  // this month, next quarter, the coming year
  [
    /(?:the )?(this|current|next|coming|following|last|previous|past) (?:calendar )?(week|month|quarter|year)(?!s)/,
    ([which, unit], today) =>
      calendarUnit(
        unit!,
        /next|coming|following/.test(which!) ? 1 : /last|previous|past/.test(which!) ? -1 : 0,
        today,
      ),
  ],
  [/today|now/, (_, today) => oneDay(today)],
  [/tomorrow/, (_, today) => oneDay(addDays(today, 1))],
  [/yesterday/, (_, today) => oneDay(addDays(today, -1))],
];

function dayOf(
  date: number,
  month: number,
  year: number | undefined,
  today: string,
  tense: Tense,
): Period | undefined {
  const make = (inYear: number) => oneDay(day(inYear, month, date));
  return year === undefined ? withoutYear(make, today, tense) : make(year);
}

const anchoredForms = forms.map(([pattern, parse]): [RegExp, PeriodParser] => [
  new RegExp(`^(?:${pattern.source})(?![a-z\\d])`),
  parse,
]);

/** The period that `text` begins with, and how many characters name it. */
export function parsePeriod(
  text: string,
  today: string,
  tense: Tense,
): { period: Period; length: number } | undefined {
  for (const [pattern, parse] of anchoredForms) {
    const match = pattern.exec(text);
    const period = match && parse(match.slice(1), today, tense);
    if (period) return { period, length: match[0].length };
  }
  return undefined;
}

/** Days from one on, without those before `today` where the words speak of what is to come. */
function upTo(to: string, today: string, tense: Tense): DateRange {
  return tense !== 'past' && to >= today ? { from: today, to } : { to };
}

type RangeParser = (
  text: string,
  match: RegExpExecArray,
  today: string,
  tense: Tense,
) => { range: DateRange; length: number } | undefined;

/** The forms of "within 90 days", "before March", "between May and July", "since 2020". */
const rangeForms: [RegExp, RangeParser][] = [
  [
    new RegExp(
      `^(?:(?:with)?in|over|during|for|inside|at any time in)?\\s?(?:the )?(next|coming|following|last|past|previous) ${countPattern} ${unitPattern}\\b`,
    ),
    (_, match, today) => {
      const count = parseCount(match[2]!);
      const range = /last|past|previous/.test(match[1]!)
        ? { from: addUnits(today, -count, match[3]!), to: today }
        : { from: today, to: addUnits(today, count, match[3]!) };
      return { range, length: match[0].length };
    },
  ],
  [
    new RegExp(
      `^(?:within|in less than|in the space of|in) ${countPattern} ${unitPattern}\\b(?: (?:from|of) (?:now|today))?`,
    ),
    (_, match, today, tense) => {
      const count = parseCount(match[1]!);
      const range =
        tense === 'past'
          ? { from: addUnits(today, -count, match[2]!), to: today }
          : { from: today, to: addUnits(today, count, match[2]!) };
      return { range, length: match[0].length };
    },
  ],
  [
    /^(?:between|from) /,
    (text, match, today, tense) => {
      const first = parsePeriod(text.slice(match[0].length), today, tense);
      if (!first) return undefined;
      const afterFirst = match[0].length + first.length;
      const join = /^ (?:and|to|until|till|through|up to|-) /.exec(text.slice(afterFirst));
      if (!join) {
        const isOpen = match[0] === 'from ';
        const onwards = /^ (?:on|onwards?|forward)\b/.exec(text.slice(afterFirst));
        return isOpen
          ? { range: { from: first.period.from }, length: afterFirst + (onwards?.[0].length ?? 0) }
          : undefined;
      }
      const second = parsePeriod(text.slice(afterFirst + join[0].length), today, tense);
      if (!second) return undefined;
      return orderedRange(first.period, second.period, text, {
        firstStart: match[0].length,
        length: afterFirst + join[0].length + second.length,
      });
    },
  ],
  [
    /^(?:by|until|till|up to|through|not later than|no later than|on or before) (?:the )?(?:end of |close of )?(?:the )?/,
    (text, match, today, tense) => {
      const after = text.slice(match[0].length);
      const yearEnd = /^(year|month|quarter|week)(?:'s)?(?:[ -]end)?(?![a-z])/.exec(after);
      const found = yearEnd
        ? { period: calendarUnit(yearEnd[1]!, 0, today)!, length: yearEnd[0].length }
        : parsePeriod(after, today, tense);
      if (!found) return undefined;
      // "by March" leaves open which day of it: the last one, so that none is missed
      return {
        range: upTo(found.period.to, today, tense),
        length: match[0].length + found.length,
      };
    },
  ],
  [
    /^(?:before|prior to|earlier than|sooner than) (?:the )?(end of )?(?:the )?/,
    (text, match, today, tense) => {
      const after = text.slice(match[0].length);
      const unit = /^(year|month|quarter|week)(?:'s)?(?:[ -]end)?(?![a-z])/.exec(after);
      const found =
        match[1] && unit
          ? { period: calendarUnit(unit[1]!, 0, today)!, length: unit[0].length }
          : parsePeriod(after, today, tense);
      if (!found) return undefined;
      const to = addDays(match[1] ? found.period.to : found.period.from, match[1] ? 0 : -1);
      return { range: upTo(to, today, tense), length: match[0].length + found.length };
    },
  ],
  [
    /^(?:after|later than) (?:the )?(end of )?/,
    (text, match, today, tense) => {
      const found = parsePeriod(text.slice(match[0].length), today, tense);
      if (!found) return undefined;
      return {
        range: { from: addDays(found.period.to, 1) },
        length: match[0].length + found.length,
      };
    },
  ],
  [
    /^(?:since|starting|beginning|as of|as from) (?:the )?(?:beginning of |start of )?/,
    (text, match, today) => {
      const found = parsePeriod(text.slice(match[0].length), today, 'past');
      if (!found) return undefined;
      return { range: { from: found.period.from }, length: match[0].length + found.length };
    },
  ],
  [
    /^(?:at|on|by)? ?(?:the )?end of (?:the )?/,
    (text, match, today, tense) => {
      const after = text.slice(match[0].length);
      const unit = /^(year|month|quarter|week)(?![a-z])/.exec(after);
      const found = unit
        ? { period: calendarUnit(unit[1]!, 0, today)!, length: unit[0].length }
        : parsePeriod(after, today, tense);
      if (!found) return undefined;
      return {
        range: { from: found.period.to, to: found.period.to },
        length: match[0].length + found.length,
      };
    },
  ],
  [
    /^(?:(?:some ?time |at any time )?(?:in|during|within|on|for|over|throughout) )?/,
    (text, match, today, tense) => {
      const found = parsePeriod(text.slice(match[0].length), today, tense);
      if (!found) return undefined;
      const { from, to } = found.period;
      return { range: { from, to }, length: match[0].length + found.length };
    },
  ],
];

/** "between March and June 2026": the year of the second goes for the first. */
function orderedRange(
  first: Period,
  second: Period,
  text: string,
  { firstStart, length }: { firstStart: number; length: number },
): { range: DateRange; length: number } | undefined {
  if (first.from <= second.to && yearOf(first.from) === yearOf(second.from))
    return { range: { from: first.from, to: second.to }, length };
  const hasYear = parsePeriodYear(text.slice(firstStart));
  if (hasYear) {
    return first.from <= second.to
      ? { range: { from: first.from, to: second.to }, length }
      : undefined;
  }
  const inYear = (year: number) => {
    const found = parsePeriod(text.slice(firstStart), `${year}-01-01`, 'future');
    return found?.period;
  };
  const year = yearOf(second.from);
  const candidate = inYear(year);
  const earlier = candidate && candidate.from <= second.to ? candidate : inYear(year - 1);
  return earlier && earlier.from <= second.to
    ? { range: { from: earlier.from, to: second.to }, length }
    : undefined;
}

/** Whether the first period of a text states its year. */
function parsePeriodYear(text: string): boolean {
  const past = parsePeriod(text, '2000-06-15', 'past')?.period.from;
  const future = parsePeriod(text, '2010-06-15', 'future')?.period.from;
  return past === future;
}

/** The days that `text` begins to name, e.g. "before March", and how many characters do. */
export function parseRange(
  text: string,
  today: string,
  tense: Tense,
): { range: DateRange; length: number } | undefined {
  const blanks = /^\s*/.exec(text)![0].length;
  const trimmed = text.slice(blanks);
  for (const [pattern, parse] of rangeForms) {
    const match = pattern.exec(trimmed);
    const found = match && parse(trimmed, match, today, tense);
    if (found && !/^[a-z\d]/.test(trimmed.slice(found.length)))
      return { range: found.range, length: found.length + blanks };
  }
  return undefined;
}

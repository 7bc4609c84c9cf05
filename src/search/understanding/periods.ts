import { addDays, addMonths, day } from '../../domain/calendar.ts';

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
export const unitPattern = '(day|week|fortnight|month|quarter|year)s?';
export const countPattern =
  '(\\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|a|an)';
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

export const yearOf = (value: string) => Number(value.slice(0, 4));
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
export function calendarUnit(unit: string, offset: number, today: string): Period | undefined {
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

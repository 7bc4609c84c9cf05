import { addDays } from '../../domain/calendar.ts';
import type { DateRange } from '../../store/records.ts';
import {
  addUnits,
  calendarUnit,
  countPattern,
  parseCount,
  parsePeriod,
  type Period,
  type Tense,
  unitPattern,
  yearOf,
} from './periods.ts';

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

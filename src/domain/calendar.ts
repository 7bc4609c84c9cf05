import type { Duration } from './documents.ts';

/**
 * Calendar arithmetic. Days are `YYYY-MM-DD` in the Gregorian calendar, without times or time
 * zones.
 */

function format(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function splitDate(value: string): [year: number, month: number, date: number] {
  const [year, month, date] = value.split('-').map(Number);
  return [year!, month!, date!];
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/**
 * The day as `YYYY-MM-DD`; undefined if it does not exist (30 February) or the year is not 1900 to
 * 2199.
 */
export function day(year: number, month: number, date: number): string | undefined {
  if (year < 1900 || year > 2199 || month < 1 || month > 12) return undefined;
  if (date < 1 || date > daysInMonth(year, month)) return undefined;
  return format(Date.UTC(year, month - 1, date));
}

/** `count` days later, earlier where negative. */
export function addDays(from: string, count: number): string {
  const [year, month, date] = splitDate(from);
  return format(Date.UTC(year, month - 1, date + count));
}

/**
 * The corresponding day `count` months later, earlier where negative; the last day of that month if
 * it has no such day (31 January and a month: 28 or 29 February).
 */
export function addMonths(from: string, count: number): string {
  const [year, month, date] = splitDate(from);
  const months = year * 12 + (month - 1) + count;
  const toYear = Math.floor(months / 12);
  const toMonth = ((months % 12) + 12) % 12;
  return format(Date.UTC(toYear, toMonth, Math.min(date, daysInMonth(toYear, toMonth + 1))));
}

/** The day a duration after `from`; with `sign` -1, before it. */
export function shift(from: string, { count, unit }: Duration, sign: 1 | -1 = 1): string {
  if (unit === 'day') return addDays(from, sign * count);
  if (unit === 'week') return addDays(from, sign * count * 7);
  return addMonths(from, sign * count * (unit === 'year' ? 12 : 1));
}

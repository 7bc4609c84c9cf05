import type { ContractDate, Span, StatedFact } from '../documents.ts';
import { dateOrder } from './date-order.ts';
import { findDates, type DateMention, type DateOrder } from './date-text.ts';
import { isNoise, type Reading } from './reading.ts';

/** A contract as the finders of dates read it. */
export interface DatedReading extends Reading {
  /** Which number of a date in figures is the day; undefined where nobody can tell. */
  order: DateOrder | undefined;
}

/** The reading of a contract under a law, with the order in which it writes its dates. */
export function withDateOrder(
  reading: Reading,
  governingLaw: StatedFact | undefined,
): DatedReading {
  return { ...reading, order: dateOrder(reading, governingLaw) };
}

/** What the footers of filed contracts say of the filing: "Source: ACME, 10-K, 3/1/2010". */
const filing = /\bSource:[^\n]{0,80}$/;

/** The dates that the contract states within a span, as offsets of its text. */
export function mentions(reading: DatedReading, span: Span): DateMention[] {
  const { text, order } = reading;
  return findDates(text.slice(span.start, span.end), order)
    .map((date) => ({ ...date, start: date.start + span.start, end: date.end + span.start }))
    .filter(
      (date) =>
        !isNoise(reading, date) &&
        !filing.test(text.slice(Math.max(0, date.start - 90), date.start)),
    );
}

/** A mentioned date as a fact, with what else it rests on; undefined for one without a value. */
export function stated(date: DateMention, ...also: Span[]): ContractDate | undefined {
  if (date.value === undefined) return undefined;
  return {
    value: date.value,
    basis: 'stated',
    evidence: [{ start: date.start, end: date.end }, ...also],
  };
}

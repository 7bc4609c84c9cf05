import type { ContractDate, Span, StatedFact } from '../domain/documents.ts';
import { detectDateOrder } from './date-order.ts';
import { findDates, type DateMention, type DateOrder } from './date-text.ts';
import { isInHeaderOrFooter, type PreparedText } from './prepared-text.ts';

/** A contract as the finders of dates read it. */
export interface DatedText extends PreparedText {
  /** Which number of a date in figures is the day; undefined where nobody can tell. */
  order: DateOrder | undefined;
}

/** The reading of a contract under a law, with the order in which it writes its dates. */
export function withDateOrder(
  prepared: PreparedText,
  governingLaw: StatedFact | undefined,
): DatedText {
  return { ...prepared, order: detectDateOrder(prepared, governingLaw) };
}

/** What the footers of filed contracts say of the filing: "Source: ACME, 10-K, 3/1/2010". */
const filingFooter = /\bSource:[^\n]{0,80}$/;

/** The dates that the contract states within a span, as offsets of its text. */
export function findDateMentions(prepared: DatedText, span: Span): DateMention[] {
  const { text, order } = prepared;
  return findDates(text.slice(span.start, span.end), order)
    .map((date) => ({ ...date, start: date.start + span.start, end: date.end + span.start }))
    .filter(
      (date) =>
        !isInHeaderOrFooter(prepared, date) &&
        !filingFooter.test(text.slice(Math.max(0, date.start - 90), date.start)),
    );
}

/** A mentioned date as a fact, with what else it rests on; undefined for one without a value. */
export function toStatedDate(
  date: DateMention,
  ...furtherEvidence: Span[]
): ContractDate | undefined {
  if (date.value === undefined) return undefined;
  return {
    value: date.value,
    basis: 'stated',
    evidence: [{ start: date.start, end: date.end }, ...furtherEvidence],
  };
}

import { addDays, addMonths, shift } from '../calendar.ts';
import type { Analysis, Duration } from '../documents.ts';

/** What a contract that renews by itself says of its terms; as JSON it is a column of the database. */
export interface Terms {
  /** Last day of the first term. */
  firstEnd: string;
  /** Whether terms end with their month, be that of 28 days or of 31. */
  monthEnds: boolean;
  /** Of each renewal; absent where the contract does not say. */
  length?: Duration;
  /** How often it renews at most; absent where the contract sets no limit. */
  maximum?: number;
  /** How long before the end of a term notice must be given; absent also where it cannot be counted. */
  notice?: Duration;
}

/** A contract's term on one day. */
export interface PresentTerm {
  /** How often it has renewed; 0 in the first term. */
  renewals: number;
  /** Its last day. */
  end: string;
  /** Whether that day is past, because the contract renews no further. */
  over: boolean;
  /** Whether another term follows unless someone gives notice. */
  renews: boolean;
  /** Last day on which notice counts for this term, be it past or not; absent where it renews no more. */
  noticeDeadline?: string;
  /** Where that day is past: the next day by which notice counts, and the end of the term it is for. */
  nextNotice?: { deadline: string; end: string };
}

/** The facts that a contract's terms follow from. */
export type TermFacts = Pick<
  Analysis,
  'agreementDate' | 'effectiveDate' | 'expirationDate' | 'renewalTerm' | 'noticePeriod'
>;

/**
 * The terms of a contract that renews by itself after a first term whose end is known; undefined
 * for every other contract.
 *
 * A first term that is said to end on the last day of a month, or that began on the first of one,
 * runs in whole calendar months: after 28 February a month ends on 31 March. Any other term ends on
 * the corresponding day, or on the last day of a month that has no such day.
 */
export function termsOf(facts: TermFacts): Terms | undefined {
  const { expirationDate: expiration, renewalTerm: renewal, noticePeriod: notice } = facts;
  if (expiration?.value === undefined || renewal?.kind !== 'automatic') return undefined;
  const firstEnd = expiration.value;
  const begin = facts.effectiveDate?.value ?? facts.agreementDate?.value;
  const inWholeMonths = expiration.basis === 'stated' || begin?.endsWith('-01') === true;
  return {
    firstEnd,
    monthEnds: inWholeMonths && addDays(firstEnd, 1).endsWith('-01'),
    ...(renewal.length && { length: renewal.length }),
    ...(renewal.maximum !== undefined && { maximum: renewal.maximum }),
    ...(notice && !notice.businessDays && { notice: notice.length }),
  };
}

const inMonths = ({ count, unit }: Duration) =>
  unit === 'year' ? count * 12 : unit === 'month' ? count : undefined;
const inDays = ({ count, unit }: Duration) => (unit === 'week' ? count * 7 : count);

/** The last day of the term after so many renewals, always counted from the end of the first term. */
export function termEnd(
  { firstEnd, monthEnds }: Terms,
  length: Duration,
  renewals: number,
): string {
  const months = inMonths(length);
  if (months === undefined) return addDays(firstEnd, renewals * inDays(length));
  return monthEnds
    ? addDays(addMonths(addDays(firstEnd, 1), renewals * months), -1)
    : addMonths(firstEnd, renewals * months);
}

const monthNumber = (day: string) => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7));

/** A number of renewals after which the term surely ends before `today`, or 0; near the most. */
function renewalsBefore({ firstEnd }: Terms, length: Duration, today: string): number {
  const months = inMonths(length);
  const passed =
    months === undefined
      ? (Date.parse(today) - Date.parse(firstEnd)) / 86_400_000 / inDays(length)
      : (monthNumber(today) - monthNumber(firstEnd)) / months;
  return Math.max(0, Math.floor(passed) - 1);
}

/**
 * The term that runs on `today` (`YYYY-MM-DD`), or will run first where none has begun, provided that
 * nobody gave notice. Undefined where the first term is over and the contract does not say for how
 * long it renews.
 */
export function presentTerm(terms: Terms, today: string): PresentTerm | undefined {
  const { firstEnd, length, maximum = Infinity, notice } = terms;
  if (length === undefined && firstEnd < today) return undefined;
  const endAfter = (renewals: number) =>
    length === undefined ? firstEnd : termEnd(terms, length, renewals);
  let renewals = length === undefined ? 0 : Math.min(renewalsBefore(terms, length, today), maximum);
  while (endAfter(renewals) < today && renewals < maximum) renewals += 1;
  const end = endAfter(renewals);
  const over = end < today;
  const renews = !over && renewals < maximum;
  if (!notice || !renews) return { renewals, end, over, renews };

  const noticeDeadline = shift(end, notice, -1);
  const term = { renewals, end, over, renews, noticeDeadline };
  if (noticeDeadline >= today || length === undefined) return term;
  for (let later = renewals + 1; later < maximum; later += 1) {
    const laterEnd = endAfter(later);
    const deadline = shift(laterEnd, notice, -1);
    if (deadline >= today) return { ...term, nextNotice: { deadline, end: laterEnd } };
  }
  return term;
}

/** The term of a contract that renews by itself; see `termsOf` and `presentTerm`. */
export function presentTermOf(facts: TermFacts, today: string): PresentTerm | undefined {
  const terms = termsOf(facts);
  return terms && presentTerm(terms, today);
}

/** When the present term ends, else the first one, where it is not known whether it was renewed. */
export function presentEnd(facts: TermFacts, today: string): string | undefined {
  return presentTermOf(facts, today)?.end ?? facts.expirationDate?.value;
}

/** The last day on which notice counts for the present term, be it past or not. */
export function presentNotice(facts: TermFacts, today: string): string | undefined {
  return presentTermOf(facts, today)?.noticeDeadline;
}

/** Where that day is past: the next one, for a term that follows. */
export function nextNotice(facts: TermFacts, today: string): string | undefined {
  return presentTermOf(facts, today)?.nextNotice?.deadline;
}

/** Whether another term follows the present one unless someone gives notice. */
export function renewsByItself(facts: TermFacts, today: string): boolean {
  return facts.renewalTerm?.kind === 'automatic' && (presentTermOf(facts, today)?.renews ?? true);
}

import { addDays, addMonths, shift } from '../domain/calendar.ts';
import type { Analysis, Duration } from '../domain/documents.ts';

/** What a contract that renews by itself says of its terms; as JSON it is a column of the database. */
export interface TermSchedule {
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
export interface CurrentTerm {
  /** How often it has renewed; 0 in the first term. */
  renewals: number;
  /** Its last day. */
  end: string;
  /** Whether that day is past, because the contract renews no further. */
  isExpired: boolean;
  /** Whether another term follows unless someone gives notice. */
  renews: boolean;
  /** Last day on which notice counts for this term, be it past or not; absent where it renews no more. */
  noticeDeadline?: string;
  /** Where that day is past: the next day by which notice counts, and the end of the term it is for. */
  nextNotice?: { deadline: string; end: string };
}

/** The facts that a contract's terms follow from. */
export type TermFields = Pick<
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
export function termScheduleOf(fields: TermFields): TermSchedule | undefined {
  const { expirationDate: expiration, renewalTerm: renewal, noticePeriod: notice } = fields;
  if (expiration?.value === undefined || renewal?.kind !== 'automatic') return undefined;
  const firstEnd = expiration.value;
  const begin = fields.effectiveDate?.value ?? fields.agreementDate?.value;
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
  { firstEnd, monthEnds }: TermSchedule,
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
function renewalsBefore({ firstEnd }: TermSchedule, length: Duration, today: string): number {
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
export function currentTerm(schedule: TermSchedule, today: string): CurrentTerm | undefined {
  const { firstEnd, length, maximum = Infinity, notice } = schedule;
  if (length === undefined && firstEnd < today) return undefined;
  const endAfter = (renewals: number) =>
    length === undefined ? firstEnd : termEnd(schedule, length, renewals);
  let renewals =
    length === undefined ? 0 : Math.min(renewalsBefore(schedule, length, today), maximum);
  while (endAfter(renewals) < today && renewals < maximum) renewals += 1;
  const end = endAfter(renewals);
  const isExpired = end < today;
  const renews = !isExpired && renewals < maximum;
  if (!notice || !renews) return { renewals, end, isExpired, renews };

  const noticeDeadline = shift(end, notice, -1);
  const term = { renewals, end, isExpired, renews, noticeDeadline };
  if (noticeDeadline >= today || length === undefined) return term;
  for (let later = renewals + 1; later < maximum; later += 1) {
    const laterEnd = endAfter(later);
    const deadline = shift(laterEnd, notice, -1);
    if (deadline >= today) return { ...term, nextNotice: { deadline, end: laterEnd } };
  }
  return term;
}

/** The term of a contract that renews by itself; see `termsOf` and `presentTerm`. */
export function currentTermOf(fields: TermFields, today: string): CurrentTerm | undefined {
  const schedule = termScheduleOf(fields);
  return schedule && currentTerm(schedule, today);
}

/** When the present term ends, else the first one, where it is not known whether it was renewed. */
export function currentTermEnd(fields: TermFields, today: string): string | undefined {
  return currentTermOf(fields, today)?.end ?? fields.expirationDate?.value;
}

/** The last day on which notice counts for the present term, be it past or not. */
export function currentNoticeDeadline(fields: TermFields, today: string): string | undefined {
  return currentTermOf(fields, today)?.noticeDeadline;
}

/** Where that day is past: the next one, for a term that follows. */
export function nextNoticeDeadline(fields: TermFields, today: string): string | undefined {
  return currentTermOf(fields, today)?.nextNotice?.deadline;
}

/** Whether another term follows the present one unless someone gives notice. */
export function renewsAutomatically(fields: TermFields, today: string): boolean {
  return fields.renewalTerm?.kind === 'automatic' && (currentTermOf(fields, today)?.renews ?? true);
}

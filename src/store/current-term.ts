import { addDays, addMonths } from '../domain/calendar.ts';
import type { Analysis, Duration, NoticePeriod } from '../domain/documents.ts';
import { lastNoticeDay, noticeWithoutEnd } from './notice-deadline.ts';

/** The terms of a contract that renews automatically. */
export interface TermSchedule {
  /** Last day of the first term. */
  firstEnd: string;
  /** Whether terms end on the last day of a month, whatever its length. */
  monthEnds: boolean;
  /** Length of each renewal; absent where the contract does not state it. */
  length?: Duration;
  /** Maximum number of renewals; absent where the contract sets no limit. */
  maximum?: number;
  /** When notice must be given; absent also where it is in business days. */
  notice?: Pick<NoticePeriod, 'length' | 'by'>;
}

/** A contract's term on one day. */
export interface CurrentTerm {
  /** Renewals so far; 0 in the first term. */
  renewals: number;
  /** Its last day. */
  end: string;
  /** Whether that day is past, because no renewal is left. */
  isExpired: boolean;
  /** Whether another term follows unless someone gives notice. */
  renews: boolean;
  /** Last day for notice against the next renewal, even if past; absent where no renewal follows. */
  noticeDeadline?: string;
  /** Where that day is past: the next deadline, and the end of the term to which it belongs. */
  nextNotice?: { deadline: string; end: string };
}

/** The facts from which terms are computed; while something is unread there may be others. */
export type TermFields = Pick<
  Analysis,
  | 'agreementDate'
  | 'effectiveDate'
  | 'expirationDate'
  | 'renewalTerm'
  | 'noticePeriod'
  | 'execution'
  | 'reading'
>;

/**
 * The terms of a contract that renews automatically after a first term with a known end; undefined
 * for every other contract.
 *
 * A first term with a stated end on the last day of a month, or that began on the first of one, runs
 * in whole calendar months: after 28 February a month ends on 31 March. Any other term ends on
 * the corresponding day, or on the last day of a month that has no such day.
 */
function termScheduleOf(fields: TermFields): TermSchedule | undefined {
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
    ...(notice && !notice.businessDays && { notice }),
  };
}

const inMonths = ({ count, unit }: Duration) =>
  unit === 'year' ? count * 12 : unit === 'month' ? count : undefined;
const inDays = ({ count, unit }: Duration) => (unit === 'week' ? count * 7 : count);

/** The last day of the term after `renewals` renewals, counted from the end of the first term. */
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

/** A close lower bound of the number of renewals before `today`; at least 0. */
function renewalsBefore({ firstEnd }: TermSchedule, length: Duration, today: string): number {
  const months = inMonths(length);
  const passed =
    months === undefined
      ? (Date.parse(today) - Date.parse(firstEnd)) / 86_400_000 / inDays(length)
      : (monthNumber(today) - monthNumber(firstEnd)) / months;
  return Math.max(0, Math.floor(passed) - 1);
}

/**
 * The term on `today` (`YYYY-MM-DD`), or the first one where none has begun, provided that nobody gave
 * notice. Undefined where the first term is over and the length of a renewal is not stated.
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

  const noticeDeadline = lastNoticeDay(notice, end, firstEnd);
  if (noticeDeadline === undefined) return { renewals, end, isExpired, renews };
  const term = { renewals, end, isExpired, renews, noticeDeadline };
  if (noticeDeadline >= today || length === undefined) return term;
  for (let later = renewals + 1; later < maximum; later += 1) {
    const laterEnd = endAfter(later);
    const deadline = lastNoticeDay(notice, laterEnd, firstEnd);
    if (deadline !== undefined && deadline >= today)
      return { ...term, nextNotice: { deadline, end: laterEnd } };
  }
  return term;
}

/** The current term of a contract that renews automatically; see `termScheduleOf` and `currentTerm`. */
export function currentTermOf(fields: TermFields, today: string): CurrentTerm | undefined {
  const schedule = termScheduleOf(fields);
  return schedule && currentTerm(schedule, today);
}

/** The end of the current term; of the first one where it is not known whether it was renewed. */
export function currentTermEnd(fields: TermFields, today: string): string | undefined {
  return currentTermOf(fields, today)?.end ?? fields.expirationDate?.value;
}

/** The last day for notice, even if past, and the end to which it belongs. */
export function noticeDeadlineOf(
  fields: TermFields,
  today: string,
): { deadline: string; end: string } | undefined {
  const { expirationDate: expiration, noticePeriod: notice, renewalTerm: renewal } = fields;
  if (!notice || notice.businessDays) return undefined;
  const term = currentTermOf(fields, today);
  if (term) {
    const deadline = term.noticeDeadline;
    return deadline === undefined ? undefined : { deadline, end: term.end };
  }
  const end = expiration?.value;
  if (notice.extends && renewal?.kind === 'optional' && end !== undefined) {
    const deadline = lastNoticeDay(notice, end, end);
    return deadline === undefined ? undefined : { deadline, end };
  }
  const begin = fields.effectiveDate?.value ?? fields.agreementDate?.value;
  return expiration?.basis === 'perpetual' ? noticeWithoutEnd(notice, begin, today) : undefined;
}

/** The last day for notice in the current term, even if past. */
export function currentNoticeDeadline(fields: TermFields, today: string): string | undefined {
  return noticeDeadlineOf(fields, today)?.deadline;
}

/** Where that day is past: the deadline of a later term. */
export function nextNoticeDeadline(fields: TermFields, today: string): string | undefined {
  return currentTermOf(fields, today)?.nextNotice?.deadline;
}

/** Whether another term follows the current one unless someone gives notice. */
export function renewsAutomatically(fields: TermFields, today: string): boolean {
  return fields.renewalTerm?.kind === 'automatic' && (currentTermOf(fields, today)?.renews ?? true);
}

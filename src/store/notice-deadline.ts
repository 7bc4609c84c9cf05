import { addDays, addMonths, shift } from '../domain/calendar.ts';
import type { NoticeEnd, NoticePeriod } from '../domain/documents.ts';

type NoticeRule = Pick<NoticePeriod, 'length' | 'by'>;

const monthsBetween = (from: string, to: string) =>
  (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 +
  Number(to.slice(5, 7)) -
  Number(from.slice(5, 7));

/**
 * The last day for notice before a term ends on `end` (`YYYY-MM-DD`). A day that is stated with its
 * year is that of the first term, which ends on `firstEnd`; in later terms it is as far from the end.
 */
export function lastNoticeDay(
  { length, by }: NoticeRule,
  end: string,
  firstEnd: string,
): string | undefined {
  if (by?.length === 10) return addMonths(by, monthsBetween(firstEnd, end));
  if (by !== undefined) {
    const day = `${end.slice(0, 4)}-${by}`;
    return day <= end ? day : `${Number(end.slice(0, 4)) - 1}-${by}`;
  }
  return length && shift(end, length, -1);
}

const monthsOf: Record<NoticeEnd, number> = {
  month: 1,
  quarter: 3,
  half_year: 6,
  calendar_year: 12,
  contract_year: 12,
};

/** The first end of such a period on or after `from`; undefined where its years begin on an unknown day. */
function endOfPeriod(kind: NoticeEnd, from: string, begin: string | undefined): string | undefined {
  if (kind === 'contract_year') {
    if (begin === undefined) return undefined;
    const years = Math.max(1, Math.floor(monthsBetween(begin, from) / 12));
    const end = addDays(addMonths(begin, years * 12), -1);
    return end >= from ? end : addDays(addMonths(begin, (years + 1) * 12), -1);
  }
  const months = monthsOf[kind];
  const part = Math.floor((Number(from.slice(5, 7)) - 1) / months);
  return addDays(addMonths(`${from.slice(0, 4)}-01-01`, (part + 1) * months), -1);
}

/**
 * For a contract without an end: the next last day for notice from `today` on, and the day on which
 * the contract then ends. Undefined where notice may be given to any day.
 * @param begin when the contract began, for years that are counted from there
 */
export function noticeWithoutEnd(
  { length, toEndOf, notBefore }: NoticePeriod,
  begin: string | undefined,
  today: string,
): { deadline: string; end: string } | undefined {
  if (!length) return undefined;
  const earliest = shift(today, length);
  const from = notBefore !== undefined && notBefore > earliest ? notBefore : earliest;
  if (toEndOf === undefined) {
    return notBefore !== undefined && notBefore >= earliest
      ? { deadline: shift(notBefore, length, -1), end: notBefore }
      : undefined;
  }
  // A first day that is stated counts even where it is not the end of such a period.
  const end = from === notBefore ? notBefore : endOfPeriod(toEndOf, from, begin);
  return end === undefined ? undefined : { deadline: shift(end, length, -1), end };
}

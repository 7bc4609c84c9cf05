import { formatDate } from '../analyse/date-text.ts';
import { formatDuration } from '../analyse/duration-text.ts';
import type { NoticePeriod, RenewalTerm } from '../domain/documents.ts';
import { isReadInPart } from '../domain/reading.ts';
import { currentTermOf, type CurrentTerm, type TermFields } from '../store/current-term.ts';
import { contractStatus, isUnexecuted } from '../store/contract-status.ts';

/** The terms of a contract on one day, with the arithmetic in words. */

const countText = (count: number) =>
  count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;

/** How a contract renews. */
export function renewalPhrase({ kind, length, maximum }: RenewalTerm): string {
  if (kind === 'none') return 'It does not renew.';
  const manner =
    kind === 'automatic' ? 'It renews by itself' : 'It may be renewed, but not by itself';
  const lengthText = length
    ? ` for ${formatDuration(length)} each time`
    : ', for how long is not stated';
  return `${manner}${lengthText}${maximum === undefined ? '' : `, ${countText(maximum)} at most`}.`;
}

const noticeEnds = {
  month: 'a month',
  quarter: 'a quarter',
  half_year: 'half a year',
  calendar_year: 'a calendar year',
  contract_year: 'a contract year',
};

/** What a notice period alone does not say; undefined where it says all. */
export function noticePhrase(notice: NoticePeriod): string | undefined {
  if (notice.businessDays) {
    return (
      'It is counted in business days. Which days those are depends on the holidays that the contract ' +
      'keeps, so the last day for notice is not computed.'
    );
  }
  const { extends: isExtension, by, toEndOf, notBefore } = notice;
  const parts = [
    isExtension ? 'Notice extends the contract.' : undefined,
    by === undefined ? undefined : `The last day for notice is stated: ${noticeDayText(by)}.`,
    toEndOf && `Notice ends the contract with the end of ${noticeEnds[toEndOf]}.`,
    notBefore === undefined ? undefined : `The first such end is ${formatDate(notBefore)}.`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
}

/** "30 September 2036", or "30 September of each year". */
const noticeDayText = (by: string) =>
  by.length === 10
    ? formatDate(by)
    : `${formatDate(`2000-${by}`).replace(/ 2000$/, '')} of each year`;

const renewalName = ({ renewals }: CurrentTerm) =>
  renewals === 1 ? 'its first renewal' : `renewal number ${renewals}`;

/** How the end of the current term follows from that of the first. */
export function currentTermPhrase(facts: TermFields, term: CurrentTerm): string {
  const end = formatDate(term.end);
  const { maximum, length } = facts.renewalTerm!;
  if (term.renewals === 0) return `The first term ends on ${end}.`;
  const first = `The first term ended on ${formatDate(facts.expirationDate!.value!)}`;
  const maximumText = maximum === undefined ? '' : `, ${countText(maximum)} at most`;
  const renewalText = `it renews by itself for terms of ${formatDuration(length!)}${maximumText}`;
  return term.isExpired
    ? `${first}; ${renewalText}, so the last term ended on ${end}.`
    : `${first}; ${renewalText}, so the current term (${renewalName(term)}) ends on ${end}, unless notice was given in an earlier term.`;
}

/** How the last day for notice follows from the end of the term, and what holds once it is past. */
export function deadlinePhrase(
  facts: TermFields,
  { deadline, end }: { deadline: string; end: string },
  today: string,
): string {
  const { length, by, extends: isExtension } = facts.noticePeriod!;
  const day = formatDate(deadline);
  const isEndless = facts.expirationDate?.basis === 'perpetual';
  const ends = isEndless
    ? `It has no end; the next day with which notice may end it is ${formatDate(end)}`
    : `The current term ends on ${formatDate(end)}`;
  const how =
    by !== undefined
      ? `notice for that end counts until ${day}, as stated`
      : `${formatDuration(length!)} before that is ${day}`;
  const computation = `${ends}; ${how}.`;
  if (deadline >= today || isEndless) return computation;
  if (isExtension) {
    return `${computation} That day is past: unless notice was given by then, the contract is not extended.`;
  }
  const pastNotice = `${computation} That day is past: unless notice was given by then, the contract renews after ${formatDate(end)}.`;
  const nextNotice = currentTermOf(facts, today)?.nextNotice;
  return nextNotice
    ? `${pastNotice} Notice for the end of the term on ${formatDate(nextNotice.end)} counts until ${formatDate(nextNotice.deadline)}.`
    : pastNotice;
}

/** Why a contract has its status. */
export function statusPhrase(facts: TermFields, today: string): string {
  const { expirationDate: expiration, renewalTerm } = facts;
  const renewal = renewalTerm?.kind === 'none' ? undefined : renewalTerm;
  const status = contractStatus(facts, today);
  const end = expiration?.value;
  const begin = facts.effectiveDate?.value ?? facts.agreementDate?.value;
  if (isUnexecuted(facts)) return `It is a ${facts.execution!.value}: nobody is bound by it.`;
  if (status === 'not_yet_effective') return `It takes effect on ${formatDate(begin!)}.`;
  if (expiration?.basis === 'perpetual') return 'It has no end date and runs until it is ended.';
  if (expiration?.basis === 'unclear') return `When it ends is unclear. ${expiration.explanation!}`;
  if (end === undefined) {
    return isReadInPart(facts.reading)
      ? 'When it ends was not found, and not all of it was read.'
      : 'When it ends was not found.';
  }
  if (end >= today) return `Its ${renewal ? 'first term' : 'term'} ends on ${formatDate(end)}.`;
  const ended = `${renewal ? 'Its first term' : 'It'} ended on ${formatDate(end)}`;
  if (renewalTerm?.kind === 'none') return `${ended}, and it does not renew.`;
  if (!renewal) {
    return isReadInPart(facts.reading)
      ? `${ended}; whether it was renewed is not known, because not all of it was read.`
      : `${ended}, and no renewal was found.`;
  }
  if (renewal.kind === 'optional') {
    return status === 'expired'
      ? `${ended}, and every renewal that it allows is over too.`
      : `${ended}; whether it was renewed, as it might be, is not known.`;
  }
  const term = currentTermOf(facts, today);
  if (!term) return `${ended}; it renews by itself, but for how long is not stated.`;
  return term.isExpired
    ? `${ended}, and its last renewal on ${formatDate(term.end)}.`
    : `${ended}, and it renews by itself: it is in force unless someone gave notice or ended it.`;
}

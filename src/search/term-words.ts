import { spoken } from '../analyse/date-text.ts';
import { durationText } from '../analyse/duration-text.ts';
import type { NoticePeriod, RenewalTerm } from '../documents.ts';
import { presentTermOf, type PresentTerm, type TermFacts } from '../store/present-term.ts';
import { contractStatus } from '../store/status.ts';

/** What follows from a contract's terms on one day, with the arithmetic in words. */

const times = (count: number) => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);

/** How a contract renews. */
export function renewalWords({ kind, length, maximum }: RenewalTerm): string {
  const how = kind === 'automatic' ? 'It renews by itself' : 'It may be renewed, but not by itself';
  const long = length ? ` for ${durationText(length)} each time` : ', for how long is not stated';
  return `${how}${long}${maximum === undefined ? '' : `, ${times(maximum)} at most`}.`;
}

/** Why a notice period gives no deadline; undefined where it does. */
export function noticeWords({ businessDays }: NoticePeriod): string | undefined {
  if (!businessDays) return undefined;
  return (
    'It is counted in business days. Which days those are depends on the holidays that the contract ' +
    'keeps, so the last day for notice is not computed.'
  );
}

const renewed = ({ renewals }: PresentTerm) =>
  renewals === 1 ? 'its first renewal' : `renewal number ${renewals}`;

/** How the end of the present term follows from that of the first. */
export function currentTermWords(facts: TermFacts, term: PresentTerm): string {
  const end = spoken(term.end);
  const { maximum, length } = facts.renewalTerm!;
  if (term.renewals === 0) return `The first term ends on ${end}.`;
  const first = `The first term ended on ${spoken(facts.expirationDate!.value!)}`;
  const most = maximum === undefined ? '' : `, ${times(maximum)} at most`;
  const terms = `it renews by itself for terms of ${durationText(length!)}${most}`;
  return term.over
    ? `${first}; ${terms}, so the last term ended on ${end}.`
    : `${first}; ${terms}, so the present term (${renewed(term)}) ends on ${end}, unless notice was given in an earlier term.`;
}

/** How the last day for notice follows from the end of the term; and what is so once it is past. */
export function deadlineWords(facts: TermFacts, term: PresentTerm, today: string): string {
  const { noticeDeadline, nextNotice, end } = term;
  const period = durationText(facts.noticePeriod!.length);
  const before = `The present term ends on ${spoken(end)}; ${period} before that is ${spoken(noticeDeadline!)}.`;
  if (noticeDeadline! >= today) return before;
  const past = `${before} That day is past: unless notice was given by then, the contract renews after ${spoken(end)}.`;
  return nextNotice
    ? `${past} Notice for the end of the term on ${spoken(nextNotice.end)} counts until ${spoken(nextNotice.deadline)}.`
    : past;
}

/** What the status rests on. */
export function statusWords(facts: TermFacts, today: string): string {
  const { expirationDate: expiration, renewalTerm: renewal } = facts;
  const status = contractStatus(facts, today);
  const end = expiration?.value;
  const begin = facts.effectiveDate?.value ?? facts.agreementDate?.value;
  if (status === 'not_yet_effective') return `It takes effect on ${spoken(begin!)}.`;
  if (expiration?.basis === 'perpetual') return 'It has no end date and runs until it is ended.';
  if (end === undefined) return 'When it ends was not found.';
  if (end >= today) return `Its ${renewal ? 'first term' : 'term'} ends on ${spoken(end)}.`;
  const ended = `${renewal ? 'Its first term' : 'It'} ended on ${spoken(end)}`;
  if (!renewal) return `${ended}, and no renewal was found.`;
  if (renewal.kind === 'optional') {
    return status === 'expired'
      ? `${ended}, and every renewal that it allows is over too.`
      : `${ended}; whether it was renewed, as it might be, is not known.`;
  }
  const term = presentTermOf(facts, today);
  if (!term) return `${ended}; it renews by itself, but for how long is not stated.`;
  return term.over
    ? `${ended}, and its last renewal on ${spoken(term.end)}.`
    : `${ended}, and it renews by itself: it is in force unless someone gave notice or ended it.`;
}

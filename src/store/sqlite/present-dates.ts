import {
  nextNotice,
  presentEnd,
  presentNotice,
  renewsByItself,
  type TermFacts,
} from '../present-term.ts';
import type { ContractStatus, DateRange } from '../records.ts';
import { contractStatus } from '../status.ts';
import type { Connection } from './connection.ts';

/** What the facts of a contract that states a renewal come to on one day. */
interface Judgement {
  status: ContractStatus;
  end: string | undefined;
  notices: (string | undefined)[];
  renews: boolean;
}

function judge(renewal: string, today: string): Judgement {
  const facts = JSON.parse(renewal) as TermFacts;
  return {
    status: contractStatus(facts, today),
    end: presentEnd(facts, today),
    notices: [presentNotice(facts, today), nextNotice(facts, today)],
    renews: renewsByItself(facts, today),
  };
}

/** Judgements kept at most; a filter asks for those of every document that states a renewal. */
const mostKept = 100_000;

/** Judgements of one day, each made once. */
function keepingJudgements(): (renewal: string, today: string) => Judgement {
  const kept = new Map<string, Judgement>();
  let day = '';
  return (renewal, today) => {
    if (today !== day || kept.size >= mostKept) kept.clear();
    day = today;
    let judged = kept.get(renewal);
    if (!judged) kept.set(renewal, (judged = judge(renewal, today)));
    return judged;
  };
}

const within = (day: string | undefined, from: string | null, to: string | null) =>
  day !== undefined && (from === null || from <= day) && (to === null || day <= to);

/**
 * What depends on the day of the question, in SQL. Documents that state a renewal keep its facts as
 * JSON in the column `renewal`, and functions of the connection judge them, so that a filter
 * and an answer cannot differ.
 */
export function definePresentDates(connection: Connection): void {
  const judged = keepingJudgements();
  connection.define(
    'renewed_status',
    (renewal: string, today: string) => judged(renewal, today).status,
  );
  connection.define(
    'renewed_end',
    (renewal: string, today: string) => judged(renewal, today).end ?? null,
  );
  connection.define(
    'renewed_notice_within',
    (renewal: string, today: string, from: string | null, to: string | null) =>
      Number(judged(renewal, today).notices.some((day) => within(day, from, to))),
  );
  connection.define('renewed_again', (renewal: string, today: string) =>
    Number(judged(renewal, today).renews),
  );
  connection.define('renewed_without_notice', (renewal: string, today: string) => {
    const { renews, notices } = judged(renewal, today);
    return Number(renews && notices[0] === undefined);
  });
}

/** The column `renewal`: the facts that those functions judge, or null where no renewal is stated. */
export function renewalColumn(facts: TermFacts): string | null {
  const { agreementDate, effectiveDate, expirationDate, renewalTerm, noticePeriod } = facts;
  if (!renewalTerm) return null;
  const bare = { agreementDate, effectiveDate, expirationDate, renewalTerm, noticePeriod };
  return JSON.stringify(bare, (key, value: unknown) =>
    key === 'evidence' || key === 'explanation' ? undefined : value,
  );
}

/** A condition over documents `d`, which may be joined with their files `f`. */
export interface Condition {
  sql: string;
  values: (string | number | null)[];
}

/** `contractStatus` is this one. */
export function hasStatus(status: ContractStatus, today: string): Condition {
  return {
    sql: `CASE
      WHEN d.expiration_basis IS NOT 'perpetual' AND d.expiration_date < ?
        THEN CASE WHEN d.renewal IS NULL THEN 'expired' ELSE renewed_status(d.renewal, ?) END
      WHEN coalesce(d.effective_date, d.agreement_date) > ? THEN 'not_yet_effective'
      WHEN d.expiration_basis = 'perpetual' OR d.expiration_date IS NOT NULL THEN 'in_force'
      ELSE 'unknown' END = ?`,
    values: [today, today, today, status],
  };
}

/** `presentEnd`, as an expression; takes today's date twice. */
export const endSql = `CASE WHEN d.renewal IS NOT NULL AND d.expiration_date < ?
  THEN renewed_end(d.renewal, ?) ELSE d.expiration_date END`;

/** `presentEnd` lies in the range. */
export function endsWithin({ from, to }: DateRange, today: string): Condition {
  const least = from ?? '';
  return { sql: `${endSql} BETWEEN ? AND ?`, values: [today, today, least, to ?? '9999'] };
}

/** Never asked of a document that states no renewal. */
const ofRenewal = (sql: string) => `CASE WHEN d.renewal IS NULL THEN 0 ELSE ${sql} END`;

/** `presentNotice` or `nextNotice` lies in the range. */
export function noticeWithin({ from, to }: DateRange, today: string): Condition {
  return {
    sql: ofRenewal('renewed_notice_within(d.renewal, ?, ?, ?)'),
    values: [today, from ?? null, to ?? null],
  };
}

/** `renewsByItself` is this. */
export function renewsAgain(wanted: boolean, today: string): Condition {
  return {
    sql: `${ofRenewal('renewed_again(d.renewal, ?)')} = ?`,
    values: [today, Number(wanted)],
  };
}

/** It renews by itself, and has no `presentNotice`. */
export function renewsWithoutNotice(today: string): Condition {
  return {
    sql: ofRenewal('renewed_without_notice(d.renewal, ?)'),
    values: [today],
  };
}

import {
  nextNoticeDeadline,
  currentTermEnd,
  currentNoticeDeadline,
  renewsAutomatically,
  type TermFields,
} from '../current-term.ts';
import type { ContractStatus, DateRange } from '../records.ts';
import { contractStatus } from '../contract-status.ts';
import type { Connection } from './connection.ts';

/** What the facts of a contract that states a renewal come to on one day. */
interface TermState {
  status: ContractStatus;
  end: string | undefined;
  noticeDeadlines: (string | undefined)[];
  renews: boolean;
}

function evaluateTerm(renewal: string, today: string): TermState {
  const fields = JSON.parse(renewal) as TermFields;
  return {
    status: contractStatus(fields, today),
    end: currentTermEnd(fields, today),
    noticeDeadlines: [currentNoticeDeadline(fields, today), nextNoticeDeadline(fields, today)],
    renews: renewsAutomatically(fields, today),
  };
}

/** Judgements kept at most; a filter asks for those of every document that states a renewal. */
const maxCachedStates = 100_000;

/** Judgements of one day, each made once. */
function memoizeTermStates(): (renewal: string, today: string) => TermState {
  const cache = new Map<string, TermState>();
  let day = '';
  return (renewal, today) => {
    if (today !== day || cache.size >= maxCachedStates) cache.clear();
    day = today;
    let state = cache.get(renewal);
    if (!state) cache.set(renewal, (state = evaluateTerm(renewal, today)));
    return state;
  };
}

const isWithin = (day: string | undefined, from: string | null, to: string | null) =>
  day !== undefined && (from === null || from <= day) && (to === null || day <= to);

/**
 * What depends on the day of the question, in SQL. Documents that state a renewal keep its facts as
 * JSON in the column `renewal`, and functions of the connection judge them, so that a filter
 * and an answer cannot differ.
 */
export function defineTermFunctions(connection: Connection): void {
  const termStateOn = memoizeTermStates();
  connection.defineFunction(
    'renewed_status',
    (renewal: string, today: string) => termStateOn(renewal, today).status,
  );
  connection.defineFunction(
    'renewed_end',
    (renewal: string, today: string) => termStateOn(renewal, today).end ?? null,
  );
  connection.defineFunction(
    'renewed_notice_within',
    (renewal: string, today: string, from: string | null, to: string | null) =>
      Number(termStateOn(renewal, today).noticeDeadlines.some((day) => isWithin(day, from, to))),
  );
  connection.defineFunction('renewed_again', (renewal: string, today: string) =>
    Number(termStateOn(renewal, today).renews),
  );
  connection.defineFunction('renewed_without_notice', (renewal: string, today: string) => {
    const { renews, noticeDeadlines } = termStateOn(renewal, today);
    return Number(renews && noticeDeadlines[0] === undefined);
  });
}

/** The column `renewal`: the facts that those functions judge, or null where no renewal is stated. */
export function renewalColumn(fields: TermFields): string | null {
  const { agreementDate, effectiveDate, expirationDate, renewalTerm, noticePeriod } = fields;
  if (!renewalTerm) return null;
  const bare = { agreementDate, effectiveDate, expirationDate, renewalTerm, noticePeriod };
  return JSON.stringify(bare, (key, value: unknown) =>
    key === 'evidence' || key === 'explanation' ? undefined : value,
  );
}

/** A condition over documents `d`, which may be joined with their files `f`. */
export interface SqlPredicate {
  sql: string;
  values: (string | number | null)[];
}

/** `contractStatus` is this one. */
export function hasStatus(status: ContractStatus, today: string): SqlPredicate {
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
export const currentEndSql = `CASE WHEN d.renewal IS NOT NULL AND d.expiration_date < ?
  THEN renewed_end(d.renewal, ?) ELSE d.expiration_date END`;

/** `presentEnd` lies in the range. */
export function endsWithin({ from, to }: DateRange, today: string): SqlPredicate {
  const lowerBound = from ?? '';
  return {
    sql: `${currentEndSql} BETWEEN ? AND ?`,
    values: [today, today, lowerBound, to ?? '9999'],
  };
}

/** Never asked of a document that states no renewal. */
const whenRenewing = (sql: string) => `CASE WHEN d.renewal IS NULL THEN 0 ELSE ${sql} END`;

/** `presentNotice` or `nextNotice` lies in the range. */
export function noticeWithin({ from, to }: DateRange, today: string): SqlPredicate {
  return {
    sql: whenRenewing('renewed_notice_within(d.renewal, ?, ?, ?)'),
    values: [today, from ?? null, to ?? null],
  };
}

/** `renewsByItself` is this. */
export function renewsAgain(wanted: boolean, today: string): SqlPredicate {
  return {
    sql: `${whenRenewing('renewed_again(d.renewal, ?)')} = ?`,
    values: [today, Number(wanted)],
  };
}

/** It renews by itself, and has no `presentNotice`. */
export function renewsWithoutNotice(today: string): SqlPredicate {
  return {
    sql: whenRenewing('renewed_without_notice(d.renewal, ?)'),
    values: [today],
  };
}

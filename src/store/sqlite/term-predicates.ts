import type { Database } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { isReadInPart } from '../../domain/reading.ts';
import { addDays } from '../../domain/calendar.ts';
import {
  nextNoticeDeadline,
  currentTermEnd,
  currentNoticeDeadline,
  renewsAutomatically,
  type TermFields,
} from '../current-term.ts';
import type { ContractStatus, DateRange } from '../records.ts';
import { contractStatus, isUnexecuted } from '../contract-status.ts';

/** The term of a contract with a renewal on one day. */
interface TermState {
  status: ContractStatus;
  end: string | undefined;
  noticeDeadlines: (string | undefined)[];
  renews: boolean | undefined;
}

function evaluateTerm(fieldsJson: string, today: string): TermState {
  const fields = JSON.parse(fieldsJson) as TermFields;
  return {
    status: contractStatus(fields, today),
    end: currentTermEnd(fields, today),
    noticeDeadlines: [currentNoticeDeadline(fields, today), nextNoticeDeadline(fields, today)],
    renews:
      fields.renewalTerm || !isReadInPart(fields.reading)
        ? renewsAutomatically(fields, today)
        : undefined,
  };
}

/** A filter evaluates the terms of every document that states a renewal. */
const maxCachedStates = 100_000;

/** Caches the states of one day. */
function memoizeTermStates(): (fieldsJson: string, today: string) => TermState {
  const cache = new LRUCache<string, TermState>({ max: maxCachedStates });
  let day = '';
  return (fieldsJson, today) => {
    if (today !== day) cache.clear();
    day = today;
    let state = cache.get(fieldsJson);
    if (!state) cache.set(fieldsJson, (state = evaluateTerm(fieldsJson, today)));
    return state;
  };
}

const isWithin = (day: string | undefined, from: string | null, to: string | null) =>
  day !== undefined && (from === null || from <= day) && (to === null || day <= to);

/**
 * Defines the SQL functions that evaluate terms on a day. The column `term_fields` holds the facts of
 * contracts with a renewal as JSON; the functions call the same code as answers do, so that filters and
 * answers agree.
 */
export function defineTermFunctions(db: Database): void {
  const termStateOn = memoizeTermStates();
  const define = (name: string, implementation: (...values: never[]) => string | number | null) =>
    db.function(name, { deterministic: true }, implementation as (...values: unknown[]) => unknown);
  define(
    'current_term_status',
    (fieldsJson: string, today: string) => termStateOn(fieldsJson, today).status,
  );
  define(
    'current_term_end',
    (fieldsJson: string, today: string) => termStateOn(fieldsJson, today).end ?? null,
  );
  define(
    'notice_within',
    (fieldsJson: string, today: string, from: string | null, to: string | null) =>
      Number(termStateOn(fieldsJson, today).noticeDeadlines.some((day) => isWithin(day, from, to))),
  );
  define('renews_again', (fieldsJson: string, today: string) => {
    const { renews } = termStateOn(fieldsJson, today);
    return renews === undefined ? null : Number(renews);
  });
  define('renews_without_notice', (fieldsJson: string, today: string) => {
    const { renews, noticeDeadlines } = termStateOn(fieldsJson, today);
    return Number(renews && noticeDeadlines[0] === undefined);
  });
}

/**
 * The column `term_fields`: the facts as JSON, with `reading` where something was not read; or null where all
 * was read, neither a renewal nor a day to which notice may be given is stated, and the contract is no
 * template or draft.
 */
export function termFieldsColumn(fields: TermFields): string | null {
  const { agreementDate, effectiveDate, expirationDate, renewalTerm, noticePeriod } = fields;
  const reading = isReadInPart(fields.reading) ? fields.reading : undefined;
  const hasNoticeDay = noticePeriod?.toEndOf ?? noticePeriod?.notBefore;
  const isOpen = isUnexecuted(fields);
  if (!renewalTerm && hasNoticeDay === undefined && !isOpen && !reading) return null;
  const execution = isOpen ? fields.execution : undefined;
  const bare = {
    agreementDate,
    effectiveDate,
    expirationDate,
    renewalTerm,
    noticePeriod,
    execution,
    reading,
  };
  return JSON.stringify(bare, (key, value: unknown) =>
    key === 'evidence' || key === 'explanation' ? undefined : value,
  );
}

/** Whether something of a document `d` was not read. */
export const isReadInPartSql =
  "(d.term_fields IS NOT NULL AND json_type(d.term_fields, '$.reading') IS NOT NULL)";

/** A condition over documents `d`, which may be joined with their files `f`. */
export interface SqlPredicate {
  sql: string;
  values: (string | number | null)[];
}

/** `contractStatus` has this value. */
export function hasStatus(status: ContractStatus, today: string): SqlPredicate {
  return {
    sql: `CASE
      WHEN d.term_fields IS NOT NULL THEN current_term_status(d.term_fields, ?)
      WHEN d.expiration_basis IS NOT 'perpetual' AND d.expiration_date < ? THEN 'expired'
      WHEN coalesce(d.effective_date, d.agreement_date) > ? THEN 'not_yet_effective'
      WHEN d.expiration_basis = 'perpetual' OR d.expiration_date IS NOT NULL THEN 'in_force'
      ELSE 'unknown' END = ?`,
    values: [today, today, today, status],
  };
}

/** `currentTermEnd` as an SQL expression; binds today's date twice. */
export const currentEndSql = `CASE WHEN d.term_fields IS NOT NULL AND d.expiration_date < ?
  THEN current_term_end(d.term_fields, ?) ELSE d.expiration_date END`;

/** `currentTermEnd` is in the range. */
export function endsWithin({ from, to }: DateRange, today: string): SqlPredicate {
  const lowerBound = from ?? '';
  return {
    sql: `${currentEndSql} BETWEEN ? AND ?`,
    values: [today, today, lowerBound, to ?? '9999'],
  };
}

/**
 * `currentTermEnd` or the end of the first term is in the range. A computed end may be counted as the day
 * before: years from 1 January end on 1 January or on 31 December.
 */
export function anyTermEndsWithin(days: DateRange, today: string): SqlPredicate {
  const current = endsWithin(days, today);
  const to = days.to ?? '9999';
  return {
    sql: `(${current.sql}) OR d.expiration_date BETWEEN ? AND ?
      OR (d.expiration_basis = 'computed' AND d.expiration_date = ?)`,
    values: [...current.values, days.from ?? '', to, days.to ? addDays(days.to, 1) : to],
  };
}

/** Skips the function for documents without a renewal. */
const whenRenewing = (sql: string) => `CASE WHEN d.term_fields IS NULL THEN 0 ELSE ${sql} END`;

/** `currentNoticeDeadline` or `nextNoticeDeadline` is in the range. */
export function noticeWithin({ from, to }: DateRange, today: string): SqlPredicate {
  return {
    sql: whenRenewing('notice_within(d.term_fields, ?, ?, ?)'),
    values: [today, from ?? null, to ?? null],
  };
}

/** `renewsAutomatically` has this value; not where a renewal may stand on what was not read. */
export function renewsAgain(wanted: boolean, today: string): SqlPredicate {
  return {
    sql: `${whenRenewing('renews_again(d.term_fields, ?)')} = ?`,
    values: [today, Number(wanted)],
  };
}

/** It renews automatically, and `currentNoticeDeadline` is undefined. */
export function renewsWithoutNotice(today: string): SqlPredicate {
  return {
    sql: whenRenewing('renews_without_notice(d.term_fields, ?)'),
    values: [today],
  };
}

import {
  nextNotice,
  presentEnd,
  presentNotice,
  renewsByItself,
  type TermFacts,
} from '../present-term.ts';
import { contractStatus } from '../status.ts';
import type { Connection } from './connection.ts';

/**
 * What depends on the day of the question, in SQL. Documents that state a renewal keep its facts as
 * JSON in the column `renewal`, and functions of the connection judge them, so that a filter
 * and an answer cannot differ.
 */
export function definePresentDates(connection: Connection): void {
  const define = (name: string, judge: (facts: TermFacts, today: string) => string | undefined) =>
    connection.define(
      name,
      (renewal, today) => judge(JSON.parse(renewal) as TermFacts, today) ?? null,
    );
  define('renewed_status', contractStatus);
  define('renewed_end', presentEnd);
  define('renewed_notice', presentNotice);
  define('renewed_next_notice', nextNotice);
  define('renewed_again', (facts, today) => (renewsByItself(facts, today) ? 'yes' : 'no'));
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

/** `contractStatus` over columns of the documents table `d`; takes today's date three times. */
export const statusSql = `CASE
  WHEN d.expiration_basis IS NOT 'perpetual' AND d.expiration_date < ?
    THEN CASE WHEN d.renewal IS NULL THEN 'expired' ELSE renewed_status(d.renewal, ?) END
  WHEN coalesce(d.effective_date, d.agreement_date) > ? THEN 'not_yet_effective'
  WHEN d.expiration_basis = 'perpetual' OR d.expiration_date IS NOT NULL THEN 'in_force'
  ELSE 'unknown' END`;

/** `presentEnd` over columns of the documents table `d`; takes today's date twice. */
export const endSql = `CASE WHEN d.renewal IS NOT NULL AND d.expiration_date < ?
  THEN renewed_end(d.renewal, ?) ELSE d.expiration_date END`;

const ofRenewal = (name: string) =>
  `CASE WHEN d.renewal IS NOT NULL THEN ${name}(d.renewal, ?) END`;

/** The functions of the same names over columns of `d`; each takes today's date once. */
export const noticeSql = ofRenewal('renewed_notice');
export const nextNoticeSql = ofRenewal('renewed_next_notice');
export const renewsSql = `coalesce(${ofRenewal('renewed_again')}, 'no')`;

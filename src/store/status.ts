import type { Analysis } from '../documents.ts';
import type { ContractStatus } from './records.ts';

type Dates = Pick<Analysis, 'agreementDate' | 'effectiveDate' | 'expirationDate' | 'renewalTerm'>;

/**
 * Whether a contract binds on `today` (`YYYY-MM-DD`), by its own dates. It begins on its effective
 * date, or where it has none on the date it was made; a contract whose end is not known is
 * `unknown` once it has begun, because nothing says that it still runs; so is one that states a
 * renewal and whose first term is over. The day of expiration itself is in force.
 */
export function contractStatus(dates: Dates, today: string): ContractStatus {
  const perpetual = dates.expirationDate?.basis === 'perpetual';
  const end = perpetual ? undefined : dates.expirationDate?.value;
  const begin = dates.effectiveDate?.value ?? dates.agreementDate?.value;
  if (end !== undefined && end < today) return dates.renewalTerm ? 'unknown' : 'expired';
  if (begin !== undefined && begin > today) return 'not_yet_effective';
  return perpetual || end !== undefined ? 'in_force' : 'unknown';
}

/** `contractStatus` over columns of the documents table `d`; takes today's date twice. */
export const contractStatusSql = `CASE
  WHEN d.expiration_basis IS NOT 'perpetual' AND d.expiration_date < ?
    THEN CASE WHEN d.renews THEN 'unknown' ELSE 'expired' END
  WHEN coalesce(d.effective_date, d.agreement_date) > ? THEN 'not_yet_effective'
  WHEN d.expiration_basis = 'perpetual' OR d.expiration_date IS NOT NULL THEN 'in_force'
  ELSE 'unknown' END`;

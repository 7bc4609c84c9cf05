import { shift } from '../domain/calendar.ts';
import type { Analysis } from '../domain/documents.ts';
import { currentTermOf, type TermFields } from './current-term.ts';
import type { ContractStatus } from './records.ts';

/**
 * Whether a contract binds on `today` (`YYYY-MM-DD`), by its own words and provided that nobody
 * ended it. It begins on its effective date, or where it has none on the date it was made; a
 * contract whose end is not known is `unknown` once it has begun, because nothing says that it still
 * runs. The day of expiration itself is in force. Past its first term a contract that renews by
 * itself is in force until its renewals are used up; it is `unknown` where it does not say for how
 * long it renews, and where renewal is an option that may or may not have been taken up.
 */
export function contractStatus(fields: TermFields, today: string): ContractStatus {
  const perpetual = fields.expirationDate?.basis === 'perpetual';
  const end = perpetual ? undefined : fields.expirationDate?.value;
  const begin = fields.effectiveDate?.value ?? fields.agreementDate?.value;
  if (end !== undefined && end < today) return statusAfterInitialTerm(end, fields, today);
  if (begin !== undefined && begin > today) return 'not_yet_effective';
  return perpetual || end !== undefined ? 'in_force' : 'unknown';
}

/** Once the first term is over. */
function statusAfterInitialTerm(end: string, fields: TermFields, today: string): ContractStatus {
  const renewal = fields.renewalTerm;
  if (!renewal) return 'expired';
  if (renewal.kind === 'optional') {
    return (lastOptionalEnd(end, renewal) ?? today) < today ? 'expired' : 'unknown';
  }
  const term = currentTermOf(fields, today);
  return term ? (term.isExpired ? 'expired' : 'in_force') : 'unknown';
}

/** The latest day on which a contract can end whose renewal is an option; undefined where unlimited. */
function lastOptionalEnd(
  end: string,
  { length, maximum }: NonNullable<Analysis['renewalTerm']>,
): string | undefined {
  if (!length || maximum === undefined) return undefined;
  return shift(end, { ...length, count: length.count * maximum });
}

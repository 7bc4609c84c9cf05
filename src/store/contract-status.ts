import { shift } from '../domain/calendar.ts';
import type { Analysis } from '../domain/documents.ts';
import { isReadInPart } from '../domain/reading.ts';
import { currentTermOf, type TermFields } from './current-term.ts';
import type { ContractStatus } from './records.ts';

/**
 * The status of a contract on `today` (`YYYY-MM-DD`), as the contract states it and provided that
 * nobody terminated it. It begins on its effective date, or without one on its agreement date. Once it
 * has begun, it is `unknown` if its end is not known. The expiration date itself is in force. After the
 * first term, a contract that renews automatically is in force until its renewals are used up; it is
 * `unknown` if it does not state the length of a renewal, or if renewal is an option that may or may
 * not have been exercised, or if no renewal was found and not all of the file was read. A template or a
 * draft is `unknown`.
 */
export function contractStatus(fields: TermFields, today: string): ContractStatus {
  if (isUnexecuted(fields)) return 'unknown';
  const perpetual = fields.expirationDate?.basis === 'perpetual';
  const end = perpetual ? undefined : fields.expirationDate?.value;
  const begin = fields.effectiveDate?.value ?? fields.agreementDate?.value;
  if (end !== undefined && end < today) return statusAfterInitialTerm(end, fields, today);
  if (begin !== undefined && begin > today) return 'not_yet_effective';
  return perpetual || end !== undefined ? 'in_force' : 'unknown';
}

/** A template or a draft is never in force. */
export function isUnexecuted({ execution }: Pick<TermFields, 'execution'>): boolean {
  return execution?.value === 'template' || execution?.value === 'draft';
}

/** The status after the first term. */
function statusAfterInitialTerm(end: string, fields: TermFields, today: string): ContractStatus {
  const renewal = fields.renewalTerm;
  if (!renewal) return isReadInPart(fields.reading) ? 'unknown' : 'expired';
  if (renewal.kind === 'none') return 'expired';
  if (renewal.kind === 'optional') {
    return (lastOptionalEnd(end, renewal) ?? today) < today ? 'expired' : 'unknown';
  }
  const term = currentTermOf(fields, today);
  return term ? (term.isExpired ? 'expired' : 'in_force') : 'unknown';
}

/** The latest possible end of a contract with optional renewals; undefined where they are unlimited. */
function lastOptionalEnd(
  end: string,
  { length, maximum }: NonNullable<Analysis['renewalTerm']>,
): string | undefined {
  if (!length || maximum === undefined) return undefined;
  return shift(end, { ...length, count: length.count * maximum });
}

import type { Analysis, Structure } from '../documents.ts';
import { findAgreementDate } from './agreement-date.ts';
import { findClauses } from './clauses.ts';
import { withDateOrder } from './date-mentions.ts';
import { findDocumentType } from './document-type.ts';
import { findEffectiveDate } from './effective-date.ts';
import { findGoverningLaw } from './governing-law.ts';
import { findNoticePeriod } from './notice-period.ts';
import { findParties } from './parties.ts';
import { read } from './reading.ts';
import { findRenewal } from './renewal.ts';
import { findSigned } from './signed.ts';
import { withStatedClauses } from './stated-clauses.ts';
import { findExpiration } from './term.ts';
import { findTitle } from './title.ts';

export interface AnalysisInput {
  text: string;
  structure: Structure;
  fileName: string;
  /** The title the file's own metadata claims, often useless. */
  claimedTitle?: string;
}

/** Everything Deedbox understands of one contract; pure, and the same for the same input. */
export function analyse({ text, structure, fileName, claimedTitle }: AnalysisInput): Analysis {
  const reading = read(text, structure);
  const title = findTitle(text, fileName, claimedTitle);
  const { type, evidence } = findDocumentType(text, title, fileName);
  const governingLaw = findGoverningLaw(reading);
  const dated = withDateOrder(reading, governingLaw);
  const agreementDate = findAgreementDate(dated);
  const effectiveDate = findEffectiveDate(dated, agreementDate);
  const expirationDate = findExpiration(dated, { agreementDate, effectiveDate });
  const renewal = findRenewal(reading);
  const notice = findNoticePeriod(reading, renewal);
  const facts = {
    parties: findParties(text),
    ...(agreementDate && { agreementDate }),
    ...(effectiveDate && { effectiveDate }),
    ...(expirationDate && { expirationDate }),
    ...(renewal && { renewalTerm: renewal }),
    ...(notice && { noticePeriod: notice }),
    ...(governingLaw && { governingLaw }),
  };
  return {
    ...facts,
    title: title.value,
    documentType: type,
    documentTypeEvidence: evidence,
    signed: findSigned(text),
    clauses: withStatedClauses(findClauses(reading), { ...facts, title }),
  };
}

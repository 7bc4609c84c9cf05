import type { Analysis, Span } from '../domain/documents.ts';
import { findAgreementDate } from './agreement-date.ts';
import { withDateOrder } from './date-mentions.ts';
import { findDocumentType } from './document-type.ts';
import { findEffectiveDate } from './effective-date.ts';
import { findExecution } from './execution.ts';
import { findGoverningLaw } from './governing-law.ts';
import { findNoticePeriod } from './notice-period.ts';
import { findParties } from './parties.ts';
import type { PartyModel } from './party-model/party-model.ts';
import type { PreparedText } from './prepared-text.ts';
import { findRenewal } from './renewal.ts';
import { findSigned } from './signed.ts';
import { findTerm } from './term.ts';
import { findTitle } from './title.ts';

/** The facts of a contract, and the span of its title if the text has one. */
export interface ContractFacts extends Omit<Analysis, 'clauses'> {
  titleSpan?: Span;
}

export interface FileNames {
  fileName: string;
  /** The title in the file's metadata, which is often useless. */
  claimedTitle?: string;
}

/** Results of the models that the rules use. */
interface ModelInputs {
  /** By sentence, its score for the clause type `expiration_date`. */
  expiration: Float32Array;
  parties?: PartyModel | undefined;
}

/** Finds the facts of a contract by rules; with a party model, the parties by rules and model. */
export function findFacts(
  prepared: PreparedText,
  { fileName, claimedTitle }: FileNames,
  { expiration, parties }: ModelInputs,
): ContractFacts {
  const { text } = prepared;
  const title = findTitle(text, fileName, claimedTitle);
  const { type, evidence } = findDocumentType(text, title, fileName);
  const governingLaw = findGoverningLaw(prepared);
  const datedText = withDateOrder(prepared, governingLaw);
  const agreementDate = findAgreementDate(datedText);
  const dated = agreementDate?.value === undefined ? undefined : agreementDate;
  const effectiveDate = findEffectiveDate(datedText, dated);
  const term = findTerm(datedText, { agreementDate: dated, effectiveDate }, expiration);
  const renewal = findRenewal(prepared);
  const signed = findSigned(text);
  const notice = findNoticePeriod(datedText, renewal, term.expirationDate);
  return {
    title: title.value,
    ...(title.span && { titleSpan: title.span }),
    documentType: type,
    documentTypeEvidence: evidence,
    parties: findParties(text, parties),
    ...(agreementDate && { agreementDate }),
    ...(effectiveDate && { effectiveDate }),
    ...term,
    ...(renewal && { renewalTerm: renewal }),
    ...(notice && { noticePeriod: notice }),
    ...(governingLaw && { governingLaw }),
    signed,
    execution: findExecution(text, signed),
  };
}

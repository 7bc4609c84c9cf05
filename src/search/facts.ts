import type { ContractDate, Page, Section, Span, StatedFact } from '../documents.ts';
import type { StoredDocument } from '../store/records.ts';
import type { GetDocumentAnswer } from './answers.ts';
import { cite, headingAt } from './citations.ts';

type Facts = GetDocumentAnswer['facts'];

interface StoredText {
  text: string;
  pages: Page[];
  sections: Section[];
}

/** Each fact of a document with the verbatim text it rests on, and the names of those not found. */
export function factsOf(
  document: StoredDocument,
  stored: StoredText,
): { facts: Facts; not_found: string[] } {
  const { analysis } = document;
  const citations = (spans: Span[]) =>
    spans.map((span) =>
      cite(stored.text, stored.pages, span, headingAt(stored.sections, span.start)),
    );
  const facts: Facts = [];
  const not_found: string[] = [];

  const stated = (fact: string, found: StatedFact | undefined) => {
    if (found) facts.push({ fact, value: found.value, citations: citations(found.evidence) });
    else not_found.push(fact);
  };
  const dated = (fact: string, found: ContractDate | undefined) => {
    if (!found) {
      not_found.push(fact);
      return;
    }
    const { value, basis, explanation } = found;
    facts.push({
      fact,
      ...(value === undefined ? {} : { value }),
      basis,
      ...(explanation === undefined ? {} : { explanation }),
      citations: citations(found.evidence),
    });
  };

  const named = analysis.documentTypeEvidence;
  if (named.length > 0) {
    facts.push({
      fact: 'document_type',
      value: analysis.documentType,
      citations: citations(named),
    });
  }
  for (const party of analysis.parties) {
    const value = party.role === undefined ? party.name : `${party.name} (${party.role})`;
    facts.push({ fact: 'party', value, citations: citations(party.evidence) });
  }
  if (analysis.parties.length === 0) not_found.push('parties');
  dated('agreement_date', analysis.agreementDate);
  dated('effective_date', analysis.effectiveDate);
  dated('expiration_date', analysis.expirationDate);
  stated('renewal_term', analysis.renewalTerm);
  stated('notice_period', analysis.noticePeriod);
  dated('notice_deadline', analysis.noticeDeadline);
  stated('governing_law', analysis.governingLaw);
  const { signed } = analysis;
  facts.push({ fact: 'signed', value: signed.value, citations: citations(signed.evidence) });
  return { facts, not_found };
}

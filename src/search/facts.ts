import type { ContractDate, Page, Section, Span, StatedFact } from '../domain/documents.ts';
import { isReadInPart } from '../domain/reading.ts';
import { currentTermOf, noticeDeadlineOf } from '../store/current-term.ts';
import type { StoredDocument } from '../store/records.ts';
import { contractStatus } from '../store/contract-status.ts';
import type { GetDocumentResponse } from './response-schemas.ts';
import { cite, headingAt } from './citations.ts';
import {
  currentTermPhrase,
  deadlinePhrase,
  noticePhrase,
  renewalPhrase,
  statusPhrase,
} from './term-phrases.ts';

type Facts = GetDocumentResponse['facts'];

interface CitableText {
  text: string;
  pages: Page[];
  sections: Section[];
}

/**
 * Each fact of a document with the verbatim text that proves it, and the names of the facts not found, or not
 * read.
 * Facts that depend on a date are computed for `today`, `YYYY-MM-DD`.
 */
export function collectFacts(
  document: StoredDocument,
  stored: CitableText,
  today: string,
): Pick<GetDocumentResponse, 'facts' | 'not_found' | 'not_read'> {
  const { analysis } = document;
  const citations = (spans: Span[]) =>
    spans.map((span) =>
      cite(stored.text, stored.pages, span, headingAt(stored.sections, span.start)),
    );
  const facts: Facts = [];
  const not_found: string[] = [];

  const addStated = (
    fact: string,
    found: (Omit<StatedFact, 'value'> & { value?: string }) | undefined,
    explanation?: string,
  ) => {
    if (!found) {
      not_found.push(fact);
      return;
    }
    const { value } = found;
    facts.push({
      fact,
      ...(value === undefined ? {} : { value }),
      ...(explanation === undefined ? {} : { explanation }),
      citations: citations(found.evidence),
    });
  };
  const addDated = (fact: string, found: ContractDate | undefined) => {
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

  const typeEvidence = analysis.documentTypeEvidence;
  if (typeEvidence.length > 0) {
    facts.push({
      fact: 'document_type',
      value: analysis.documentType,
      citations: citations(typeEvidence),
    });
  }
  for (const party of analysis.parties) {
    const value = party.role === undefined ? party.name : `${party.name} (${party.role})`;
    facts.push({ fact: 'party', value, citations: citations(party.evidence) });
  }
  if (analysis.parties.length === 0) not_found.push('parties');
  addDated('agreement_date', analysis.agreementDate);
  addDated('effective_date', analysis.effectiveDate);
  addDated('expiration_date', analysis.expirationDate);
  if (analysis.initialTerm)
    addStated('initial_term', analysis.initialTerm, analysis.initialTerm.explanation);
  if (analysis.startDate) addDated('start_date', analysis.startDate);
  const { expirationDate: expiration, renewalTerm: renewal, noticePeriod: notice } = analysis;
  addStated('renewal_term', renewal, renewal && renewalPhrase(renewal));
  addStated('notice_period', notice, notice && noticePhrase(notice));
  const term = currentTermOf(analysis, today);
  const evidence = [expiration, renewal].flatMap((fact) => fact?.evidence ?? []);
  if (term) {
    const explanation = currentTermPhrase(analysis, term);
    addDated('current_term_end', { value: term.end, basis: 'computed', explanation, evidence });
  }
  const deadline = noticeDeadlineOf(analysis, today);
  addDated(
    'notice_deadline',
    deadline === undefined
      ? undefined
      : {
          value: deadline.deadline,
          basis: 'computed',
          explanation: deadlinePhrase(analysis, deadline, today),
          evidence: [...notice!.evidence, ...evidence],
        },
  );
  addStated('governing_law', analysis.governingLaw);
  facts.push({
    fact: 'status',
    value: contractStatus(analysis, today),
    explanation: statusPhrase(analysis, today),
    citations: citations(evidence),
  });
  const { execution, signed } = analysis;
  if (execution) {
    const { value, evidence: places } = execution;
    facts.push({ fact: 'execution', value, citations: citations(places) });
  }
  facts.push({ fact: 'signed', value: signed.value, citations: citations(signed.evidence) });
  // what was not found may stand on what was not read
  if (not_found.length > 0 && isReadInPart(analysis.reading)) {
    return { facts, not_found: [], not_read: not_found };
  }
  return { facts, not_found };
}

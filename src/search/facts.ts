import type { ContractDate, Page, Section, Span, StatedFact } from '../documents.ts';
import { presentTermOf } from '../store/present-term.ts';
import type { StoredDocument } from '../store/records.ts';
import { contractStatus } from '../store/status.ts';
import type { GetDocumentAnswer } from './answers.ts';
import { cite, headingAt } from './citations.ts';
import {
  currentTermWords,
  deadlineWords,
  noticeWords,
  renewalWords,
  statusWords,
} from './term-words.ts';

type Facts = GetDocumentAnswer['facts'];

interface StoredText {
  text: string;
  pages: Page[];
  sections: Section[];
}

/**
 * Each fact of a document with the verbatim text it rests on, and the names of those not found; those
 * that depend on a day as they are on `today`.
 */
export function factsOf(
  document: StoredDocument,
  stored: StoredText,
  today: string,
): { facts: Facts; not_found: string[] } {
  const { analysis } = document;
  const citations = (spans: Span[]) =>
    spans.map((span) =>
      cite(stored.text, stored.pages, span, headingAt(stored.sections, span.start)),
    );
  const facts: Facts = [];
  const not_found: string[] = [];

  const stated = (
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
  const { expirationDate: expiration, renewalTerm: renewal, noticePeriod: notice } = analysis;
  stated('renewal_term', renewal, renewal && renewalWords(renewal));
  stated('notice_period', notice, notice && noticeWords(notice));
  const term = presentTermOf(analysis, today);
  const evidence = [expiration, renewal].flatMap((fact) => fact?.evidence ?? []);
  if (term) {
    const explanation = currentTermWords(analysis, term);
    dated('current_term_end', { value: term.end, basis: 'computed', explanation, evidence });
  }
  dated(
    'notice_deadline',
    term?.noticeDeadline === undefined
      ? undefined
      : {
          value: term.noticeDeadline,
          basis: 'computed',
          explanation: deadlineWords(analysis, term, today),
          evidence: [...notice!.evidence, ...evidence],
        },
  );
  stated('governing_law', analysis.governingLaw);
  facts.push({
    fact: 'status',
    value: contractStatus(analysis, today),
    explanation: statusWords(analysis, today),
    citations: citations(evidence),
  });
  const { signed } = analysis;
  facts.push({ fact: 'signed', value: signed.value, citations: citations(signed.evidence) });
  return { facts, not_found };
}

import type { Analysis, Evidence, Span, Structure } from '../domain/documents.ts';
import { foldCharacters, type FoldedText } from './fold-characters.ts';

/** A structure in the offsets of the folded text. */
export function foldStructure(structure: Structure, { toFolded }: FoldedText): Structure {
  const fold = <T extends Span>(span: T): T => ({
    ...span,
    start: toFolded(span.start),
    end: toFolded(span.end),
  });
  return {
    headersAndFooters: structure.headersAndFooters.map(fold),
    sections: structure.sections.map((section) => ({
      ...fold(section),
      path: section.path.map((heading) => foldCharacters(heading).text),
    })),
    sentences: structure.sentences.map(fold),
    passages: structure.passages.map(fold),
  };
}

/** An analysis of the folded text in the offsets of the stored one. */
export function toStoredAnalysis(analysis: Analysis, { toStored }: FoldedText): Analysis {
  const store = <T extends Evidence>(fact: T): T => ({
    ...fact,
    evidence: fact.evidence.map(toStored),
  });
  const { agreementDate, effectiveDate, expirationDate } = analysis;
  const { renewalTerm, noticePeriod, governingLaw } = analysis;
  return {
    ...analysis,
    documentTypeEvidence: analysis.documentTypeEvidence.map(toStored),
    parties: analysis.parties.map(store),
    ...(agreementDate && { agreementDate: store(agreementDate) }),
    ...(effectiveDate && { effectiveDate: store(effectiveDate) }),
    ...(expirationDate && { expirationDate: store(expirationDate) }),
    ...(renewalTerm && { renewalTerm: store(renewalTerm) }),
    ...(noticePeriod && { noticePeriod: store(noticePeriod) }),
    ...(governingLaw && { governingLaw: store(governingLaw) }),
    signed: store(analysis.signed),
    clauses: analysis.clauses.map((clause) => ({ ...clause, ...toStored(clause) })),
  };
}

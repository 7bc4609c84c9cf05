import { detectClauseTypes } from '../analyse/query-clause-types.ts';
import type { Clause, Span } from '../domain/documents.ts';
import type { PassageHit, PassageLocation } from '../store/records.ts';
import type { SearchContext } from './context.ts';

/** Clause types that a question is taken to ask for, the likeliest first. */
const maxClauseTypes = 2;
/** Clauses that are less probable than this add nothing. */
const minClauseConfidence = 0.02;

/** A passage with clauses of the types that a question asks for. */
export interface ClauseHit extends PassageHit {
  clauses: (Span & { confidence: number })[];
}

/**
 * Passages that overlap a clause of a type the question asks for, each with the confidence of its most
 * probable such clause. Nothing where the question asks for no type of clause.
 * @param documentIds the documents to look in
 * @param candidates passages of other documents, which are looked at alone there
 */
export async function retrieveClauses(
  { scopedIndex }: Pick<SearchContext, 'scopedIndex'>,
  question: string,
  documentIds: string[],
  candidates: PassageLocation[] = [],
): Promise<ClauseHit[]> {
  const types = detectClauseTypes(question).slice(0, maxClauseTypes);
  if (types.length === 0) return [];
  const others = candidates.map(({ documentId }) => documentId);
  const found = await scopedIndex.clauses([...new Set([...documentIds, ...others])], {
    types,
    minConfidence: minClauseConfidence,
  });
  const hits = new Map<number, ClauseHit>();
  const add = (passage: PassageLocation, clause: Clause) => {
    const { documentId, passageId, revision, ordinal, start, end } = passage;
    const known = hits.get(passageId);
    const score = Math.max(clause.confidence, known?.score ?? 0);
    const inPassage = [...(known?.clauses ?? []), clause];
    hits.set(passageId, {
      documentId,
      passageId,
      revision,
      ordinal,
      start,
      end,
      score,
      clauses: inPassage,
    });
  };
  const clauses = documentIds.flatMap((documentId) =>
    (found.get(documentId) ?? []).map((clause) => ({ documentId, ...clause })),
  );
  const overlapping = await scopedIndex.passages(clauses);
  clauses.forEach((clause, at) => {
    for (const passage of overlapping[at]!) add(passage, clause);
  });
  for (const passage of candidates) {
    for (const clause of found.get(passage.documentId) ?? []) {
      if (clause.start < passage.end && clause.end > passage.start) add(passage, clause);
    }
  }
  return [...hits.values()];
}

import { detectClauseTypes } from '../analyse/query-clause-types.ts';
import type { Span } from '../domain/documents.ts';
import type { PassageHit } from '../store/records.ts';
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
 */
export async function retrieveClauses(
  { scopedIndex }: Pick<SearchContext, 'scopedIndex'>,
  question: string,
  documentIds: string[],
): Promise<ClauseHit[]> {
  const types = detectClauseTypes(question).slice(0, maxClauseTypes);
  if (types.length === 0) return [];
  const found = await scopedIndex.clauses(documentIds, {
    types,
    minConfidence: minClauseConfidence,
  });
  const clauses = [...found].flatMap(([documentId, ofDocument]) =>
    ofDocument.map((clause) => ({ documentId, ...clause })),
  );
  const overlapping = await scopedIndex.passages(clauses);
  const hits = new Map<number, ClauseHit>();
  clauses.forEach(({ confidence, start, end }, at) => {
    for (const { path: _, ...location } of overlapping[at]!) {
      const known = hits.get(location.passageId);
      hits.set(location.passageId, {
        ...location,
        score: Math.max(confidence, known?.score ?? 0),
        clauses: [...(known?.clauses ?? []), { start, end, confidence }],
      });
    }
  });
  return [...hits.values()];
}

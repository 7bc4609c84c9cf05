import { minConfidence } from '../analyse/clause-model/clause-model.ts';
import type { Clause } from '../domain/documents.ts';
import { clauseProbability } from '../store/clause-probability.ts';
import type { StoredDocument } from '../store/records.ts';
import type { ClauseAbsence } from './response-schemas.ts';
import { cite, headingAt } from './citations.ts';
import type { SearchContext } from './context.ts';

/**
 * A contract has a clause of a type when the probability of one, over all of its passages, is at least
 * this; else it lacks it. `has_clauses` and `lacks_clauses` use the same threshold, so each contract
 * meets one of the two. `absencesOf` gives the confidence of an absence.
 */
export const clauseThreshold = 0.5;

function likeliest(clauses: Clause[]): Clause | undefined {
  return clauses.reduce<Clause | undefined>(
    (best, clause) => (best && best.confidence >= clause.confidence ? best : clause),
    undefined,
  );
}

/**
 * The confidence, 0 to 1, that a document has no clause of each type: 1 minus the probability that any
 * of its passages is one. The most probable passage is quoted. Passages below the confidence at which the
 * index stores them may exist, so the result is never above 1 minus that. `undefined` when the document
 * was replaced or removed meanwhile.
 */
export async function absencesOf(
  { scopedIndex }: Pick<SearchContext, 'scopedIndex'>,
  { documentId, revision }: StoredDocument,
  types: string[],
): Promise<ClauseAbsence[] | undefined> {
  const clauses = (await scopedIndex.clauses([documentId], { types, minConfidence: 0 })).get(
    documentId,
  );
  const best = types.map((type) => {
    const ofType = (clauses ?? []).filter((clause) => clause.type === type);
    const presence = clauseProbability(ofType.map(({ confidence }) => confidence));
    return { type, presence, clause: likeliest(ofType) };
  });
  const stored = await scopedIndex.text(documentId);
  if (!clauses || stored?.revision !== revision) return undefined;
  return best.map(({ type, presence, clause }) => ({
    clause_type: type,
    confidence: Number((1 - Math.max(presence, minConfidence)).toFixed(4)),
    ...(clause && {
      nearest: cite(stored.text, stored.pages, clause, headingAt(stored.sections, clause.start)),
    }),
  }));
}

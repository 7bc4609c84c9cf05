import { minConfidence } from '../analyse/clause-model/clause-model.ts';
import type { Clause } from '../domain/documents.ts';
import { clauseProbability } from '../store/clause-probability.ts';
import type { StoredDocument } from '../store/records.ts';
import type { ClauseAbsence } from './response-schemas.ts';
import { cite, headingAt } from './citations.ts';
import type { SearchContext } from './context.ts';

/**
 * When a contract has a clause of a type: when it is as likely as this that it has one, by all of its
 * passages together. In `has_clauses`, `lacks_clauses` and everything that is said about them. A
 * contract has it or lacks it, so the two lists part the contracts; how sure a lack is, `absencesOf`
 * says.
 */
export const clauseThreshold = 0.5;

function likeliest(clauses: Clause[]): Clause | undefined {
  return clauses.reduce<Clause | undefined>(
    (best, clause) => (best && best.confidence >= clause.confidence ? best : clause),
    undefined,
  );
}

/**
 * How sure it is that a document has no clause of each type: 1 less the probability that any of its
 * passages is one. The passage that comes nearest is quoted. Where none was kept, the confidence is
 * the least that this shows. `undefined` when the document was replaced or removed meanwhile.
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

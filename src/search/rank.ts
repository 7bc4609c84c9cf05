import type { DocumentFilter, PassageHit } from '../store/records.ts';
import { retrieveClauses } from './clause-retriever.ts';
import type { SearchContext } from './context.ts';
import { retrieveDense } from './dense-retriever.ts';
import { fuseHits, fusionWeights } from './fusion.ts';
import { retrieveLexical } from './lexical-retriever.ts';
import { interpretQuery } from './query-understanding.ts';

/** Passages taken from the lexical and from the dense retriever. */
const topK = 100;
/** Documents in which clauses are looked up, beside those that the query names. */
const maxClauseDocuments = 20;

/** The documents that the query names, then those of the best hits. */
function clauseDocumentIds(targetIds: string[], hits: PassageHit[]): string[] {
  const documentIds = new Set(targetIds);
  for (const { documentId } of hits) {
    if (documentIds.size >= targetIds.length + maxClauseDocuments) break;
    documentIds.add(documentId);
  }
  return [...documentIds];
}

/**
 * Passages that answer a query, the best first: those of the documents that it names, or of all that pass
 * the filter where it names none, by full text, vectors and clause types.
 */
export async function rankPassages(
  context: Pick<SearchContext, 'scopedIndex' | 'embedder'>,
  query: string,
  filter: DocumentFilter,
  weights = fusionWeights,
): Promise<PassageHit[]> {
  const { targetDocuments, question, terms } = await interpretQuery(context, query, filter);
  const targetIds = targetDocuments.map(({ documentId }) => documentId);
  const scope = targetIds.length > 0 ? { ...filter, documentIds: targetIds } : filter;
  const [lexical, dense] = await Promise.all([
    retrieveLexical(context, terms, scope, topK),
    retrieveDense(context, question, scope, topK),
  ]);
  const clause = await retrieveClauses(
    context,
    question,
    clauseDocumentIds(targetIds, [...lexical, ...dense]),
  );
  const documentWeights = new Map(
    targetDocuments.map(({ documentId, weight }) => [documentId, weight]),
  );
  return fuseHits({ lexical, dense, clause }, documentWeights, weights);
}

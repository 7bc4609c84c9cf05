import type { DocumentFilter, PassageHit } from '../store/records.ts';
import type { SearchContext } from './context.ts';

/**
 * Passages whose vectors are nearest to that of the question, by cosine similarity, the nearest first.
 * Throws `model_mismatch` when the index holds the vectors of another model.
 */
export async function retrieveDense(
  { scopedIndex, embedder }: Pick<SearchContext, 'scopedIndex' | 'embedder'>,
  question: string,
  filter: DocumentFilter,
  limit: number,
): Promise<PassageHit[]> {
  const vector = await embedder.embedQuery(question);
  return scopedIndex.searchVectors(vector, embedder.identity, filter, limit);
}

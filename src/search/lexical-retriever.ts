import type { DocumentFilter, TextHit } from '../store/records.ts';
import type { SearchContext } from './context.ts';

/**
 * Passages that contain any of the terms, by BM25, the best first.
 * @param terms words as `queryTerms` gives them; the index stems them
 * @param related words that contracts use for them
 */
export function retrieveLexical(
  { scopedIndex }: Pick<SearchContext, 'scopedIndex'>,
  terms: string[],
  filter: DocumentFilter,
  limit: number,
  related: string[] = [],
): Promise<TextHit[]> {
  return scopedIndex.searchText(terms, filter, limit, related);
}

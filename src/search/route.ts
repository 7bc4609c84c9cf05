import type { DocumentFilter, StoredDocument } from '../store/store.ts';
import type { SearchServices } from './search.ts';
import { queryTerms, tokens } from './terms.ts';

/** How many documents a query that names some is narrowed to, at most. */
const focusSize = 5;
const consulted = 40;
/** A document is meant when it scores at least this share of what the best one scores. */
const nearBest = 0.75;
/** And the best one must stand out from the crowd of those consulted by this factor. */
const standsOut = 1.6;

export interface Route {
  /** Documents that the query names, the best first; empty when it names none. */
  focus: { documentId: string; weight: number }[];
  /** The query without the words that name these documents. */
  terms: string[];
  question: string;
}

function nameTokens(document: StoredDocument): Set<string> {
  const { title, parties } = document.analysis;
  return new Set(tokens([title, document.file.fileName, ...parties.map((p) => p.name)].join(' ')));
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/**
 * Which documents a query names ("the distribution agreement between X and Y"), by full text over
 * titles, parties, file names and first pages. It names some when the best score stands out from
 * the others and its names occur in the query; the rest of the query is then the question.
 */
export async function routeQuery(
  services: SearchServices,
  query: string,
  filter: DocumentFilter,
): Promise<Route> {
  const terms = queryTerms(query);
  const unrouted = { focus: [], terms, question: query };
  const hits = await services.store.searchDocuments(terms, filter, consulted);
  const best = hits[0]?.score ?? 0;
  const meant = hits.filter((hit) => hit.score >= best * nearBest);
  const crowd = median(hits.map((hit) => hit.score));
  if (best <= 0 || meant.length > focusSize) return unrouted;
  if (hits.length > focusSize && best < crowd * standsOut) return unrouted;

  const { documents } = await services.store.documents(
    { ...filter, documentIds: meant.map((hit) => hit.documentId) },
    { sort: 'title', limit: focusSize },
  );
  const names = new Map(documents.map((document) => [document.documentId, nameTokens(document)]));
  const named = meant.filter(
    (hit) => terms.filter((term) => names.get(hit.documentId)?.has(term)).length >= 2,
  );
  if (named.length === 0) return unrouted;
  const known = new Set(named.flatMap((hit) => [...(names.get(hit.documentId) ?? [])]));
  const rest = terms.filter((term) => !known.has(term));
  return {
    focus: named.map((hit) => ({ documentId: hit.documentId, weight: hit.score / best })),
    terms: rest.length > 0 ? rest : terms,
    question: withoutNames(query, known),
  };
}

/** The query less the words that only name the document; whole when little would be left. */
function withoutNames(query: string, known: Set<string>): string {
  const kept = query.split(/\s+/).filter((word) => {
    const parts = tokens(word);
    return parts.length === 0 || !parts.every((part) => known.has(part));
  });
  return queryTerms(kept.join(' ')).length > 0 ? kept.join(' ') : query;
}

import type { DocumentFilter, StoredDocument } from '../store/store.ts';
import { findMentions, withoutSpans } from './mentions.ts';
import type { SearchServices } from './search.ts';
import { queryTerms, tokens } from './terms.ts';

/** How many documents a query that names some is narrowed to, at most. */
const focusSize = 10;
const consulted = 40;
/** A document is meant when it scores at least this share of what the best one scores. */
const nearBest = 0.75;
/** And the best one must stand out from the crowd of those consulted by this factor. */
const standsOut = 1.6;

export interface Route {
  /** Documents that the query names, the best first; empty when it names none. */
  focus: { documentId: string; weight: number }[];
  /** What is asked of them: the query without the words that name them. */
  question: string;
  /** The words of the question to look up. */
  terms: string[];
}

/** Words that stand in the titles of contracts of any kind; one alone names no contract. */
const generic = new Set(
  'agreement contract amendment addendum exhibit schedule master mutual first second the this general'.split(
    ' ',
  ),
);

function namesOf(document: StoredDocument): string[] {
  const { title, parties } = document.analysis;
  const file = document.file.fileName.replace(/\.[a-z]{2,5}$/i, '');
  return [title, file, ...parties.map((party) => party.name)];
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
  const unrouted = { focus: [], question: query, terms };
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
  const names = new Map(documents.map((document) => [document.documentId, namesOf(document)]));
  const named = meant.filter(({ documentId }) => {
    const known = new Set(tokens((names.get(documentId) ?? []).join(' ')));
    return terms.filter((term) => known.has(term)).length >= 2;
  });
  if (named.length === 0) return unrouted;

  const mentions = findMentions(
    query,
    named.flatMap(({ documentId }) => names.get(documentId) ?? []),
    (token) => !generic.has(token) && terms.includes(token),
  );
  const rest = withoutSpans(query, mentions);
  const question = tokens(rest).length > 0 ? rest : query;
  return {
    focus: named.map(({ documentId, score }) => ({ documentId, weight: score / best })),
    question,
    terms: queryTerms(question),
  };
}

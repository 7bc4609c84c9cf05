import { typeOfTitle } from '../analyse/document-type.ts';
import type { DocumentFilter, StoredDocument } from '../store/records.ts';
import { findMentions, questionWithout } from './mentions.ts';
import type { SearchServices } from './search.ts';
import { queryTerms, tokens } from './terms.ts';

/** Documents looked at, by full text over their names and first pages. */
const consulted = 40;
/** A query that names more documents than this names none in particular. */
const focusSize = 20;
/** A document is meant when its names score at least this share of what the best one's score. */
const nearBest = 0.6;
/** For a query without capitals: how far the best document must stand out from the crowd. */
const standsOut = 1.6;
/** By how much the words of one document's first page must lead to mean it without its names. */
const leads = 1.25;
/** What being of the type that the query speaks of adds, as a factor. */
const sameType = 1.3;

export interface Route {
  /** Documents that the query names, the best first; empty when it names none. */
  focus: { documentId: string; weight: number }[];
  /** What is asked of them: the query without the words that name them. */
  question: string;
  /** The words of the question to look up. */
  terms: string[];
}

/** Words that stand in the names of contracts of any kind; one alone names no contract. */
const generic = new Set(
  (
    'agreement agreements contract contracts amendment addendum exhibit schedule master mutual general no number ' +
    'first second services service company companies group party parties inc llc ltd corp'
  ).split(' '),
);

function namesOf(document: StoredDocument): string[] {
  const { title, parties } = document.analysis;
  const file = document.file.fileName.replace(/\.[a-z]{2,5}$/i, '');
  return [title, file, ...parties.map((party) => party.name)];
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Words that a writer capitalised where a sentence does not ask for it: names, mostly. */
export function capitalized(query: string): Set<string> {
  const inside = [...query.matchAll(/(?<=(?:[^\s.?!:;]|\b\p{L}{1,3}\.)\s+)\p{Lu}[\p{L}\p{N}]*/gu)];
  return new Set(inside.flatMap((match) => tokens(match[0])));
}

/**
 * Which documents a query names ("the distribution agreement between X and Y", "X's lease"), by
 * titles, parties and file names. Each of its words counts by how few documents bear it (inverse
 * document frequency among those consulted); one that names a document is a name by its capital
 * letter, by standing beside another word of that name, or where the query has no capitals, when
 * the document stands out. The rest of the query is then the question.
 */
export async function routeQuery(
  services: SearchServices,
  query: string,
  filter: DocumentFilter,
): Promise<Route> {
  const terms = queryTerms(query);
  const unrouted = { focus: [], question: query, terms };
  const hits = await services.library.searchDocuments(terms, filter, consulted);
  if (hits.length === 0) return unrouted;
  const { documents } = await services.library.documents(
    { ...filter, documentIds: hits.map((hit) => hit.documentId) },
    { sort: 'title', limit: consulted },
  );
  const bearing = new Map<string, number>();
  const known = documents.map((document) => {
    const names = namesOf(document);
    const words = new Set(tokens(names.join(' ')));
    const matched = terms.filter((term) => words.has(term));
    for (const term of matched) bearing.set(term, (bearing.get(term) ?? 0) + 1);
    return { document, names, matched };
  });

  const lead = hits[0]!.score / (hits[1]?.score ?? 0);
  const outstanding = lead > leads && hits.length > 1 ? hits[0]!.documentId : undefined;
  const capitals = capitalized(query);
  const plain =
    capitals.size === 0 && hits[0]!.score > median(hits.map((h) => h.score)) * standsOut;
  const isName = (term: string) =>
    !generic.has(term) && (bearing.get(term) ?? 0) <= focusSize && (capitals.has(term) || plain);
  const type = typeOfTitle(query);
  const idf = (term: string) => Math.log(1 + documents.length / bearing.get(term)!);
  const byNames = ({ document, matched }: (typeof known)[number]) => {
    const ofType = type !== undefined && document.analysis.documentType === type;
    return matched.reduce((sum, term) => sum + idf(term), 0) * (ofType ? sameType : 1);
  };
  const mostByNames = Math.max(...known.map(byNames)) || 1;
  const byWords = new Map(hits.map((hit) => [hit.documentId, hit.score / hits[0]!.score]));
  const scored = known
    .filter(
      ({ document, matched, names }) =>
        document.documentId === outstanding ||
        matched.some(isName) ||
        findMentions(query, names, () => false).some(isTelling),
    )
    .map((one) => ({
      documentId: one.document.documentId,
      names: one.names,
      score: byNames(one) / mostByNames + (byWords.get(one.document.documentId) ?? 0),
    }))
    .sort((a, b) => b.score - a.score);
  const best = scored[0]?.score ?? 0;
  const meant = scored.filter(({ score }) => score >= best * nearBest);
  if (meant.length === 0 || meant.length > focusSize) return unrouted;

  const mentions = findMentions(
    query,
    meant.flatMap((document) => document.names),
    isName,
  );
  const question = questionWithout(query, mentions);
  return {
    focus: meant.map(({ documentId, score }) => ({ documentId, weight: (score / best) ** 2 })),
    question,
    terms: queryTerms(question),
  };

  /** Whether words that stand together in a name are more than "services agreement". */
  function isTelling(span: { start: number; end: number }): boolean {
    const run = tokens(query.slice(span.start, span.end));
    const telling = run.filter((term) => !generic.has(term) && terms.includes(term));
    return telling.length >= 2 && telling.some((term) => (bearing.get(term) ?? 0) <= focusSize);
  }
}

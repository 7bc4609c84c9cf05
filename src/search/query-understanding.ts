import { classifyTitle } from '../analyse/document-type.ts';
import type { DocumentFilter, StoredDocument } from '../store/records.ts';
import { findNameMentions, removeNames } from './name-mentions.ts';
import type { SearchContext } from './context.ts';
import { queryTerms, tokenize } from './query-tokens.ts';

/** Documents looked at, by full text over their names and first pages. */
const maxCandidateDocuments = 40;
/** A query that names more documents than this names none in particular. */
const maxTargetDocuments = 20;
/** A document is meant when its names score at least this share of what the best one's score. */
const minRelativeScore = 0.6;
/** For a query without capitals: how far the best document must stand out from the crowd. */
const minOutlierRatio = 1.6;
/** By how much the words of one document's first page must lead to mean it without its names. */
const minLeadRatio = 1.25;
/** What being of the type that the query speaks of adds, as a factor. */
const typeMatchBoost = 1.3;

export interface QueryInterpretation {
  /** Documents that the query names, the best first; empty when it names none. */
  targetDocuments: { documentId: string; weight: number }[];
  /** What is asked of them: the query without the words that name them. */
  question: string;
  /** The words of the question to look up. */
  terms: string[];
}

/** Words that stand in the names of contracts of any kind; one alone names no contract. */
const genericTerms = new Set(
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
export function capitalizedTokens(query: string): Set<string> {
  const matches = [...query.matchAll(/(?<=(?:[^\s.?!:;]|\b\p{L}{1,3}\.)\s+)\p{Lu}[\p{L}\p{N}]*/gu)];
  return new Set(matches.flatMap((match) => tokenize(match[0])));
}

/**
 * Which documents a query names ("the distribution agreement between X and Y", "X's lease"), by
 * titles, parties and file names. Each of its words counts by how few documents bear it (inverse
 * document frequency among those consulted); one that names a document is a name by its capital
 * letter, by standing beside another word of that name, or where the query has no capitals, when
 * the document stands out. The rest of the query is then the question.
 */
export async function interpretQuery(
  context: SearchContext,
  query: string,
  filter: DocumentFilter,
): Promise<QueryInterpretation> {
  const terms = queryTerms(query);
  const withoutTargets = { targetDocuments: [], question: query, terms };
  const hits = await context.scopedIndex.searchDocuments(terms, filter, maxCandidateDocuments);
  if (hits.length === 0) return withoutTargets;
  const { documents } = await context.scopedIndex.documents(
    { ...filter, documentIds: hits.map((hit) => hit.documentId) },
    { sort: 'title', limit: maxCandidateDocuments },
  );
  const documentFrequency = new Map<string, number>();
  const candidates = documents.map((document) => {
    const names = namesOf(document);
    const words = new Set(tokenize(names.join(' ')));
    const matched = terms.filter((term) => words.has(term));
    for (const term of matched) documentFrequency.set(term, (documentFrequency.get(term) ?? 0) + 1);
    return { document, names, matched };
  });

  const leadRatio = hits[0]!.score / (hits[1]?.score ?? 0);
  const leadDocumentId =
    leadRatio > minLeadRatio && hits.length > 1 ? hits[0]!.documentId : undefined;
  const capitalizedTerms = capitalizedTokens(query);
  const isOutlier =
    capitalizedTerms.size === 0 &&
    hits[0]!.score > median(hits.map((h) => h.score)) * minOutlierRatio;
  const isName = (term: string) =>
    !genericTerms.has(term) &&
    (documentFrequency.get(term) ?? 0) <= maxTargetDocuments &&
    (capitalizedTerms.has(term) || isOutlier);
  const type = classifyTitle(query);
  const idf = (term: string) => Math.log(1 + documents.length / documentFrequency.get(term)!);
  const nameScore = ({ document, matched }: (typeof candidates)[number]) => {
    const hasSameType = type !== undefined && document.analysis.documentType === type;
    return matched.reduce((sum, term) => sum + idf(term), 0) * (hasSameType ? typeMatchBoost : 1);
  };
  const maxNameScore = Math.max(...candidates.map(nameScore)) || 1;
  const textScores = new Map(hits.map((hit) => [hit.documentId, hit.score / hits[0]!.score]));
  const scored = candidates
    .filter(
      ({ document, matched, names }) =>
        document.documentId === leadDocumentId ||
        matched.some(isName) ||
        findNameMentions(query, names, () => false).some(isDistinctive),
    )
    .map((one) => ({
      documentId: one.document.documentId,
      names: one.names,
      score: nameScore(one) / maxNameScore + (textScores.get(one.document.documentId) ?? 0),
    }))
    .sort((a, b) => b.score - a.score);
  const best = scored[0]?.score ?? 0;
  const matchedDocuments = scored.filter(({ score }) => score >= best * minRelativeScore);
  if (matchedDocuments.length === 0 || matchedDocuments.length > maxTargetDocuments)
    return withoutTargets;

  const mentions = findNameMentions(
    query,
    matchedDocuments.flatMap((document) => document.names),
    isName,
  );
  const question = removeNames(query, mentions);
  return {
    targetDocuments: matchedDocuments.map(({ documentId, score }) => ({
      documentId,
      weight: (score / best) ** 2,
    })),
    question,
    terms: queryTerms(question),
  };

  /** Whether words that stand together in a name are more than "services agreement". */
  function isDistinctive(span: { start: number; end: number }): boolean {
    const spanTokens = tokenize(query.slice(span.start, span.end));
    const distinctive = spanTokens.filter(
      (term) => !genericTerms.has(term) && terms.includes(term),
    );
    return (
      distinctive.length >= 2 &&
      distinctive.some((term) => (documentFrequency.get(term) ?? 0) <= maxTargetDocuments)
    );
  }
}

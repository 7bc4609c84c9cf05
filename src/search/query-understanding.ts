import { classifyTitle } from '../analyse/document-type.ts';
import type { Span } from '../domain/documents.ts';
import type { DocumentFilter, DocumentNames, DocumentTextHit } from '../store/records.ts';
import type { SearchContext } from './context.ts';
import { commonWords } from '../domain/common-words.ts';
import { findNameMentions, removeNames } from './name-mentions.ts';
import { queryTerms, tokenize } from './query-tokens.ts';

/** Documents considered, by full text over their names and first pages. */
const maxCandidateDocuments = 40;
/** A query that matches the names of more documents than this names none in particular. */
const maxTargetDocuments = 20;
/** A document is a target when it scores at least this share of what the best one scores. */
const minRelativeScore = 0.6;
/** For a query without capitals: the least ratio of the best full-text score to the median one. */
const minOutlierRatio = 1.6;
/** The least ratio of the best full-text score to the second that makes a target without its names. */
const minLeadRatio = 1.25;
/** The least coverage of the query by such a document. */
const minLeadCoverage = 0.5;
/** Factor on the score of a document of the type that the query speaks of. */
const typeMatchBoost = 1.3;

export interface QueryInterpretation {
  /** Documents that the query names, the best first, weights from 1 down; empty when it names none. */
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

/** A document that the query may name. */
interface Candidate {
  documentId: string;
  documentType: string;
  /** Its title, file name and parties. */
  names: string[];
  /** The terms of the query that stand in its names. */
  matchedTerms: string[];
}

interface Target {
  documentId: string;
  names: string[];
  score: number;
}

function toCandidate(document: DocumentNames, terms: string[]): Candidate {
  const { documentId, documentType, title, parties } = document;
  const fileName = document.fileName.replace(/\.[a-z]{2,5}$/i, '');
  const names = [title, fileName, ...parties.map((party) => party.name)];
  const words = new Set(tokenize(names.join(' ')));
  return { documentId, documentType, names, matchedTerms: terms.filter((term) => words.has(term)) };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** Words that are written small in a heading. */
const headingWord = /^(?:an?|and|as|at|by|for|from|in|not|of|on|or|the|to|with)$/;

/** Words with a capital that no sentence begins with: names, mostly. None in a heading like "Cap on Liability". */
export function capitalizedTokens(query: string): Set<string> {
  const small = query.match(/(?<![\p{L}\p{N}])\p{Ll}[\p{L}\p{N}]*/gu) ?? [];
  if (small.every((word) => headingWord.test(word))) return new Set();
  const matches = [...query.matchAll(/(?<=(?:[^\s.?!:;]|\b\p{L}{1,3}\.)\s+)\p{Lu}[\p{L}\p{N}]*/gu)];
  return new Set(matches.flatMap((match) => tokenize(match[0])));
}

/** How much the words of a query say about which of the candidates it names. */
class NameTerms {
  readonly #documentFrequency = new Map<string, number>();
  readonly #candidateCount: number;
  readonly #capitalized: Set<string>;
  readonly #hasOutlier: boolean;

  constructor(query: string, hits: DocumentTextHit[], candidates: Candidate[]) {
    this.#candidateCount = candidates.length;
    for (const term of candidates.flatMap(({ matchedTerms }) => matchedTerms)) {
      this.#documentFrequency.set(term, (this.#documentFrequency.get(term) ?? 0) + 1);
    }
    this.#capitalized = capitalizedTokens(query);
    this.#hasOutlier = hits[0]!.score > median(hits.map(({ score }) => score)) * minOutlierRatio;
  }

  /** Inverse document frequency among the candidates, of a term that some of them match. */
  idf(term: string): number {
    return Math.log(1 + this.#candidateCount / this.#documentFrequency.get(term)!);
  }

  /**
   * Whether one word alone names a document: it is written with a capital or, in a query without
   * capitals, one document scores far above the median.
   */
  isName(term: string): boolean {
    return (
      this.#isSpecific(term) &&
      (this.#capitalized.size === 0 ? this.#hasOutlier : this.#capitalized.has(term))
    );
  }

  /** Whether words that stand together in a name are more than "services agreement". */
  isDistinctive(words: string[]): boolean {
    const distinctive = words.filter((word) => !genericTerms.has(word));
    return distinctive.length >= 2 && distinctive.some((word) => this.#isSpecific(word));
  }

  /** Words of which contracts are made ("liability") are names only with a capital in a sentence. */
  mayName(term: string): boolean {
    return !genericTerms.has(term) && (!commonWords.has(term) || this.#capitalized.has(term));
  }

  #isSpecific(term: string): boolean {
    return this.mayName(term) && this.#isRare(term);
  }

  #isRare(term: string): boolean {
    return (this.#documentFrequency.get(term) ?? 0) <= maxTargetDocuments;
  }
}

/**
 * The document whose names and first page match the query far better than all others do, and have most of its
 * words, by their rarity.
 */
function leadDocument(hits: DocumentTextHit[]): string | undefined {
  const [first, second] = hits;
  return first &&
    second &&
    first.score / second.score > minLeadRatio &&
    first.coverage >= minLeadCoverage
    ? first.documentId
    : undefined;
}

/** The candidates that the query names, the best first; empty where they are too many to be meant. */
function selectTargets(
  query: string,
  hits: DocumentTextHit[],
  candidates: Candidate[],
  nameTerms: NameTerms,
): Target[] {
  const queryType = classifyTitle(query);
  const nameScore = ({ documentType, matchedTerms }: Candidate) =>
    matchedTerms.reduce((sum, term) => sum + nameTerms.idf(term), 0) *
    (queryType !== undefined && documentType === queryType ? typeMatchBoost : 1);
  const maxNameScore = Math.max(...candidates.map(nameScore)) || 1;
  const textScores = new Map(hits.map((hit) => [hit.documentId, hit.score / hits[0]!.score]));
  const terms = queryTerms(query);
  const isDistinctive = ({ start, end }: Span) =>
    nameTerms.isDistinctive(
      tokenize(query.slice(start, end)).filter((token) => terms.includes(token)),
    );
  const lead = terms.some((term) => nameTerms.mayName(term)) ? leadDocument(hits) : undefined;
  const named = candidates
    .filter(
      ({ documentId, matchedTerms, names }) =>
        documentId === lead ||
        matchedTerms.some((term) => nameTerms.isName(term)) ||
        findNameMentions(query, names, () => false).some(isDistinctive),
    )
    .map((candidate) => ({
      documentId: candidate.documentId,
      names: candidate.names,
      score: nameScore(candidate) / maxNameScore + (textScores.get(candidate.documentId) ?? 0),
    }))
    .sort((a, b) => b.score - a.score);
  const best = named[0]?.score ?? 0;
  const targets = named.filter(({ score }) => score >= best * minRelativeScore);
  return targets.length > maxTargetDocuments ? [] : targets;
}

/**
 * Which documents a query names ("the distribution agreement between X and Y", "X's lease"), by
 * titles, parties and file names, and what is asked of them. Each word counts by its inverse document
 * frequency among the candidates. A word names a document when it is capitalised, when it stands beside
 * another word of that name, or, in a query without capitals, when one document scores far above the median.
 */
export async function interpretQuery(
  { scopedIndex }: Pick<SearchContext, 'scopedIndex'>,
  query: string,
  filter: DocumentFilter,
): Promise<QueryInterpretation> {
  const terms = queryTerms(query);
  const withoutTargets = { targetDocuments: [], question: query, terms };
  const hits = await scopedIndex.searchDocuments(terms, filter, maxCandidateDocuments);
  if (hits.length === 0) return withoutTargets;
  const { documents } = await scopedIndex.documentNames(
    { ...filter, documentIds: hits.map((hit) => hit.documentId) },
    maxCandidateDocuments,
  );
  const candidates = documents.map((document) => toCandidate(document, terms));
  const nameTerms = new NameTerms(query, hits, candidates);
  const targets = selectTargets(query, hits, candidates, nameTerms);
  if (targets.length === 0) return withoutTargets;
  const mentions = findNameMentions(
    query,
    targets.flatMap(({ names }) => names),
    (token) => nameTerms.isName(token),
  );
  const question = removeNames(query, mentions);
  return {
    targetDocuments: targets.map(({ documentId, score }) => ({
      documentId,
      weight: (score / targets[0]!.score) ** 2,
    })),
    question,
    terms: withoutNames(queryTerms(question), targets, nameTerms),
  };
}

/** The terms that do not name the targets; all of them where nothing else is asked. */
function withoutNames(terms: string[], targets: Target[], nameTerms: NameTerms): string[] {
  const named = new Set(targets.flatMap(({ names }) => tokenize(names.join(' '))));
  const others = terms.filter((term) => !named.has(term) || !nameTerms.mayName(term));
  return others.length > 0 ? others : terms;
}

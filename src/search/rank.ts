import { foldText } from '../domain/fold-text.ts';
import type { DocumentFilter, PassageHit } from '../store/records.ts';
import { retrieveClauses } from './clause-retriever.ts';
import type { SearchContext } from './context.ts';
import { retrieveDense } from './dense-retriever.ts';
import {
  type Candidate,
  fuseHits,
  type RankedPassage,
  type RankingWeights,
  toCandidates,
} from './fusion.ts';
import { retrieveLexical } from './lexical-retriever.ts';
import { isLikelyAnswered } from './likely-answer.ts';
import { writtenWords } from './lay-words.ts';
import { queryPhrases } from './query-tokens.ts';
import { interpretQuery } from './query-understanding.ts';
import { rankingWeights } from './ranking-weights.ts';

/** Passages taken from the lexical and from the dense retriever. */
const topK = 100;
/** Documents in which all clauses are looked up, beside those that the query names. */
const maxClauseDocuments = 20;
/** Further documents, of whose clauses those in the passages count that were found already. */
const maxFurtherDocuments = 25;

/** The documents that the query names, then those of the best hits; and passages of further ones. */
function clauseScope(targetIds: string[], hits: PassageHit[]) {
  const found = new Set(targetIds);
  for (const { documentId } of hits) {
    if (found.size >= targetIds.length + maxClauseDocuments + maxFurtherDocuments) break;
    found.add(documentId);
  }
  const documentIds = [...found].slice(0, targetIds.length + maxClauseDocuments);
  const further = new Set([...found].slice(documentIds.length));
  const candidates = new Map(
    hits.filter((hit) => further.has(hit.documentId)).map((hit) => [hit.passageId, hit]),
  );
  return { documentIds, candidates: [...candidates.values()] };
}

/** What the retrievers find for a query, and the weights of the documents that it names. */
async function retrieve(
  context: Pick<SearchContext, 'scopedIndex' | 'embedder'>,
  query: string,
  filter: DocumentFilter,
) {
  const { targetDocuments, question, terms } = await interpretQuery(context, query, filter);
  const targetIds = targetDocuments.map(({ documentId }) => documentId);
  const scope = targetIds.length > 0 ? { ...filter, documentIds: targetIds } : filter;
  const written = writtenWords(foldText(question)).filter((word) => !terms.includes(word));
  const [lexical, dense] = await Promise.all([
    retrieveLexical(context, [...terms, ...queryPhrases(question)], scope, topK, written),
    retrieveDense(context, [question, ...written].join(' '), scope, topK),
  ]);
  const { documentIds, candidates } = clauseScope(targetIds, [...lexical, ...dense]);
  const clause = await retrieveClauses(context, question, documentIds, candidates);
  const documentWeights = new Map(
    targetDocuments.map(({ documentId, weight }) => [documentId, weight]),
  );
  return { question, terms, retrieved: { lexical, dense, clause }, documentWeights };
}

/** The answer to a query, before it is cited. */
export interface Ranking {
  /** What is asked: the query without the words that name documents. */
  question: string;
  /** The words of the question that were looked up. */
  terms: string[];
  /** Whether a passage is likely to answer; else they are merely the nearest. */
  isAnswered: boolean;
  /** Whether the query names documents. */
  namesDocuments: boolean;
  /** The best first. */
  passages: RankedPassage[];
}

/**
 * Passages that answer a query, the best first: those of the documents that it names, or of all that pass
 * the filter where it names none, by full text, vectors and clause types.
 */
export async function rankPassages(
  context: Pick<SearchContext, 'scopedIndex' | 'embedder'>,
  query: string,
  filter: DocumentFilter,
  weights: Readonly<RankingWeights> = rankingWeights,
): Promise<RankedPassage[]> {
  return (await rankQuery(context, query, filter, weights)).passages;
}

/** The same with what was asked. */
export async function rankQuery(
  context: Pick<SearchContext, 'scopedIndex' | 'embedder'>,
  query: string,
  filter: DocumentFilter,
  weights: Readonly<RankingWeights> = rankingWeights,
): Promise<Ranking> {
  const { question, terms, retrieved, documentWeights } = await retrieve(context, query, filter);
  const passages = fuseHits(retrieved, documentWeights, weights);
  const isAnswered = isLikelyAnswered(question, terms, retrieved);
  return { question, terms, isAnswered, namesDocuments: documentWeights.size > 0, passages };
}

/** The evidence for the passages among which `rankPassages` chooses; for learning its weights. */
export async function candidatePassages(
  context: Pick<SearchContext, 'scopedIndex' | 'embedder'>,
  query: string,
  filter: DocumentFilter,
): Promise<Candidate[]> {
  const { retrieved, documentWeights } = await retrieve(context, query, filter);
  return toCandidates(retrieved, documentWeights);
}

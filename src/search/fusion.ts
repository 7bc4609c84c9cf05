import type { PassageHit, PassageLocation, TextHit } from '../store/records.ts';
import type { ClauseHit } from './clause-retriever.ts';
import { rankingWeights } from './ranking-weights.ts';

/** What each retriever found for one query; a passage stands in a list once at most. */
export interface RetrievedPassages {
  /** BM25 scores, 0 or more. */
  lexical: readonly TextHit[];
  /** Cosine similarities, -1 to 1. */
  dense: readonly PassageHit[];
  /** Probabilities, 0 to 1, that the passage holds a clause of a type that the query asks for. */
  clause: readonly ClauseHit[];
}

/** The evidence for a passage, each 0 to 1. */
export interface PassageFeatures {
  /** Its BM25 score as a share of the largest one of the query. */
  lexical: number;
  /** Its similarity, scaled so that the least of the query is 0 and the largest 1, squared. */
  dense: number;
  /** The square root of the probability of its clause. */
  clause: number;
  /** The weight of its document, if the query names it. */
  document: number;
  /** Which of the rare words and phrases of the query it has; see `Coverage`. */
  exact: number;
}

export type RankingWeights = Record<keyof PassageFeatures, number>;

export interface Candidate extends PassageLocation {
  features: PassageFeatures;
}

/** A passage that answers a query. */
export interface RankedPassage extends PassageHit {
  features: PassageFeatures;
  /** The clauses in it that the query asks for. */
  clauses: ClauseHit['clauses'];
}

/**
 * The evidence for each passage that a retriever found.
 * @param documentWeights 0 to 1 for each document that the query names; 0 for all others
 */
export function toCandidates(
  { lexical, dense, clause }: RetrievedPassages,
  documentWeights: ReadonlyMap<string, number>,
): Candidate[] {
  const byId = new Map<number, Candidate>();
  const add = (hit: PassageLocation, evidence: Partial<PassageFeatures>) => {
    const { passageId, documentId, revision, ordinal, start, end } = hit;
    const known = byId.get(passageId)?.features;
    const document = documentWeights.get(documentId) ?? 0;
    const features = { lexical: 0, dense: 0, clause: 0, exact: 0, ...known, document, ...evidence };
    byId.set(passageId, { passageId, documentId, revision, ordinal, start, end, features });
  };
  const maxLexical = Math.max(...lexical.map(({ score }) => score), Number.MIN_VALUE);
  const maxDense = Math.max(...dense.map(({ score }) => score), 0);
  const minDense = Math.min(...dense.map(({ score }) => score), maxDense);
  const denseRange = maxDense - minDense || 1;
  for (const hit of lexical)
    add(hit, { lexical: hit.score / maxLexical, exact: hit.exactCoverage });
  for (const hit of dense) add(hit, { dense: ((hit.score - minDense) / denseRange) ** 2 });
  for (const hit of clause) add(hit, { clause: Math.sqrt(hit.score) });
  return [...byId.values()];
}

/**
 * One ranking from the hits of all retrievers: a weighted sum of the evidence (a convex combination, as Bruch,
 * Gai and Ingber 2023, arXiv 2210.11934, with features for clauses, documents and rare words).
 * @param documentWeights 0 to 1 for each document that the query names; 0 for all others
 * @returns every passage once, the highest score first, by passage id where scores are equal
 */
export function fuseHits(
  retrieved: RetrievedPassages,
  documentWeights: ReadonlyMap<string, number>,
  weights: Readonly<RankingWeights> = rankingWeights,
): RankedPassage[] {
  const clauses = new Map(retrieved.clause.map((hit) => [hit.passageId, hit.clauses]));
  return toCandidates(retrieved, documentWeights)
    .map(({ features, ...location }) => ({
      ...location,
      features,
      clauses: clauses.get(location.passageId) ?? [],
      score: (Object.keys(features) as (keyof PassageFeatures)[]).reduce(
        (sum, name) => sum + weights[name] * features[name],
        0,
      ),
    }))
    .sort((a, b) => b.score - a.score || a.passageId - b.passageId);
}

import type { PassageHit, PassageLocation } from '../store/records.ts';

/** What each retriever found for one query; a passage stands in a list once at most. */
export interface RetrievedPassages {
  /** BM25 scores, 0 or more. */
  lexical: readonly PassageHit[];
  /** Cosine similarities, -1 to 1. */
  dense: readonly PassageHit[];
  /** Probabilities, 0 to 1, that the passage holds a clause of a type that the query asks for. */
  clause: readonly PassageHit[];
}

/** What each kind of evidence adds to the score of a passage at most. */
export interface FusionWeights {
  lexical: number;
  dense: number;
  clause: number;
  /** For a passage of the document that the query names. */
  document: number;
}

/** Chosen on labelled contracts with `npm run bench:retrieval`. */
export const fusionWeights: Readonly<FusionWeights> = {
  lexical: 0.2,
  dense: 0.8,
  clause: 1,
  document: 1,
};

interface Candidate extends PassageLocation {
  lexical: number;
  /** Undefined where the dense retriever did not find it. */
  dense: number | undefined;
  clause: number;
}

/** The scores of all retrievers by passage. */
function mergeHits({ lexical, dense, clause }: RetrievedPassages): Candidate[] {
  const byId = new Map<number, Candidate>();
  const candidateFor = (hit: PassageHit): Candidate => {
    const { score: _, ...location } = hit;
    const candidate = byId.get(hit.passageId) ?? {
      ...location,
      lexical: 0,
      dense: undefined,
      clause: 0,
    };
    byId.set(hit.passageId, candidate);
    return candidate;
  };
  for (const hit of lexical) candidateFor(hit).lexical = hit.score;
  for (const hit of dense) candidateFor(hit).dense = hit.score;
  for (const hit of clause) candidateFor(hit).clause = hit.score;
  return [...byId.values()];
}

/**
 * One ranking from the hits of all retrievers: a weighted sum of scores (convex combination; Bruch,
 * Gai and Ingber 2023, arXiv 2210.11934). Lexical scores are divided by the largest one of the query.
 * Similarities are scaled so that the least one is 0 and the largest 1; a passage without one counts as the
 * least. Clause probabilities and document weights are taken as they are.
 * @param documentWeights 0 to 1 for each document that the query names; 0 for all others
 * @returns every passage once, the highest score first, by passage id where scores are equal
 */
export function fuseHits(
  retrieved: RetrievedPassages,
  documentWeights: ReadonlyMap<string, number>,
  weights: Readonly<FusionWeights> = fusionWeights,
): PassageHit[] {
  const candidates = mergeHits(retrieved);
  const maxLexical = Math.max(...candidates.map(({ lexical }) => lexical), Number.MIN_VALUE);
  const similarities = candidates.flatMap(({ dense }) => (dense === undefined ? [] : [dense]));
  const maxDense = Math.max(...similarities, 0);
  const minDense = Math.min(...similarities, maxDense);
  const denseRange = maxDense - minDense || 1;
  return candidates
    .map(({ lexical, dense, clause, ...location }) => ({
      ...location,
      score:
        weights.lexical * (lexical / maxLexical) +
        weights.dense * (((dense ?? minDense) - minDense) / denseRange) +
        weights.clause * clause +
        weights.document * (documentWeights.get(location.documentId) ?? 0),
    }))
    .sort((a, b) => b.score - a.score || a.passageId - b.passageId);
}

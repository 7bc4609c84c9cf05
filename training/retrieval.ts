import { dotProduct } from '../src/embed/dot-product.ts';
import type { Span } from '../src/domain/documents.ts';
import { Bm25 } from './bm25.ts';
import type { Embedder } from '../src/embed/embedder.ts';
import type { PreparedContract } from './learn.ts';
import { questions } from './questions.ts';
import { overlap, union } from './spans.ts';

/** A question about one contract that answers it. */
export interface RetrievalCase {
  category: string;
  passages: Span[];
  labels: Span[];
  bm25: Float64Array;
  cosine: Float64Array;
}

/** All questions of the benchmark, for every contract with labels of their category. */
export async function buildCases(
  prepared: PreparedContract[],
  embedder: Embedder,
): Promise<RetrievalCase[]> {
  const bm25 = new Bm25(
    prepared.flatMap((retrievalCase) => retrievalCase.passages.map(({ text }) => text)),
  );
  const queries = new Map<string, Float32Array>();
  for (const [category, question] of Object.entries(questions)) {
    queries.set(category, await embedder.embedQuery(question));
  }
  const cases: RetrievalCase[] = [];
  let from = 0;
  for (const { contract, passages } of prepared) {
    const vectors = await embedder.embedPassages(passages.map(({ text }) => text));
    for (const [category, labels] of contract.labels) {
      const query = queries.get(category);
      if (!query || labels.length === 0) continue;
      cases.push({
        category,
        passages,
        labels,
        bm25: bm25.scores(questions[category]!, from, from + passages.length),
        cosine: Float64Array.from(vectors, (vector) => dotProduct(vector, query)),
      });
    }
    from += passages.length;
  }
  return cases;
}

export type Scorer = (retrievalCase: RetrievalCase) => Float64Array;

/** Min-max normalization: from 0 for the worst passage of the contract to 1 for the best. */
function minMax(scores: Float64Array): Float64Array {
  let low = Infinity;
  let high = -Infinity;
  for (const score of scores) {
    if (score < low) low = score;
    if (score > high) high = score;
  }
  return scores.map((score) => (high > low ? (score - low) / (high - low) : 0));
}

/** Reciprocal ranks (Cormack, Clarke, Büttcher 2009); 0 for passages without a score. */
function reciprocalRanks(scores: Float64Array): Float64Array {
  const ranks = new Float64Array(scores.length);
  rankIndexes(scores).forEach((at, rank) => {
    ranks[at] = scores[at] === 0 ? 0 : 1 / (60 + rank + 1);
  });
  return ranks;
}

export const scoreBm25: Scorer = (retrievalCase) => retrievalCase.bm25;
export const scoreCosine: Scorer = (retrievalCase) => retrievalCase.cosine;
export const scoreReciprocalRanks: Scorer = (retrievalCase) => {
  const byCosine = reciprocalRanks(retrievalCase.cosine);
  const byText = reciprocalRanks(retrievalCase.bm25);
  return byCosine.map((score, at) => score + byText[at]!);
};
/** `weight` of the cosine, the rest BM25, both min-max normalised within the contract. */
export function scoreWeighted(weight: number): Scorer {
  return (retrievalCase) => {
    const byText = minMax(retrievalCase.bm25);
    return minMax(retrievalCase.cosine).map(
      (score, at) => weight * score + (1 - weight) * byText[at]!,
    );
  };
}

export interface Recall {
  /** Mean over queries of the recall of labelled characters. */
  macro: number;
  /** Recall of labelled characters over all queries. */
  micro: number;
  byCategory: Map<string, { macro: number; queries: number }>;
}

/** Recall of labelled characters in the best `count` passages of each case. */
export function characterRecall(cases: RetrievalCase[], scorer: Scorer, count: number): Recall {
  const byCategory = new Map<string, { macro: number; queries: number }>();
  let macro = 0;
  let found = 0;
  let all = 0;
  for (const retrievalCase of cases) {
    const best = rankIndexes(scorer(retrievalCase)).slice(0, count);
    const labels = union(retrievalCase.labels);
    const labelled = labels.reduce((sum, span) => sum + span.end - span.start, 0);
    let covered = 0;
    for (const at of best) {
      for (const label of labels) covered += overlap(retrievalCase.passages[at]!, label);
    }
    macro += covered / labelled;
    found += covered;
    all += labelled;
    const entry = byCategory.get(retrievalCase.category) ?? { macro: 0, queries: 0 };
    byCategory.set(retrievalCase.category, entry);
    entry.macro += covered / labelled;
    entry.queries++;
  }
  for (const entry of byCategory.values()) entry.macro /= entry.queries;
  return { macro: macro / cases.length, micro: found / all, byCategory };
}

function rankIndexes(scores: Float64Array): number[] {
  return [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
}

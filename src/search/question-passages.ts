import type { Clause, Span } from '../domain/documents.ts';
import type { PassageHit, StoredText } from '../store/records.ts';
import type { ExtractClausesResponse } from './response-schemas.ts';
import { cite, headingsOf } from './citations.ts';
import { matchAll } from './filters.ts';
import { answerProbabilities } from './question-confidence.ts';
import { rankPassages } from './rank.ts';
import type { SearchContext } from './context.ts';

type ClauseResults = ExtractClausesResponse['documents'][number]['clauses'];

/** The `clause_type` of a passage that answers a question in free words. */
export const questionType = 'question';

/** Passages of one document that are given for a question, at most. */
const maxPassages = 5;
/** Passages that are given whatever their confidence. */
const minPassages = 1;
/** The least confidence of all others. */
const defaultMinConfidence = 0.1;

/** The passages of a document for a question, the best first, and the probability that each answers it. */
export interface RankedPassages {
  hits: PassageHit[];
  probabilities: Map<number, number>;
}

/** Ranks the passages of one document for a question. */
export async function rankWithin(
  context: SearchContext,
  documentId: string,
  question: string,
): Promise<RankedPassages> {
  const filter = { ...matchAll(context), documentIds: [documentId] };
  const [hits, probabilities] = await Promise.all([
    rankPassages(context, question, filter),
    answerProbabilities(context, documentId, question),
  ]);
  return { hits, probabilities };
}

const overlapLength = (a: Span, b: Span) =>
  Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));

/** Whether these clauses hold more than half of a passage. */
function isCovered(passage: Span, clauses: Clause[]): boolean {
  const length = passage.end - passage.start;
  return clauses.reduce((sum, clause) => sum + overlapLength(passage, clause), 0) * 2 > length;
}

/**
 * Passages that answer a question, the most probable first, without those that are given as clauses
 * already: the best one in any case, others from `minConfidence` on.
 */
export async function citePassages(
  context: SearchContext,
  stored: StoredText,
  { hits, probabilities }: RankedPassages,
  citedClauses: Clause[],
  minConfidence = defaultMinConfidence,
): Promise<ClauseResults> {
  const selected = hits
    .filter((hit) => !isCovered(hit, citedClauses))
    .map((hit) => ({ hit, probability: probabilities.get(hit.passageId) ?? 0 }))
    .filter(({ probability }, rank) => rank < minPassages || probability >= minConfidence)
    .slice(0, maxPassages)
    .toSorted((a, b) => b.probability - a.probability);
  const headings = await headingsOf(
    context,
    selected.map(({ hit }) => hit),
  );
  return selected.map(({ hit, probability }) => ({
    clause_type: questionType,
    confidence: Number(probability.toFixed(4)),
    ...cite(stored.text, stored.pages, hit, headings.get(hit.passageId)),
  }));
}

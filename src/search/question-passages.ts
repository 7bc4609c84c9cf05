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

/** Passages given for a question in one document, and those of them given however unlikely. */
const maxPassages = 5;
const minPassages = 1;
/** Others are given from this confidence. */
const defaultMinConfidence = 0.1;

/** The passages of a document that answer a question, the best first, and how likely each does. */
export interface RankedPassages {
  hits: PassageHit[];
  probabilities: Map<number, number>;
}

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

/** Whether most of a passage is given already by these clauses. */
function isCovered(passage: Span, clauses: Clause[]): boolean {
  const length = passage.end - passage.start;
  return clauses.reduce((sum, clause) => sum + overlapLength(passage, clause), 0) * 2 > length;
}

/**
 * Passages that answer a question, the likeliest first, but for those that are given as clauses
 * already: the best one in any case, others from a confidence of 0.1 or what is asked for.
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

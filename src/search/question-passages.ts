import type { Clause, Span } from '../documents.ts';
import type { PassageHit, StoredText } from '../store/records.ts';
import type { ExtractClausesAnswer } from './answers.ts';
import { cite, headingOf } from './citations.ts';
import { anyDocument } from './filters.ts';
import { answerProbabilities } from './question-confidence.ts';
import { rankPassages } from './rank.ts';
import type { SearchServices } from './search.ts';

type ClauseAnswers = ExtractClausesAnswer['documents'][number]['clauses'];

/** The `clause_type` of a passage that answers a question in free words. */
export const questionType = 'question';

/** Passages given for a question in one document, and those of them given however unlikely. */
const mostPassages = 5;
const alwaysPassages = 1;
/** Others are given from this confidence. */
const leastConfidence = 0.1;

/** The passages of a document that answer a question, the best first, and how likely each does. */
export interface RankedPassages {
  hits: PassageHit[];
  probabilities: Map<number, number>;
}

export async function rankIn(
  services: SearchServices,
  documentId: string,
  question: string,
): Promise<RankedPassages> {
  const filter = { ...anyDocument(services), documentIds: [documentId] };
  const [hits, probabilities] = await Promise.all([
    rankPassages(services, question, filter),
    answerProbabilities(services, documentId, question),
  ]);
  return { hits, probabilities };
}

const shared = (a: Span, b: Span) =>
  Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));

/** Whether most of a passage is given already by these clauses. */
function isGiven(passage: Span, clauses: Clause[]): boolean {
  const length = passage.end - passage.start;
  return clauses.reduce((sum, clause) => sum + shared(passage, clause), 0) * 2 > length;
}

/**
 * Passages that answer a question, the likeliest first, but for those that are given as clauses
 * already: the best one in any case, others from a confidence of 0.1 or what is asked for.
 */
export async function citePassages(
  services: SearchServices,
  stored: StoredText,
  { hits, probabilities }: RankedPassages,
  given: Clause[],
  minConfidence = leastConfidence,
): Promise<ClauseAnswers> {
  const shown = hits
    .filter((hit) => !isGiven(hit, given))
    .map((hit) => ({ hit, probability: probabilities.get(hit.passageId) ?? 0 }))
    .filter(({ probability }, at) => at < alwaysPassages || probability >= minConfidence)
    .slice(0, mostPassages)
    .toSorted((a, b) => b.probability - a.probability);
  return Promise.all(
    shown.map(async ({ hit, probability }) => ({
      clause_type: questionType,
      confidence: Number(probability.toFixed(4)),
      ...cite(stored.text, stored.pages, hit, await headingOf(services, hit)),
    })),
  );
}

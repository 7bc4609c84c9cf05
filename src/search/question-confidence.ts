import type { SearchContext } from './context.ts';
import { retrieveDense } from './dense-retriever.ts';
import { matchAll } from './filters.ts';

/** Passages of one document that are compared, at most. */
const maxComparedPassages = 5000;

/**
 * Log-odds that a passage answers a question, as a linear function of its z-score within its document
 * (logistic regression). Fitted by `npm run bench:question-confidence`, which also prints how well it
 * holds on contracts and questions that it was not fitted on.
 */
const calibration = { intercept: -7.03, perZScore: 6.12 };

/**
 * Each value in standard deviations from the mean, divided by √(2 ln n), which is about the z-score of
 * the largest of n normal values. All 0 where the values are the same.
 */
export function zScores(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const unit = Math.sqrt(variance * 2 * Math.log(values.length));
  return values.map((value) => (unit > 1e-9 ? (value - mean) / unit : 0));
}

/** The probability, 0 to 1, that a passage with this scaled z-score answers the question. */
export function probabilityAt(zScore: number): number {
  return 1 / (1 + Math.exp(-(calibration.intercept + calibration.perZScore * zScore)));
}

/**
 * The probability, by passage id, that a passage of a document answers a question: that a lawyer would
 * mark it as the answer. It is computed from z-scores within the document, which differ less between
 * embedding models than similarities do.
 */
export async function answerProbabilities(
  context: SearchContext,
  documentId: string,
  question: string,
): Promise<Map<number, number>> {
  const filter = { ...matchAll(context), documentIds: [documentId] };
  const hits = await retrieveDense(context, question, filter, maxComparedPassages);
  const scores = zScores(hits.map(({ score }) => score));
  return new Map(hits.map(({ passageId }, at) => [passageId, probabilityAt(scores[at]!)]));
}

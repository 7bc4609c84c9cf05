import type { SearchContext } from './context.ts';
import { retrieveDense } from './dense-retriever.ts';
import { matchAll } from './filters.ts';

/** Passages of one document that are compared, at most. */
const maxComparedPassages = 5000;

/**
 * Log-odds that a passage answers a question, by how far its similarity to the question stands above
 * those of the other passages of its document. Fitted by `npm run bench:question-confidence`, which prints what
 * became of it on contracts, and on questions, that it was not fitted on.
 */
export const calibration = { intercept: -7.03, perZScore: 6.12 };

/**
 * How far each value stands above the others: in standard deviations from the mean, divided by how
 * many the largest of so many normal values would, about √(2 ln n). All 0 where they are the same.
 */
export function zScores(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const unit = Math.sqrt(variance * 2 * Math.log(values.length));
  return values.map((value) => (unit > 1e-9 ? (value - mean) / unit : 0));
}

export function probabilityAt(zScore: number): number {
  return 1 / (1 + Math.exp(-(calibration.intercept + calibration.perZScore * zScore)));
}

/**
 * The probability, by passage id, that a passage of a document answers a question: that a lawyer who
 * marks the answer would mark it. Similarities differ between embedding models, and how they compare
 * within a document hardly does, so that it is this which the probability rests on.
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

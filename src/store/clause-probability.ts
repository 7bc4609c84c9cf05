/**
 * The probability that a contract has a clause of a type at all, from the confidence of each candidate.
 * Candidates are taken to be right or wrong independently (noisy-or; Pearl, "Probabilistic Reasoning in
 * Intelligent Systems", 1988, section 4.3.2). `npm run bench:quality` shows how well that holds.
 */
export function clauseProbability(confidences: Iterable<number>): number {
  let absent = 1;
  for (const confidence of confidences) absent *= 1 - confidence;
  return Number((1 - absent).toFixed(4));
}

/**
 * How likely a contract has a clause of a type at all, from how likely each passage is one: they are
 * taken to be right or wrong independently (a noisy-or; Pearl, "Probabilistic Reasoning in
 * Intelligent Systems", 1988, section 4.3.2). `npm run bench:quality` shows how well that holds.
 */
export function clauseProbability(confidences: Iterable<number>): number {
  let absent = 1;
  for (const confidence of confidences) absent *= 1 - confidence;
  return Number((1 - absent).toFixed(4));
}

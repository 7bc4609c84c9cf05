import type { RetrievedPassages } from './fusion.ts';

/** A clause of this confidence answers a question for its type. */
const minClauseConfidence = 0.5;
/** Questions of up to so many words are answered by a passage that has nearly all of them. */
const maxShortQuestion = 4;
const minShortCoverage = 0.9;
/** Longer ones paraphrase, and share less with their answer. */
const minLongCoverage = 0.6;

/** Asks for a person or an office, which a clause on the matter does not name. */
const roleQuestion =
  /^\s*(?:who|which person)\s+(?:is|are|was|were)\s+(?:our|the|your|their|my)\b/i;

export const nearestOnlyNote =
  'Nothing was found that is likely to answer this; what is shown is merely nearest to it.';

/**
 * Whether a passage that was found is likely to answer a question: it holds a clause of the type that is asked
 * for, or nearly all words of the question, by their rarity, or all of its rare ones. Measured by `npm run bench:search`.
 */
export function isLikelyAnswered(
  question: string,
  terms: string[],
  { lexical, clause }: Pick<RetrievedPassages, 'lexical' | 'clause'>,
): boolean {
  const hasClause = clause.some(({ score }) => score >= minClauseConfidence);
  if (hasClause && !roleQuestion.test(question)) return true;
  if (lexical.some((hit) => hit.exactCoverage >= minShortCoverage)) return true;
  const coverage = Math.max(0, ...lexical.map((hit) => hit.coverage));
  return coverage >= (terms.length <= maxShortQuestion ? minShortCoverage : minLongCoverage);
}

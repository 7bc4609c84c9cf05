import type { Clause } from '../documents.ts';
import { clauseTypes } from './clause-types.ts';
import type { Reading } from './reading.ts';

/** What fills the clauses of a contract: rules here, a trained model where there is one. */
export type ClauseFinder = (reading: Reading) => Clause[];

/** What a heading of the type adds to a sentence that has a cue of it, and what it is worth alone. */
const headingWeight = 0.3;
const headingAlone = 0.1;
/** Rules are not calibrated, so none of them is sure. */
export const surest = 0.9;
/** Candidates below this are not kept. */
export const leastConfidence = 0.02;
/** Candidates kept of one type in one contract. */
const mostOfType = 40;

/** A type with all its cues in one pattern, which tells most sentences apart at once. */
const judges = clauseTypes.map((type) => ({
  type,
  any: new RegExp(type.cues.map(({ pattern }) => pattern.source).join('|')),
}));

/** How strongly a sentence speaks for a type: 0 to 1, growing with the cues and the heading. */
function scoreOf({ type, any }: (typeof judges)[number], plain: string, underHeading: boolean) {
  let doubt = 1;
  if (any.test(plain)) {
    for (const { pattern, weight } of type.cues) if (pattern.test(plain)) doubt *= 1 - weight;
  }
  if (underHeading) doubt *= 1 - (doubt < 1 ? headingWeight : headingAlone);
  return 1 - doubt;
}

/** The score on the scale of confidence, with 0.5 where the type begins to be evident. */
function confidence(score: number, evident: number): number {
  const scaled =
    score < evident
      ? (score / evident) * 0.5
      : 0.5 + ((score - evident) / (1 - evident)) * (surest - 0.5);
  return Number(scaled.toFixed(4));
}

/**
 * Clause candidates from the cues of the table, a sentence each. Confidence grows with the number
 * and the strength of the cues and with a heading of the type, and stays at or under 0.9: it
 * orders candidates and is no probability.
 */
export const findClauses: ClauseFinder = ({ sentences }) =>
  judges.flatMap((judge) => {
    const { type } = judge;
    const found: Clause[] = [];
    let heading = '';
    let underHeading = false;
    for (const sentence of sentences) {
      if (sentence.heading !== heading) {
        heading = sentence.heading;
        underHeading = type.heading?.test(heading) ?? false;
      }
      const score = scoreOf(judge, sentence.plain, underHeading);
      const sure = score === 0 ? 0 : confidence(score, type.evident);
      if (sure < leastConfidence) continue;
      found.push({ type: type.id, start: sentence.start, end: sentence.end, confidence: sure });
    }
    return found
      .sort((a, b) => b.confidence - a.confidence || a.start - b.start)
      .slice(0, mostOfType);
  });

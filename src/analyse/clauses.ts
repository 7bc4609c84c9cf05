import type { Clause } from '../documents.ts';
import { clauseTypes, type ClauseTypeId } from './clause-types.ts';
import type { Reading, ReadSentence } from './reading.ts';

/** What fills the clauses of a contract: rules here, a trained model where there is one. */
export type ClauseFinder = (reading: Reading) => Clause[];

/** What a heading of the type adds to a sentence that has a cue of it, and what it is worth alone. */
const headingWeight = 0.3;
const headingAlone = 0.1;
/** Rules are not calibrated, so none of them is sure. */
const surest = 0.9;
export const leastConfidence = 0.02;
/** Candidates kept of one type in one contract. */
const mostPerType = 40;

interface Candidate {
  type: ClauseTypeId;
  sentence: ReadSentence;
  index: number;
  confidence: number;
}

function confidence(type: (typeof clauseTypes)[number], { plain, heading }: ReadSentence): number {
  let doubt = 1;
  for (const { pattern, weight } of type.cues) if (pattern.test(plain)) doubt *= 1 - weight;
  const underHeading = type.heading !== undefined && heading !== '' && type.heading.test(heading);
  if (underHeading) doubt *= 1 - (doubt < 1 ? headingWeight : headingAlone);
  return surest * (1 - doubt);
}

/**
 * Clause candidates from the cues of the table, for each sentence and type. Confidence grows with
 * the number and the strength of the cues and with a heading of the type, and stays at or under
 * 0.9. Neighbouring sentences of one type that are about as likely are one clause.
 */
export const findClauses: ClauseFinder = ({ sentences }) => {
  const clauses: Clause[] = [];
  for (const type of clauseTypes) {
    const candidates: Candidate[] = [];
    sentences.forEach((sentence, index) => {
      const found = confidence(type, sentence);
      if (found >= leastConfidence)
        candidates.push({ type: type.id, sentence, index, confidence: found });
    });
    clauses.push(
      ...candidates
        .sort((a, b) => b.confidence - a.confidence || a.index - b.index)
        .slice(0, mostPerType)
        .map(({ sentence, confidence: found }) => ({
          type: type.id,
          start: sentence.start,
          end: sentence.end,
          confidence: Number(found.toFixed(4)),
        })),
    );
  }
  return clauses;
};

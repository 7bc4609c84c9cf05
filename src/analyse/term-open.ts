import type { ContractDate } from '../documents.ts';
import type { DatedReading } from './date-mentions.ts';
import type { ReadSentence } from './reading.ts';

const contract =
  '(?:(?:this|the|such) (?:[\\w-]+ ){0,3}(?:agreement|contract|lease|license|appointment|arrangement|engagement|amendment|power of attorney)|agreement|(?:the|its|initial) "?term"?)';
const lasts = `${contract}\\b.{0,80}\\b(?:shall|will|is|are|continues?|remains?|lasts?|terminates?|expires?|ends?)\\b`;
/** What ends it is something whose day nobody knows. */
const untilEvent = new RegExp(
  `${lasts}.{0,120}\\b(?:(?:terminat\\w+|expir\\w+|end|ends|cease\\w*|cancel\\w*|void)\\b.{0,40}\\b(?:upon|when|once|as soon as|at such time|immediately (?:after|following)|on the (?:date|day|earli\\w+)|in the event)|until|so long as|as long as|for the (?:life|lifetime|duration)|co-?ext[\\w-]+|co-?term[\\w-]+|(?:last|later|latest) to (?:expire|occur))\\b`,
);
const forBreach =
  /\b(?:breach|default|insolv|bankrupt|fails?|cure|event of|change of control|material)\w*\b/;
/** Said of something other than how long the contract lasts. */
const ofAnother =
  /\b(?:surviv|warrant|confidential|indemn|invalid|unenforceab|waive[rd]?|amend(?:ed|ment)?|modif|severab|pa(?:y|id) (?:the|all|any)|deliver(?:ed|y) (?:of|to)|renewal)\w*\b|^.{0,16}\b(?:if|in the event|during|upon|after)\b/;
/** Nobody may end it. */
const never = new RegExp(
  `${contract}\\b.{0,120}\\b(?:(?:shall|may|can|will|is|are)(?: not|not) (?:be )?(?:\\w+ ){0,2}(?:terminable|terminated|revocable|revoked|cancel\\w+)|irrevocable|in perpetuity)\\b`,
);
const unlessFor =
  /\b(?:unless|except|until|without (?:the )?(?:prior|written|consent)|prior to|before)\b/;
const byEither =
  /\b(?:either|any|each|both) (?:of the )?(?:party|parties)\b.{0,40}\b(?:may|can|shall (?:be entitled|have the right)|has the right)\b.{0,30}\b(?:terminate|end|cancel|withdraw from|rescind)\w*\b.{0,30}\b(?:agreement|contract|arrangement|engagement|appointment)\b|\b(?:agreement|contract|arrangement|engagement|appointment)\b.{0,40}\b(?:may|can|shall|will|is|be) (?:be )?(?:\w+ )?(?:terminat\w+|cancel\w+|ended|revoked|terminable|revocable)\b.{0,60}\b(?:by (?:either|any|each) (?:of the )?part(?:y|ies)|at will)\b/;
const bySomeone =
  /\b(?:agreement|contract|arrangement|engagement|appointment)\b.{0,40}\b(?:may|can|shall|will|is|be) (?:be )?(?:\w+ )?(?:terminat\w+|cancel\w+|ended|revoked|terminable|revocable)\b.{0,60}\b(?:any|each|both|mutual\w*)\b/;
const freely =
  /\b(?:at any time|at will|for any reason|no reason|without cause|for convenience|with or without|days?'? (?:\w+ ){0,3}notice|notice)\b/;

/** The sentence that a clause model holds likeliest to tell of the end, of those that a test passes. */
function likeliest(
  { sentences }: DatedReading,
  margins: Float32Array,
  passes: (plain: string, sentence: ReadSentence) => boolean,
): ReadSentence | undefined {
  let best: ReadSentence | undefined;
  let most = -Infinity;
  for (const [at, sentence] of sentences.entries()) {
    if (margins[at]! <= most || !passes(sentence.plain, sentence)) continue;
    [best, most] = [sentence, margins[at]!];
  }
  return best;
}

/**
 * For a contract that tells no day and no length: that it ends with an event, that either party may
 * end it as it likes, or that nobody may.
 * @param margins how strongly each sentence speaks for giving the expiration date, by a clause model
 */
export function findOpenEnd(
  reading: DatedReading,
  margins: Float32Array,
): ContractDate | undefined {
  const open = (
    explanation: string,
    passes: (plain: string, sentence: ReadSentence) => boolean,
  ): ContractDate | undefined => {
    const found = likeliest(reading, margins, passes);
    if (!found) return undefined;
    const evidence = [{ start: found.start, end: found.end }];
    return { basis: 'perpetual', explanation, evidence };
  };
  const ended = (who: RegExp) => (plain: string) =>
    who.test(plain) && freely.test(plain) && !forBreach.test(plain);
  return (
    open(
      'It runs until an event; no end date is stated.',
      (plain) => untilEvent.test(plain) && !forBreach.test(plain) && !ofAnother.test(plain),
    ) ??
    open('No end date is stated; either party may terminate it at will.', ended(byEither)) ??
    open(
      'No end date is stated, and it cannot be terminated.',
      (plain) => never.test(plain) && !unlessFor.test(plain) && !ofAnother.test(plain),
    ) ??
    open('No end date is stated; it may be terminated.', ended(bySomeone))
  );
}

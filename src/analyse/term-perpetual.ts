import type { ContractDate } from '../domain/documents.ts';
import type { DatedText } from './date-mentions.ts';
import type { PreparedSentence } from './prepared-text.ts';

const contractNoun =
  '(?:(?:this|the|such) (?:[\\w-]+ ){0,3}(?:agreement|contract|lease|license|appointment|arrangement|engagement|amendment|power of attorney)|agreement|(?:the|its|initial) "?term"?)';
const lastingPhrase = `${contractNoun}\\b.{0,80}\\b(?:shall|will|is|are|continues?|remains?|lasts?|terminates?|expires?|ends?)\\b`;
/** It ends with an event on an unknown day. */
const endsWithEvent = new RegExp(
  `${lastingPhrase}.{0,120}\\b(?:(?:terminat\\w+|expir\\w+|end|ends|cease\\w*|cancel\\w*|void)\\b.{0,40}\\b(?:upon|when|once|as soon as|at such time|immediately (?:after|following)|on the (?:date|day|earli\\w+)|in the event)|until|so long as|as long as|for the (?:life|lifetime|duration)|co-?ext[\\w-]+|co-?term[\\w-]+|(?:last|later|latest) to (?:expire|occur))\\b`,
);
const breachWord =
  /\b(?:breach|default|insolv|bankrupt|fails?|cure|event of|change of control|material)\w*\b/;
/** Sentences about something other than the term. */
const otherSubject =
  /\b(?:surviv|warrant|confidential|indemn|invalid|unenforceab|waive[rd]?|amend(?:ed|ment)?|modif|severab|pa(?:y|id) (?:the|all|any)|deliver(?:ed|y) (?:of|to)|renewal)\w*\b|^.{0,16}\b(?:if|in the event|during|upon|after)\b/;
/** No party may terminate it. */
const nonTerminable = new RegExp(
  `${contractNoun}\\b.{0,120}\\b(?:(?:shall|may|can|will|is|are)(?: not|not) (?:be )?(?:\\w+ ){0,2}(?:terminable|terminated|revocable|revoked|cancel\\w+)|irrevocable|in perpetuity)\\b`,
);
const exceptionWord =
  /\b(?:unless|except|until|without (?:the )?(?:prior|written|consent)|prior to|before)\b/;
const terminableByEither =
  /\b(?:either|any|each|both) (?:of the )?(?:party|parties)\b.{0,40}\b(?:may|can|shall (?:be entitled|have the right)|has the right)\b.{0,30}\b(?:terminate|end|cancel|withdraw from|rescind)\w*\b.{0,30}\b(?:agreement|contract|arrangement|engagement|appointment)\b|\b(?:agreement|contract|arrangement|engagement|appointment)\b.{0,40}\b(?:may|can|shall|will|is|be) (?:be )?(?:\w+ )?(?:terminat\w+|cancel\w+|ended|revoked|terminable|revocable)\b.{0,60}\b(?:by (?:either|any|each) (?:of the )?part(?:y|ies)|at will)\b/;
const terminableByAny =
  /\b(?:agreement|contract|arrangement|engagement|appointment)\b.{0,40}\b(?:may|can|shall|will|is|be) (?:be )?(?:\w+ )?(?:terminat\w+|cancel\w+|ended|revoked|terminable|revocable)\b.{0,60}\b(?:any|each|both|mutual\w*)\b/;
const atWillPhrase =
  /\b(?:at any time|at will|for any reason|no reason|without cause|for convenience|with or without|days?'? (?:\w+ ){0,3}notice|notice)\b/;

/** Of the sentences that match, the one with the highest score. */
function findBestSentence(
  { sentences }: DatedText,
  scores: Float32Array,
  matches: (normalized: string, sentence: PreparedSentence) => boolean,
): PreparedSentence | undefined {
  let best: PreparedSentence | undefined;
  let bestScore = -Infinity;
  for (const [at, sentence] of sentences.entries()) {
    if (scores[at]! <= bestScore || !matches(sentence.normalized, sentence)) continue;
    [best, bestScore] = [sentence, scores[at]!];
  }
  return best;
}

/**
 * For a contract that states neither a last day nor a length: whether it ends with an event, either
 * party may terminate it at will, or no party may. Undefined if it says none of these.
 * @param scores by sentence, its score for `expiration_date` by the clause model
 */
export function findPerpetualTerm(
  prepared: DatedText,
  scores: Float32Array,
): ContractDate | undefined {
  const findPerpetual = (
    explanation: string,
    matches: (normalized: string, sentence: PreparedSentence) => boolean,
  ): ContractDate | undefined => {
    const found = findBestSentence(prepared, scores, matches);
    if (!found) return undefined;
    const evidence = [{ start: found.start, end: found.end }];
    return { basis: 'perpetual', explanation, evidence };
  };
  const isTerminable = (terminable: RegExp) => (normalized: string) =>
    terminable.test(normalized) && atWillPhrase.test(normalized) && !breachWord.test(normalized);
  return (
    findPerpetual(
      'It runs until an event; no end date is stated.',
      (normalized) =>
        endsWithEvent.test(normalized) &&
        !breachWord.test(normalized) &&
        !otherSubject.test(normalized),
    ) ??
    findPerpetual(
      'No end date is stated; either party may terminate it at will.',
      isTerminable(terminableByEither),
    ) ??
    findPerpetual(
      'No end date is stated, and it cannot be terminated.',
      (normalized) =>
        nonTerminable.test(normalized) &&
        !exceptionWord.test(normalized) &&
        !otherSubject.test(normalized),
    ) ??
    findPerpetual('No end date is stated; it may be terminated.', isTerminable(terminableByAny))
  );
}

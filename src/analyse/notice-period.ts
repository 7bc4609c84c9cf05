import type { Duration, NoticePeriod, RenewalTerm } from '../documents.ts';
import { durationText, findDurations, type DurationMention } from './duration-text.ts';
import { numberOf, numberWords } from './number-words.ts';
import type { Reading, ReadSentence } from './reading.ts';

const notice =
  /\b(?:notice|notif\w+|writing|written|advis\w+|inform\w*|unless (?:\w+ ){0,4}(?:terminat|cancel)\w*)\b/;
const stops =
  /\b(?:not (?:to )?(?:renew|extend|continue)|non-?renew\w*|intent\w*|terminat\w*|wish\w*|desire\w*|unless|elect\w*|cancel\w*|discontinue|prevent|stop\w*|declin\w*|contrary|opt)\b/;
/** "Such notice must be given ninety days before the end": what it is for stands in the sentence before. */
const goesOn = /\b(?:such|said|which|this|the) (?:written )?(?:notice|notification)\b/;
const ofEnd =
  /\b(?:renew\w*|expir\w*|extension|anniversary|end of|conclusion|terms?|periods?|contract year)\b/;
/** Said right after the sentence on renewal, it is the renewal that such notice stops. */
const toEnd = /\bintent\w*\b.{0,40}\b(?:terminat|end|cancel)\w*/;
/** Notice that ends the contract on any day of a term, or that asks for a renewal. */
const another =
  /\b(?:at any time|for convenience|with or without cause|during (?:the|a|any) renew\w*|terminat\w*(?: \w+){0,6} (?:breach|default|cause)|(?:election|option|wish\w*|desire\w*|intent\w*) to (?:renew|extend))\b/;
const notRenew = /\bnot\b(?: \w+){0,6} to (?:renew|extend)\b|\bnot to (?:renew|extend)\b/;
const atLeast =
  /\b(?:at least|(?:not|no) (?:less|fewer|later) than|minimum of|upon|giv\w+|within|than|by|with|provid\w+)(?: \w+)?(?: \w+)? $/;
const beforeEnd = /^[^.;]{0,60}\b(?:prior|before|advance|preceding|notice)\b/;
/** "At least sixty (60) and not more than ninety (90) days": the least, which bears no unit of its own. */
const leastOfTwo = new RegExp(
  `\\b(?:between|at least|(?:not|no) (?:less|fewer) than) (?:(${numberWords})(?: ?\\((\\d{1,3})\\))?|(\\d{1,3})),? (?:and|but|nor|or)(?: (?:in no event )?(?:not? )?(?:more|later|greater|earlier) than| at most)? $`,
);
/** Sentences from the one on renewal that may say how it is stopped. */
const nearby = 4;

/** The length of notice in a sentence: the one announced as the least, else one that comes before. */
function noticeLengthIn(plain: string): DurationMention | undefined {
  const lengths = findDurations(plain, true).filter(({ end }) => {
    const after = beforeEnd.exec(plain.slice(end, end + 90));
    return after !== null && !/\bunless\b/.test(after[0]);
  });
  const announced = lengths.find(({ start }) =>
    atLeast.test(plain.slice(Math.max(0, start - 40), start)),
  );
  return announced ?? lengths[0];
}

/** The smaller number of two, of which the greater is the mention's. */
function leastBefore(plain: string, { start }: DurationMention): number | undefined {
  const match = leastOfTwo.exec(plain.slice(Math.max(0, start - 90), start));
  const digits = match?.[2] ?? match?.[3];
  return digits ? Number(digits) : match?.[1] ? numberOf(match[1]) : undefined;
}

function noticeIn(sentence: ReadSentence): NoticePeriod | undefined {
  const { plain, start, end } = sentence;
  const mention = noticeLengthIn(plain);
  if (!mention) return undefined;
  const { unit } = mention;
  const length: Duration = { count: leastBefore(plain, mention) ?? mention.count, unit };
  const inBusinessDays = mention.businessDays === true;
  return {
    value: inBusinessDays
      ? durationText(length).replace(' day', ' business day')
      : durationText(length),
    length,
    ...(inBusinessDays && { businessDays: true }),
    evidence: [{ start, end }],
  };
}

/**
 * How long before the end of a term notice must be given so that a contract that renews by itself
 * does not renew. Absent where renewal must be asked for.
 */
export function findNoticePeriod(
  { sentences }: Reading,
  renewal: RenewalTerm | undefined,
): NoticePeriod | undefined {
  if (renewal?.kind !== 'automatic') return undefined;
  const at = sentences.findIndex(({ start }) => start === renewal.evidence[0]!.start);
  for (const [index, sentence] of sentences.slice(at, at + nearby).entries()) {
    const { plain } = sentence;
    const linked = index > 0 && goesOn.test(plain) && ofEnd.test(plain);
    if (!notice.test(plain) || !(stops.test(plain) || linked)) continue;
    if (index > 0 && !ofEnd.test(plain) && !(index === 1 && toEnd.test(plain))) continue;
    if (index > 0 && another.test(plain) && !notRenew.test(plain)) continue;
    const found = noticeIn(sentence);
    if (found) return found;
  }
  return undefined;
}

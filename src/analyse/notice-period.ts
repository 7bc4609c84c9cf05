import type { Duration, NoticePeriod, RenewalTerm } from '../domain/documents.ts';
import { formatDuration, findDurations, type DurationMention } from './duration-text.ts';
import { parseNumberWords, numberWords } from './number-words.ts';
import type { PreparedText, PreparedSentence } from './prepared-text.ts';

const noticePhrase =
  /\b(?:notice|notif\w+|writing|written|advis\w+|inform\w*|unless (?:\w+ ){0,4}(?:terminat|cancel)\w*)\b/;
const preventsRenewal =
  /\b(?:not (?:to )?(?:renew|extend|continue)|non-?renew\w*|intent\w*|terminat\w*|wish\w*|desire\w*|unless|elect\w*|cancel\w*|discontinue|prevent|stop\w*|declin\w*|contrary|opt)\b/;
/**
 * "Such notice must be given ninety days before the end": its purpose is in the sentence before.
 */
const backReference = /\b(?:such|said|which|this|the) (?:written )?(?:notice|notification)\b/;
const termEndPhrase =
  /\b(?:renew\w*|expir\w*|extension|anniversary|end of|conclusion|terms?|periods?|contract year)\b/;
/** Right after the sentence on renewal, such a notice prevents the renewal. */
const intentToEnd = /\bintent\w*\b.{0,40}\b(?:terminat|end|cancel)\w*/;
/** Notice that ends the contract on any day of a term, or that requests a renewal. */
const otherNotice =
  /\b(?:at any time|for convenience|with or without cause|during (?:the|a|any) renew\w*|terminat\w*(?: \w+){0,6} (?:breach|default|cause)|(?:election|option|wish\w*|desire\w*|intent\w*) to (?:renew|extend))\b/;
const notRenew = /\bnot\b(?: \w+){0,6} to (?:renew|extend)\b|\bnot to (?:renew|extend)\b/;
const minimumPhrase =
  /\b(?:at least|(?:not|no) (?:less|fewer|later) than|minimum of|upon|giv\w+|within|than|by|with|provid\w+)(?: \w+)?(?: \w+)? $/;
const beforeEnd = /^[^.;]{0,60}\b(?:prior|before|advance|preceding|notice)\b/;
/**
 * "At least sixty (60) and not more than ninety (90) days": the minimum, which has no unit of its
 * own.
 */
const minimumOfRange = new RegExp(
  `\\b(?:between|at least|(?:not|no) (?:less|fewer) than) (?:(${numberWords})(?: ?\\((\\d{1,3})\\))?|(\\d{1,3})),? (?:and|but|nor|or)(?: (?:in no event )?(?:not? )?(?:more|later|greater|earlier) than| at most)? $`,
);
/** How many sentences, from the one on renewal on, may state the notice. */
const maxSentences = 4;

/**
 * The notice period in a sentence: of durations before the end of the term, the one stated as a
 * minimum, else the first.
 */
function findNoticeLength(normalized: string): DurationMention | undefined {
  const lengths = findDurations(normalized, true).filter(({ end }) => {
    const after = beforeEnd.exec(normalized.slice(end, end + 90));
    return after !== null && !/\bunless\b/.test(after[0]);
  });
  const introduced = lengths.find(({ start }) =>
    minimumPhrase.test(normalized.slice(Math.max(0, start - 40), start)),
  );
  return introduced ?? lengths[0];
}

/** The smaller of two numbers, the greater of which is the mention's. */
function findMinimumBefore(normalized: string, { start }: DurationMention): number | undefined {
  const match = minimumOfRange.exec(normalized.slice(Math.max(0, start - 90), start));
  const digits = match?.[2] ?? match?.[3];
  return digits ? Number(digits) : match?.[1] ? parseNumberWords(match[1]) : undefined;
}

function parseNotice(sentence: PreparedSentence): NoticePeriod | undefined {
  const { normalized, start, end } = sentence;
  const mention = findNoticeLength(normalized);
  if (!mention) return undefined;
  const { unit } = mention;
  const length: Duration = { count: findMinimumBefore(normalized, mention) ?? mention.count, unit };
  const inBusinessDays = mention.businessDays === true;
  return {
    value: inBusinessDays
      ? formatDuration(length).replace(' day', ' business day')
      : formatDuration(length),
    length,
    ...(inBusinessDays && { businessDays: true }),
    evidence: [{ start, end }],
  };
}

/**
 * Finds how long before the end of a term notice must be given so that an automatic renewal does
 * not happen. Undefined if the renewal is optional.
 */
export function findNoticePeriod(
  { sentences }: PreparedText,
  renewal: RenewalTerm | undefined,
): NoticePeriod | undefined {
  if (renewal?.kind !== 'automatic') return undefined;
  const at = sentences.findIndex(({ start }) => start === renewal.evidence[0]!.start);
  for (const [index, sentence] of sentences.slice(at, at + maxSentences).entries()) {
    const { normalized } = sentence;
    const isLinked = index > 0 && backReference.test(normalized) && termEndPhrase.test(normalized);
    if (!noticePhrase.test(normalized) || !(preventsRenewal.test(normalized) || isLinked)) continue;
    if (
      index > 0 &&
      !termEndPhrase.test(normalized) &&
      !(index === 1 && intentToEnd.test(normalized))
    )
      continue;
    if (index > 0 && otherNotice.test(normalized) && !notRenew.test(normalized)) continue;
    const found = parseNotice(sentence);
    if (found) return found;
  }
  return undefined;
}

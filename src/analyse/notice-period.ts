import type { ContractDate, Duration, NoticePeriod, RenewalTerm } from '../domain/documents.ts';
import type { DatedText } from './date-mentions.ts';
import { formatDuration, findDurations, type DurationMention } from './duration-text.ts';
import { parseNumberWords, numberWords } from './number-words.ts';
import { findFirstEnd, findNoticeDay, noticeEndRows } from './notice-day.ts';
import { findRow } from './pattern-row.ts';
import type { PreparedSentence } from './prepared-text.ts';
import { declarationRows } from './renewal-rules.ts';

const preventsRenewal =
  /\b(?:not (?:to )?(?:renew|extend|continue)|non-?renew\w*|intent\w*|terminat\w*|wish\w*|desire\w*|unless|elect\w*|cancel\w*|discontinue|prevent|stop\w*|declin\w*|contrary|opt|object\w*|denounc\w*|oppos\w*)\b/;
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
/** For notice that extends the contract, by the length that stands before "by notice". */
const beforeEndOnly = /^(?:(?!\bby\b)[^.;,]){0,60}\b(?:prior|before|advance|preceding)\b/;
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
function findNoticeLength(normalized: string, follows: RegExp): DurationMention | undefined {
  const lengths = findDurations(normalized, true).filter(({ end }) => {
    const after = follows.exec(normalized.slice(end, end + 90));
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

const collapsed = (text: string, { start, end }: PreparedSentence) =>
  text.slice(start, end).replace(/\s+/g, ' ');

function parseNotice(
  sentence: PreparedSentence,
  { text, order }: DatedText,
  follows = beforeEnd,
): NoticePeriod | undefined {
  const { normalized, start, end } = sentence;
  const evidence = [{ start, end }];
  const mention = findNoticeLength(normalized, follows);
  if (!mention) {
    const by = findNoticeDay(collapsed(text, sentence), order);
    return by === undefined ? undefined : { by, evidence };
  }
  const { unit } = mention;
  const length: Duration = { count: findMinimumBefore(normalized, mention) ?? mention.count, unit };
  const inBusinessDays = mention.businessDays === true;
  return {
    value: inBusinessDays
      ? formatDuration(length).replace(' day', ' business day')
      : formatDuration(length),
    length,
    ...(inBusinessDays && { businessDays: true }),
    evidence,
  };
}

/** Notice against an automatic renewal. */
function findRenewalNotice(prepared: DatedText, renewal: RenewalTerm): NoticePeriod | undefined {
  const { sentences } = prepared;
  const at = sentences.findIndex(({ start }) => start === renewal.evidence[0]!.start);
  for (const [index, sentence] of sentences.slice(at, at + maxSentences).entries()) {
    const { normalized } = sentence;
    const isLinked = index > 0 && backReference.test(normalized) && termEndPhrase.test(normalized);
    if (!findRow(declarationRows, normalized) || !(preventsRenewal.test(normalized) || isLinked))
      continue;
    if (
      index > 0 &&
      !termEndPhrase.test(normalized) &&
      !(index === 1 && intentToEnd.test(normalized))
    )
      continue;
    if (index > 0 && otherNotice.test(normalized) && !notRenew.test(normalized)) continue;
    const found = parseNotice(sentence, prepared);
    if (found) return found;
  }
  return undefined;
}

const extendsByNotice = /\b(?:notice|notif\w+|writing|written|inform\w*|declar\w*|exercis\w*)\b/;
const agreed = /\b(?:mutual|by agreement|parties agree)\b/;

/** Notice by which a party extends the contract. */
function findExtensionNotice(prepared: DatedText, renewal: RenewalTerm): NoticePeriod | undefined {
  const { sentences } = prepared;
  const at = sentences.findIndex(({ start }) => start === renewal.evidence[0]!.start);
  for (const [index, sentence] of sentences.slice(at, at + 2).entries()) {
    const { normalized } = sentence;
    if (!extendsByNotice.test(normalized) || agreed.test(normalized)) continue;
    if (index > 0 && !/\b(?:option|extension|extend|renew)\w*\b/.test(normalized)) continue;
    const found = parseNotice(sentence, prepared, beforeEndOnly);
    if (found) return { ...found, extends: true };
  }
  return undefined;
}

const endsContract =
  /\b(?:terminat\w+|cancel\w*|end(?:ed|s)?|denounc\w+|resign\w*|give notice|gives? (?:the other )?(?:party )?(?:\w+ ){0,4}notice)\b/;
const byEither =
  /\b(?:either|each|any|both|one|a) (?:of the )?part(?:y|ies)\b|\b(?:may|can|shall) be (?:\w+ )?(?:terminated|cancelled|ended|denounced)\b|\b(?:landlord|lessor|employer|company|supplier|licensor)\b.{0,40}\b(?:or|and)\b.{0,20}\b(?:tenant|lessee|employee|customer|licensee)\b/;
const forCause =
  /\b(?:breach|default|insolv\w*|bankrupt\w*|cause|cure|remed\w+|material|immediate(?:ly)?|force majeure|change of control|fails?|probation\w*|trial)\b/;

/** Notice that ends a contract without an end. */
function findTerminationNotice(prepared: DatedText): NoticePeriod | undefined {
  for (const sentence of prepared.sentences) {
    const { normalized } = sentence;
    if (!endsContract.test(normalized) || !/\bnotice\b|\bperiod\b/.test(normalized)) continue;
    if (forCause.test(normalized) || !byEither.test(normalized)) continue;
    const found = parseNotice(sentence, prepared);
    if (found?.length === undefined) continue;
    const end = noticeEndRows.find(({ pattern }) => pattern.test(normalized));
    const notBefore = findFirstEnd(collapsed(prepared.text, sentence), prepared.order);
    return {
      ...found,
      ...(end && { toEndOf: end.toEndOf }),
      ...(notBefore !== undefined && { notBefore }),
    };
  }
  return undefined;
}

/**
 * Finds when notice must be given: so that an automatic renewal does not happen, so that an optional
 * one does, or to end a contract that has no end.
 */
export function findNoticePeriod(
  prepared: DatedText,
  renewal: RenewalTerm | undefined,
  expiration: ContractDate | undefined,
): NoticePeriod | undefined {
  if (renewal?.kind === 'automatic') return findRenewalNotice(prepared, renewal);
  if (renewal?.kind === 'optional') return findExtensionNotice(prepared, renewal);
  return expiration?.basis === 'perpetual' ? findTerminationNotice(prepared) : undefined;
}

import type { Duration, RenewalTerm } from '../domain/documents.ts';
import { formatDuration, findDurations } from './duration-text.ts';
import { parseNumberWords, numberWords } from './number-words.ts';
import { findRow, firstOffset } from './pattern-row.ts';
import type { PreparedText, PreparedSentence } from './prepared-text.ts';
import { noRenewalRows, renewalRows, renewedRows } from './renewal-rules.ts';

const certainlyAutomatic =
  /\b(?:automatic(?:ally)?|tacit(?:ly)?|implied)\b.{0,60}\b(?:renew|exten|continu|prolong)|\bauto-? ?renew|\bself-renewing|\b(?:deemed|considered) (?:to (?:be|have been) )?(?:renewed|extended)|\bautomatically (?:be )?lengthened|\b(?:renew\w*|extend\w*|continue\w*)\b.{0,120}\b(?:automatic(?:ally)?|tacitly|by itself|without any act|without further action)\b/;
const automaticPhrase =
  /\b(?:renew\w*|extend\w*|prolong\w*|continue\w*|remain\w*|thereafter|over)\b.{0,120}\b(?:in each case|successive|consecutive|unless)\b|\b(?:continue\w*|remain\w* in (?:full )?(?:force|effect)(?: and effect)?) (?:automatically |thereafter |on |for )(?:an? |each )?(?:additional|further|subsequent|yearly|annual|monthly)\b|\bnew (?:\w+ )?term of\b|\broll(?:s|ed)? over\b|\b(?:shall|will|is|are) (?:thereafter |then )?(?:be )?(?:renew(?:ed|able)?|extend(?:ed)?|prolong(?:ed)?)\b|\bit (?:then |thereafter )?(?:renews|rolls over|extends|prolongs)\b|\b(?:agreement|term|contract|lease) renews\b|\bmonth[- ]to[- ]month\b|\byear[- ]to[- ]year\b/;
const unlessAgreed = /\bunless\b.{0,40}\brenew\w* (?:in writing|by mutual)/;
/** What the parties may always agree on, so neither an option to renew nor an automatic renewal. */
const agreementRequired =
  /\b(?:mutual(?:ly)?\b.{0,40}\b(?:agree|consent)|by (?:written )?agreement|upon (?:the )?(?:written )?agreement|may agree)/;
/** Renewed only if something happens or a party requests it. */
const conditional =
  /\b(?:may|option|elect\w*|(?:up)?on (?:the )?(?:\w+ )?request|right to|entitled to|if (?!neither|no |not |none)|only if|provided that such contin\w+)\b.{0,80}\b(?:renew|extend|contin|month[- ]to)|\bonly (?:if|so long as)\b.{0,80}\bapproved\b/;
/**
 * "If sales reach the goal, it shall automatically renew": optional, since it depends on a
 * condition.
 */
const eventCondition =
  /^.{0,12}\b(?:if|in the event|in case|should|provided)\b(?!.{0,60}\b(?:neither|no|not|none|without|absence)\b)(?!.{0,300}\b(?:otherwise|fail(?:s|ing|ure)?)\b).{0,400}\bautomatic/;
const performanceCondition =
  /\b(?:provided|if|so long as|as long as)\b,?(?: however,?)?(?: that)? (?!.{0,40}\b(?:neither|unless)\b).{0,60}\b(?:achiev|receiv|approv|compli|satisf|exceed|fulfil)\w*(?!.{0,40}\bnotice)/;
const unrelatedTerm =
  /\b(?:insurance|policy|registration|patent|domain|hold(?:s|ing)? over|possession|tenancy|remains? in the premises|force majeure|(?:standstill|evaluation|test|trial|testing|cure|warranty|grace|payment|review|acceptance|notice|response|delivery) (?:date|period))\b|\bextend(?:s|ed)? (?:un)?til\b|\bextend(?:s|ed)?(?: \S+){0,6} beyond\b|\b(?:year|quarter|month|day|period)"? (?:shall )?(?:means?|refers?)\b/;
const optionPhrase =
  /\b(?:option|right|may|elect\w*|entitled|(?:up)?on (?:the )?(?:\w+ )?request)\b.{0,200}\b(?:renew|extend|successor|(?:additional|further|second) (?:\w+ ){0,3}(?:term|period))/;
/** "90 days' prior notice", "60 days before": such a duration is not a term. */
const noticeLength =
  /^['s]*(?: (?!(?:unless|by)\b)\w+){0,2} (?:notice|before|prior|advance|after)\b/;
const noticeBefore =
  /\b(?:at least|not less than|no less than|no fewer than|not fewer than|within)\b[^.;]{0,25}$|\bnotice\b[^.;,]{0,15}$|\b(?:initial|original)\b[^.;]{0,4}$/;
/** States the length of renewals, apart from the sentence that grants them. */
const renewalLengthPhrase =
  /\b(?:(?:renewal|extension|extended|additional|subsequent|successive) (?:term|period)s?|renewals?)\b"?(?: \w+){0,4} (?:shall be|will be|is|are|means?|of|for)\b|\b(?:renewal|extension) (?:term|period)s?"?:/;
/** Renewals as long as the first term, whose length is stated before. */
const sameAsInitialTerm =
  /\b(?:same|like|equal|identical|similar)\b(?: \w+){0,2} (?:terms?|periods?|length|duration)\b|\b(?:terms?|periods?) (?:of the same (?:length|duration)|equal (?:in length )?to)\b/;
/** How many sentences after the one on renewal may state the length. */
const maxLengthDistance = 3;
const aboutTerm = /\bterm\b|\brenew|\bduration\b|\bextension\b/;

/** Where the part on renewals begins in a sentence that is also about the first term. */
const continuationStart =
  /\b(?:renew(?!al)|extend(?!ed)|prolong)|\bthereafter\b|\b(?:successive|consecutive|subsequent)\b/;

function findRenewalLength(normalized: string, phrase?: RegExp): Duration | undefined {
  if (/\bmonth[- ]to[- ]month\b/.test(normalized)) return { count: 1, unit: 'month' };
  if (/\byear[- ]to[- ]year\b/.test(normalized)) return { count: 1, unit: 'year' };
  const at = Math.max(
    0,
    phrase ? normalized.search(phrase) : firstOffset(renewalRows, normalized),
    normalized.search(continuationStart),
  );
  const length = findDurations(normalized).find(
    ({ start, end }) =>
      start > at &&
      !noticeLength.test(normalized.slice(end, end + 50)) &&
      !noticeBefore.test(normalized.slice(Math.max(0, start - 45), start)),
  );
  if (length) return { count: length.count, unit: length.unit };
  const rest = normalized.slice(at);
  if (
    /\bannual(?:ly)?\b|\b(?:yearly|each year|every year)\b|\bsuccessive years\b|\b(?:on|at) each anniversary\b/.test(
      rest,
    )
  ) {
    return { count: 1, unit: 'year' };
  }
  if (/\bquarterly\b/.test(rest)) return { count: 3, unit: 'month' };
  if (/\b(?:half-?yearly|semi-?annual(?:ly)?)\b/.test(rest)) return { count: 6, unit: 'month' };
  return /\bmonthly\b/.test(rest) ? { count: 1, unit: 'month' } : undefined;
}

const termNoun = '(?:terms?|periods?|renewals?|extensions?|times)';
const further =
  '(?:additional|successive|consecutive|further|renewal|extension|subsequent|separate)';
const countedRenewals = new RegExp(
  `(?<![\\w-])(?:(${numberWords})(?: ?\\((\\d{1,2})\\))?|(\\d{1,2}))(?: (?:${further},?(?: and)?))+ (?:(?:periods|terms) of |(?:[\\w()-]+ ){0,4}?)${termNoun}\\b`,
);
const maxRenewalsPhrase = new RegExp(
  `\\b(?:up to|(?:no|not) more than|a maximum of|at most) (?:an additional )?(?:(${numberWords})(?: ?\\((\\d{1,2})\\))?|(\\d{1,2}))(?: (?:${further},?(?: and)?))* (?:[\\w()-]+ ){0,4}?${termNoun}\\b`,
);
const timesRenewed =
  /\b(?:renew\w*|extend\w*|prolong\w*)(?: \w+){0,6}? (once|twice|two times|three times|four times|five times)\b(?! (?:the|a|it|each|every))/;
const timesWords = ['once', 'twice', 'three times', 'four times', 'five times'];

/** The most renewals, if the sentence states a number. */
function findMaxRenewals(normalized: string): number | undefined {
  const match = maxRenewalsPhrase.exec(normalized) ?? countedRenewals.exec(normalized);
  if (match) {
    const [, words, figures, digits] = match;
    // "one (1) year": a duration, not a count of renewals
    if (/\b(?:day|week|month|year)s?$/.test(match[0])) return undefined;
    const spelled = words ? parseNumberWords(words) : undefined;
    const numeral = figures ?? digits;
    if (spelled !== undefined && numeral !== undefined && spelled !== Number(numeral)) {
      return undefined;
    }
    const count = spelled ?? (numeral === undefined ? undefined : Number(numeral));
    return count === 0 ? undefined : count;
  }
  const times = timesRenewed.exec(normalized)?.[1]?.replace('two times', 'twice');
  return times === undefined ? undefined : timesWords.indexOf(times) + 1;
}

interface RenewalCandidate {
  sentence: PreparedSentence;
  kind: RenewalTerm['kind'];
  length?: Duration;
  points: number;
}

function toCandidate(sentence: PreparedSentence): RenewalCandidate | undefined {
  const { normalized } = sentence;
  if (
    !findRow(renewalRows, normalized) ||
    !findRow(renewedRows, normalized) ||
    unrelatedTerm.test(normalized)
  )
    return undefined;
  const beforeUnless = normalized.slice(0, normalized.search(/\bunless\b|$/));
  if (findRow(noRenewalRows, beforeUnless) || unlessAgreed.test(beforeUnless)) return undefined;
  const isConditional =
    certainlyAutomatic.test(normalized) &&
    (eventCondition.test(beforeUnless) || performanceCondition.test(beforeUnless));
  const isCertain = !isConditional && certainlyAutomatic.test(normalized);
  const isAutomatic =
    isCertain ||
    (!isConditional &&
      automaticPhrase.test(normalized) &&
      !agreementRequired.test(beforeUnless) &&
      !conditional.test(beforeUnless));
  if (
    !isAutomatic &&
    !isConditional &&
    (!optionPhrase.test(normalized) || agreementRequired.test(normalized))
  )
    return undefined;
  const length = findRenewalLength(normalized);
  if (!length && !isCertain) return undefined;
  const points =
    (isAutomatic ? 4 : isConditional ? 3 : 0) +
    (isCertain ? 1 : 0) +
    (length ? 2 : 0) +
    (aboutTerm.test(sentence.heading) ? 1 : 0) -
    (sentence.kind === 'exhibit' ? 1 : 0);
  return {
    sentence,
    kind: isAutomatic ? 'automatic' : 'optional',
    points,
    ...(length && { length }),
  };
}

/**
 * The length of renewals if the sentence on them does not state it: from a later sentence, or that
 * of the first term.
 */
function findLengthNearby(
  sentences: PreparedSentence[],
  sentence: PreparedSentence,
): { sentence: PreparedSentence; length: Duration } | undefined {
  const at = sentences.indexOf(sentence);
  for (const next of sentences.slice(at + 1, at + 1 + maxLengthDistance)) {
    const length = renewalLengthPhrase.test(next.normalized)
      ? findRenewalLength(next.normalized, renewalLengthPhrase)
      : undefined;
    if (length) return { sentence: next, length };
  }
  if (!sameAsInitialTerm.test(sentence.normalized)) return undefined;
  for (const before of sentences.slice(Math.max(0, at - maxLengthDistance), at + 1).toReversed()) {
    if (!/\b(?:term|period)\b/.test(before.normalized)) continue;
    const first = findDurations(before.normalized).find(
      ({ start, end }) =>
        !noticeLength.test(before.normalized.slice(end, end + 50)) &&
        !noticeBefore.test(before.normalized.slice(Math.max(0, start - 45), start - 8)),
    );
    if (first) return { sentence: before, length: { count: first.count, unit: first.unit } };
  }
  return undefined;
}

/** The sentence that says that the contract does not renew. */
function findNoRenewal(sentences: PreparedSentence[]): RenewalTerm | undefined {
  const found = sentences.find(
    ({ normalized }) =>
      findRow(noRenewalRows, normalized) &&
      (findRow(renewedRows, normalized) || /\b(?:automatic|tacit) renewal\b/.test(normalized)) &&
      !unrelatedTerm.test(normalized) &&
      !/\b(?:if|in the event|unless|notice|option)\b/.test(normalized),
  );
  return found && { kind: 'none', evidence: [{ start: found.start, end: found.end }] };
}

/**
 * Finds how the contract continues after its first term: the length of each renewal, the most
 * renewals, and whether it is `automatic` (unless a party gives notice), `optional` (if a party
 * requests it) or `none` (the contract says that it does not renew). A renewal that needs the agreement of both parties does not count.
 */
export function findRenewal({ sentences }: PreparedText): RenewalTerm | undefined {
  let best: RenewalCandidate | undefined;
  for (const sentence of sentences) {
    const found = toCandidate(sentence);
    if (found && found.points > (best?.points ?? -Infinity)) best = found;
  }
  if (!best) return findNoRenewal(sentences);
  const { kind, sentence } = best;
  const nearbyLength = best.length ? undefined : findLengthNearby(sentences, sentence);
  const length = best.length ?? nearbyLength?.length;
  const maximum =
    findMaxRenewals(sentence.normalized) ??
    (nearbyLength && findMaxRenewals(nearbyLength.sentence.normalized));
  return {
    kind,
    ...(length && { value: formatDuration(length), length }),
    ...(maximum !== undefined && { maximum }),
    evidence: [sentence, ...(nearbyLength ? [nearbyLength.sentence] : [])].map(
      ({ start, end }) => ({
        start,
        end,
      }),
    ),
  };
}

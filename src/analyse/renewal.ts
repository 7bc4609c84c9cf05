import type { Duration, RenewalTerm } from '../documents.ts';
import { durationText, findDurations } from './duration-text.ts';
import { numberOf, numberWords } from './number-words.ts';
import type { Reading, ReadSentence } from './reading.ts';

const renews =
  /\b(?:renew(?:s|ed|al|able)?|extend(?:s|ed)?|prolong(?:s|ed)?)\b|\bsuccessor (?:franchise|terms?)\b|\b(?:option|right) (?:for|to) (?:\w+ ){0,3}(?:additional|further|second) (?:\w+ ){0,3}(?:term|period)s?\b|\b(?:thereafter|then)\b.{0,40}\b(?:continue|successive|consecutive|year[- ]to[- ]year|month[- ]to)|\b(?:continue\w*|remain\w* in (?:full )?(?:force|effect))\b.{0,80}\b(?:successive|consecutive|subsequent|further|automatic\w*|additional|month[- ]to[- ]month|year[- ]to[- ]year|(?:yearly|annual|monthly) basis)\b|\bmonth[- ]to[- ]month\b|\byear[- ]to[- ]year thereafter\b|\broll(?:s|ed)? over\b|\b(?:be|is) (?:automatically )?lengthened\b|\bself-renewing\b|\bnew (?:\w+ )?term of\b.{0,40}\b(?:begins?|commences?|starts?)\b/;
const surelyAutomatic =
  /\b(?:automatic(?:ally)?|tacit(?:ly)?)\b.{0,60}\b(?:renew|exten|continu|prolong)|\bauto-? ?renew|\bself-renewing|\b(?:deemed|considered) (?:to (?:be|have been) )?(?:renewed|extended)|\bautomatically (?:be )?lengthened|\b(?:renew\w*|extend\w*|continue\w*)\b.{0,120}\b(?:automatic(?:ally)?|tacitly|by itself|without any act|without further action)\b/;
const automatic =
  /\b(?:renew\w*|extend\w*|prolong\w*|continue\w*|remain\w*|thereafter|over)\b.{0,120}\b(?:in each case|successive|consecutive|unless)\b|\b(?:continue\w*|remain\w* in (?:full )?(?:force|effect)(?: and effect)?) (?:automatically |thereafter |on |for )(?:an? |each )?(?:additional|further|subsequent|yearly|annual|monthly)\b|\bnew (?:\w+ )?term of\b|\broll(?:s|ed)? over\b|\b(?:shall|will|is|are) (?:thereafter |then )?(?:be )?(?:renew(?:ed|able)?|extend(?:ed)?|prolong(?:ed)?)\b|\bit renews\b|\b(?:agreement|term|contract|lease) renews\b|\bmonth[- ]to[- ]month\b|\byear[- ]to[- ]year\b/;
const notAtAll =
  /\b(?:shall|will|may|can)(?:not| not| in no event| never) (?:\w+ ){0,3}(?:renew|extend|prolong)|\b(?:does|do|is|are) not (?:automatically |be |to be )?(?:renew|extend|prolong)|\bno (?:\w+ ){0,2}(?:renewals?|extensions?|renew|extend)\b|\bunless\b.{0,40}\brenew\w* (?:in writing|by mutual)/;
/** What anyone may always do, so no right to renew and no renewal by itself. */
const byAgreement =
  /\b(?:mutual(?:ly)?\b.{0,40}\b(?:agree|consent)|by (?:written )?agreement|upon (?:the )?(?:written )?agreement|may agree)/;
/** Renewed only if something happens or someone asks for it. */
const onCondition =
  /\b(?:may|option|elect\w*|(?:up)?on (?:the )?(?:\w+ )?request|right to|entitled to|if (?!neither|no |not |none)|only if|provided that such contin\w+)\b.{0,80}\b(?:renew|extend|contin|month[- ]to)|\bonly (?:if|so long as)\b.{0,80}\bapproved\b/;
/** "If sales reach the goal, it shall automatically renew": by itself, but not unless something happens. */
const onEvent =
  /^.{0,12}\b(?:if|in the event|in case|should|provided)\b(?!.{0,60}\b(?:neither|no|not|none|without|absence)\b)(?!.{0,300}\b(?:otherwise|fail(?:s|ing|ure)?)\b).{0,400}\bautomatic/;
const onProof =
  /\b(?:provided|if|so long as|as long as)\b,?(?: however,?)?(?: that)? (?!.{0,40}\b(?:neither|unless)\b).{0,60}\b(?:achiev|receiv|approv|compli|satisf|exceed|fulfil)\w*(?!.{0,40}\bnotice)/;
const notOfTerm =
  /\b(?:insurance|policy|registration|patent|domain|hold(?:s|ing)? over|possession|tenancy|remains? in the premises|force majeure|(?:standstill|evaluation|test|trial|testing|cure|warranty|grace|payment|review|acceptance|notice|response|delivery) (?:date|period))\b|\bextend(?:s|ed)? (?:un)?til\b|\bextend(?:s|ed)?(?: \S+){0,6} beyond\b|\b(?:year|quarter|month|day|period)"? (?:shall )?(?:means?|refers?)\b/;
const option =
  /\b(?:option|right|may|elect\w*|entitled|(?:up)?on (?:the )?(?:\w+ )?request)\b.{0,200}\b(?:renew|extend|successor|(?:additional|further|second) (?:\w+ ){0,3}(?:term|period))/;
const ofContract =
  /\b(?:agreement|contract|lease|terms?|license|franchise|engagement|appointment|periods?)\b/;
/** "90 days' prior notice", "60 days before": such a length is no term. */
const noticeLength = /^['s]*(?: \w+){0,2} (?:notice|before|prior|advance|after)\b/;
const noticeBefore =
  /\b(?:at least|not less than|no less than|no fewer than|not fewer than|within)\b[^.;]{0,25}$|\bnotice\b[^.;,]{0,15}$|\b(?:initial|original)\b[^.;]{0,4}$/;
/** What is said of the length of renewals apart from where it is said that there are any. */
const ofRenewals =
  /\b(?:(?:renewal|extension|extended|additional|subsequent|successive) (?:term|period)s?|renewals?)\b"?(?: \w+){0,4} (?:shall be|will be|is|are|means?|of|for)\b|\b(?:renewal|extension) (?:term|period)s?"?:/;
/** Renewals as long as the first term, whose length stands before. */
const likeTheFirst =
  /\b(?:same|like|equal|identical|similar)\b(?: \w+){0,2} (?:terms?|periods?|length|duration)\b|\b(?:terms?|periods?) (?:of the same (?:length|duration)|equal (?:in length )?to)\b/;
/** Sentences after the one on renewal in which their length may stand. */
const lengthNearby = 3;
const aboutTerm = /\bterm\b|\brenew|\bduration\b|\bextension\b/;

/** Where a sentence that tells of the first term too begins to tell of what follows. */
const begins =
  /\b(?:renew(?!al)|extend(?!ed)|prolong)|\bthereafter\b|\b(?:successive|consecutive|subsequent)\b/;

function renewalLength(plain: string, said: RegExp = renews): Duration | undefined {
  if (/\bmonth[- ]to[- ]month\b/.test(plain)) return { count: 1, unit: 'month' };
  if (/\byear[- ]to[- ]year\b/.test(plain)) return { count: 1, unit: 'year' };
  const at = Math.max(0, plain.search(said), plain.search(begins));
  const length = findDurations(plain).find(
    ({ start, end }) =>
      start > at &&
      !noticeLength.test(plain.slice(end, end + 50)) &&
      !noticeBefore.test(plain.slice(Math.max(0, start - 45), start)),
  );
  if (length) return { count: length.count, unit: length.unit };
  const rest = plain.slice(at);
  if (
    /\bannual(?:ly)?\b|\b(?:yearly|each year|every year)\b|\bsuccessive years\b|\b(?:on|at) each anniversary\b/.test(
      rest,
    )
  ) {
    return { count: 1, unit: 'year' };
  }
  return /\bmonthly\b/.test(rest) ? { count: 1, unit: 'month' } : undefined;
}

const termNoun = '(?:terms?|periods?|renewals?|extensions?|times)';
const further =
  '(?:additional|successive|consecutive|further|renewal|extension|subsequent|separate)';
const counted = new RegExp(
  `(?<![\\w-])(?:(${numberWords})(?: ?\\((\\d{1,2})\\))?|(\\d{1,2}))(?: (?:${further},?(?: and)?))+ (?:(?:periods|terms) of |(?:[\\w()-]+ ){0,4}?)${termNoun}\\b`,
);
const atMost = new RegExp(
  `\\b(?:up to|(?:no|not) more than|a maximum of|at most) (?:an additional )?(?:(${numberWords})(?: ?\\((\\d{1,2})\\))?|(\\d{1,2}))(?: (?:${further},?(?: and)?))* (?:[\\w()-]+ ){0,4}?${termNoun}\\b`,
);
const once = /\b(?:renew\w*|extend\w*)(?: \w+){0,5} once\b(?! (?:the|a|it|each|every))/;

/** How often the contract renews at most, where the sentence says it in so many words. */
function mostRenewals(plain: string): number | undefined {
  const match = atMost.exec(plain) ?? counted.exec(plain);
  if (match) {
    const [, words, figures, digits] = match;
    // "one (1) year": a length, whose noun is not among those counted
    if (/\b(?:day|week|month|year)s?$/.test(match[0])) return undefined;
    const spelled = words ? numberOf(words) : undefined;
    const written = figures ?? digits;
    if (spelled !== undefined && written !== undefined && spelled !== Number(written)) {
      return undefined;
    }
    const count = spelled ?? (written === undefined ? undefined : Number(written));
    return count === 0 ? undefined : count;
  }
  return once.test(plain) ? 1 : undefined;
}

interface Candidate {
  sentence: ReadSentence;
  kind: RenewalTerm['kind'];
  length?: Duration;
  points: number;
}

function candidate(sentence: ReadSentence): Candidate | undefined {
  const { plain } = sentence;
  if (!renews.test(plain) || !ofContract.test(plain) || notOfTerm.test(plain)) return undefined;
  const untilStopped = plain.slice(0, plain.search(/\bunless\b|$/));
  if (notAtAll.test(untilStopped)) return undefined;
  const onlyIf =
    surelyAutomatic.test(plain) && (onEvent.test(untilStopped) || onProof.test(untilStopped));
  const sure = !onlyIf && surelyAutomatic.test(plain);
  const byItself =
    sure ||
    (!onlyIf &&
      automatic.test(plain) &&
      !byAgreement.test(untilStopped) &&
      !onCondition.test(untilStopped));
  if (!byItself && !onlyIf && (!option.test(plain) || byAgreement.test(plain))) return undefined;
  const length = renewalLength(plain);
  if (!length && !sure) return undefined;
  const points =
    (byItself ? 4 : onlyIf ? 3 : 0) +
    (sure ? 1 : 0) +
    (length ? 2 : 0) +
    (aboutTerm.test(sentence.heading) ? 1 : 0) -
    (sentence.kind === 'exhibit' ? 1 : 0);
  return { sentence, kind: byItself ? 'automatic' : 'optional', points, ...(length && { length }) };
}

/** The length of renewals where the sentence on them does not give it: said after it, or that of the first term. */
function lengthApart(
  sentences: ReadSentence[],
  sentence: ReadSentence,
): { sentence: ReadSentence; length: Duration } | undefined {
  const at = sentences.indexOf(sentence);
  for (const next of sentences.slice(at + 1, at + 1 + lengthNearby)) {
    const length = ofRenewals.test(next.plain) ? renewalLength(next.plain, ofRenewals) : undefined;
    if (length) return { sentence: next, length };
  }
  if (!likeTheFirst.test(sentence.plain)) return undefined;
  for (const before of sentences.slice(Math.max(0, at - lengthNearby), at + 1).toReversed()) {
    if (!/\b(?:term|period)\b/.test(before.plain)) continue;
    const first = findDurations(before.plain).find(
      ({ start, end }) =>
        !noticeLength.test(before.plain.slice(end, end + 50)) &&
        !noticeBefore.test(before.plain.slice(Math.max(0, start - 45), start - 8)),
    );
    if (first) return { sentence: before, length: { count: first.count, unit: first.unit } };
  }
  return undefined;
}

/**
 * For how long the contract goes on after its first term, once or each time, and whether it does so
 * unless someone stops it or only if someone asks for it. What anyone may agree on is no renewal.
 */
export function findRenewal({ sentences }: Reading): RenewalTerm | undefined {
  let best: Candidate | undefined;
  for (const sentence of sentences) {
    const found = candidate(sentence);
    if (found && found.points > (best?.points ?? -Infinity)) best = found;
  }
  if (!best) return undefined;
  const { kind, sentence } = best;
  const apart = best.length ? undefined : lengthApart(sentences, sentence);
  const length = best.length ?? apart?.length;
  const maximum = mostRenewals(sentence.plain) ?? (apart && mostRenewals(apart.sentence.plain));
  return {
    kind,
    ...(length && { value: durationText(length), length }),
    ...(maximum !== undefined && { maximum }),
    evidence: [sentence, ...(apart ? [apart.sentence] : [])].map(({ start, end }) => ({
      start,
      end,
    })),
  };
}

import { shift } from '../calendar.ts';
import type { ContractDate, Duration, StatedFact } from '../documents.ts';
import { spoken } from './date-text.ts';
import { durationText, findDurations } from './duration-text.ts';
import type { Reading, ReadSentence } from './reading.ts';

const renews =
  /\b(?:renew(?:s|ed|al)?|extend(?:s|ed)?)\b|\b(?:thereafter|then)\b.{0,40}\bcontinue|\bcontinue\w*\b.{0,60}\b(?:successive|automatic\w*|additional|month[- ]to[- ]month|year[- ]to[- ]year)\b|\bmonth[- ]to[- ]month\b/;
const automatic =
  /\bautomatic(?:ally)?\b.{0,60}\b(?:renew|extend|continue)|\b(?:renew\w*|extend\w*|continue\w*)\b.{0,120}\b(?:automatic(?:ally)?|by itself|without any act|in each case|successive|consecutive|unless)\b|\b(?:shall|will|is|are) (?:thereafter |then )?(?:be )?(?:renew(?:ed)?|extend(?:ed)?)\b|\bit renews\b|\b(?:agreement|term|contract|lease) renews\b|\bmonth[- ]to[- ]month\b|\byear[- ]to[- ]year\b/;
const notAtAll =
  /\b(?:not|never|no)\b.{0,25}\b(?:renew|extend)|\bunless\b.{0,40}\brenew\w* (?:in writing|by mutual)|\bmutual(?:ly)?\b.{0,40}\bagree/;
const notOfTerm =
  /\b(?:insurance|policy|registration|patent|domain|hold(?:s|ing)? over|possession|tenancy|remains? in the premises)\b/;
const option = /\b(?:option|right|may|elect\w*)\b.{0,80}\b(?:renew|extend)/;
const ofContract =
  /\b(?:agreement|contract|lease|term|license|franchise|engagement|appointment|period)\b/;
/** "90 days' prior notice", "60 days before": such a length is no term. */
const noticeLength = /^['s]*(?: \w+){0,2} (?:notice|before|prior|advance|after)\b/;
const noticeBefore =
  /\b(?:at least|not less than|no less than|no fewer than|not fewer than|initial|notice|within)\b[^.;]{0,25}$/;

export interface Renewal extends StatedFact {
  /** Whether it renews unless someone stops it. */
  automatic: boolean;
}

function span({ start, end }: ReadSentence) {
  return { start, end };
}

function renewalLength(plain: string): string | undefined {
  if (/\bmonth[- ]to[- ]month\b/.test(plain)) return '1 month';
  if (/\byear[- ]to[- ]year\b/.test(plain)) return '1 year';
  const at = plain.search(renews);
  const length = findDurations(plain).find(
    ({ start, end }) =>
      start > at &&
      !noticeLength.test(plain.slice(end, end + 50)) &&
      !noticeBefore.test(plain.slice(Math.max(0, start - 45), start)),
  );
  if (length) return durationText(length);
  const rest = plain.slice(at);
  if (/\bannual(?:ly)?\b|\bsuccessive years\b|\bon each anniversary\b/.test(rest)) return '1 year';
  return /\bmonthly\b/.test(rest) ? '1 month' : undefined;
}

/** For how long the contract goes on after its initial term, once or each time. */
export function findRenewal({ sentences }: Reading): Renewal | undefined {
  let optional: Renewal | undefined;
  for (const sentence of sentences) {
    const { plain } = sentence;
    if (!renews.test(plain) || !ofContract.test(plain) || notOfTerm.test(plain)) continue;
    const isAutomatic =
      automatic.test(plain) && !notAtAll.test(plain.slice(0, plain.search(/\bunless\b|$/)));
    if (!isAutomatic && (optional || !option.test(plain))) continue;
    const value = renewalLength(plain);
    if (value === undefined) continue;
    const found = { value, automatic: isAutomatic, evidence: [span(sentence)] };
    if (isAutomatic) return found;
    optional = found;
  }
  return optional;
}

const notice = /\b(?:notice|notif\w+|writing|advise)\b/;
const stops =
  /\b(?:not (?:to )?(?:renew|extend)|non-?renewal|intent\w*|terminat\w*|wish\w*|desire\w*|unless|elect\w*|cancel\w*|discontinue|prevent|contrary|opt)\b/;
const atLeast =
  /\b(?:at least|(?:not|no) (?:less|fewer|later) than|minimum of|upon|giv\w+|within|than|by|with|provid\w+)(?: \w+)?(?: \w+)? $/;
const beforeEnd = /^[^.;]{0,60}\b(?:prior|before|advance|preceding|notice)\b/;

/** The length of notice in a sentence: the one announced as the least, else one that comes before. */
function noticeLengthIn(plain: string): Duration | undefined {
  const lengths = findDurations(plain).filter(({ end }) => {
    const after = beforeEnd.exec(plain.slice(end, end + 90));
    return after !== null && !/\bunless\b/.test(after[0]);
  });
  const announced = lengths.find(({ start }) =>
    atLeast.test(plain.slice(Math.max(0, start - 40), start)),
  );
  const length = announced ?? lengths[0];
  return length && { count: length.count, unit: length.unit };
}

/** How long before the end notice must be given so that the contract does not renew. */
export function findNoticePeriod(
  { sentences }: Reading,
  renewal: Renewal | undefined,
): (StatedFact & { period: Duration }) | undefined {
  if (!renewal) return undefined;
  const at = sentences.findIndex(({ start }) => start === renewal.evidence[0]!.start);
  const near = sentences.slice(at, at + 3);
  for (const [index, sentence] of near.entries()) {
    const { plain } = sentence;
    if (!notice.test(plain) || !stops.test(plain)) continue;
    if (index > 0 && !/\b(?:renew\w*|expir\w*|end of|term)\b/.test(plain)) continue;
    const period = noticeLengthIn(plain);
    if (period) {
      return { value: durationText(period), period, evidence: [span(sentence)] };
    }
  }
  return undefined;
}

/**
 * The last day on which notice still stops the renewal of the initial term: the expiration date
 * less the notice period. Absent where the contract does not renew by itself.
 */
export function noticeDeadline(
  expiration: ContractDate | undefined,
  renewal: Renewal | undefined,
  period: (StatedFact & { period: Duration }) | undefined,
): ContractDate | undefined {
  if (!expiration?.value || !renewal?.automatic || !period) return undefined;
  const value = shift(expiration.value, period.period, -1);
  return {
    value,
    basis: 'computed',
    explanation: `${durationText(period.period)} before the term ends on ${spoken(expiration.value)} is ${spoken(value)}.`,
    evidence: [...period.evidence, ...expiration.evidence],
  };
}

import type { Duration, RenewalTerm } from '../documents.ts';
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

function span({ start, end }: ReadSentence) {
  return { start, end };
}

function renewalLength(plain: string): Duration | undefined {
  if (/\bmonth[- ]to[- ]month\b/.test(plain)) return { count: 1, unit: 'month' };
  if (/\byear[- ]to[- ]year\b/.test(plain)) return { count: 1, unit: 'year' };
  const at = plain.search(renews);
  const length = findDurations(plain).find(
    ({ start, end }) =>
      start > at &&
      !noticeLength.test(plain.slice(end, end + 50)) &&
      !noticeBefore.test(plain.slice(Math.max(0, start - 45), start)),
  );
  if (length) return { count: length.count, unit: length.unit };
  const rest = plain.slice(at);
  if (/\bannual(?:ly)?\b|\bsuccessive years\b|\bon each anniversary\b/.test(rest))
    return { count: 1, unit: 'year' };
  return /\bmonthly\b/.test(rest) ? { count: 1, unit: 'month' } : undefined;
}

/** For how long the contract goes on after its initial term, once or each time. */
export function findRenewal({ sentences }: Reading): RenewalTerm | undefined {
  let optional: RenewalTerm | undefined;
  for (const sentence of sentences) {
    const { plain } = sentence;
    if (!renews.test(plain) || !ofContract.test(plain) || notOfTerm.test(plain)) continue;
    const isAutomatic =
      automatic.test(plain) && !notAtAll.test(plain.slice(0, plain.search(/\bunless\b|$/)));
    if (!isAutomatic && (optional || !option.test(plain))) continue;
    const length = renewalLength(plain);
    if (length === undefined) continue;
    const found: RenewalTerm = {
      value: durationText(length),
      length,
      kind: isAutomatic ? 'automatic' : 'optional',
      evidence: [span(sentence)],
    };
    if (isAutomatic) return found;
    optional = found;
  }
  return optional;
}

import type { ContractDate, StatedFact } from '../documents.ts';
import { spoken } from './date-text.ts';
import { durationText, findDurations, shift, type Duration } from './duration-text.ts';
import type { Reading, ReadSentence } from './reading.ts';

const renews = /\b(?:renew(?:s|ed|al)?|extend(?:s|ed)?|continue)\b/;
const automatic =
  /\bautomatic(?:ally)?\b.{0,60}\b(?:renew|extend|continue)|\b(?:renew\w*|extend\w*|continue)\b.{0,80}\b(?:automatic(?:ally)?|successive|consecutive|unless)|\b(?:shall|will) (?:thereafter )?(?:be )?(?:renew(?:ed)?|extend(?:ed)?)\b|\bmonth[- ]to[- ]month\b|\byear[- ]to[- ]year\b/;
const option = /\b(?:option|right|may|elect\w*)\b.{0,80}\b(?:renew|extend)/;
const ofContract = /\b(?:agreement|contract|lease|term|license|franchise|engagement|appointment)\b/;
const successive =
  /\b(?:successive|consecutive|subsequent|terms|periods|year[- ]to[- ]year|month[- ]to[- ]month|each|annual(?:ly)?|additional \w+(?:[- ]\w+)? (?:year|month)s? (?:terms|periods))\b|\beach anniversary\b/;

export interface Renewal extends StatedFact {
  /** Whether it renews unless someone stops it. */
  automatic: boolean;
}

function span({ start, end }: ReadSentence) {
  return { start, end };
}

function renewalLength(plain: string): string | undefined {
  if (/\bmonth[- ]to[- ]month\b/.test(plain)) return 'successive 1 month';
  if (/\byear[- ]to[- ]year\b/.test(plain)) return 'successive 1 year';
  const at = plain.search(renews);
  const durations = findDurations(plain).filter(
    ({ start, end }) =>
      start > at &&
      !/^[^.;]{0,40}\b(?:prior|before|notice|advance)\b/.test(plain.slice(end, end + 50)) &&
      !/\b(?:at least|not less than|no less than|initial|notice)\b[^.;]{0,25}$/.test(
        plain.slice(Math.max(0, start - 45), start),
      ),
  );
  const [first] = durations;
  if (first) {
    const around = plain.slice(at, first.end + 30);
    return (successive.test(around) ? 'successive ' : '') + durationText(first);
  }
  if (
    /\bannual(?:ly)?\b|\bsuccessive years\b|\beach year\b|\bon each anniversary\b/.test(
      plain.slice(at),
    )
  )
    return 'successive 1 year';
  if (/\bmonthly\b/.test(plain.slice(at))) return 'successive 1 month';
  return undefined;
}

/** For how long the contract goes on after its initial term, "successive" where again and again. */
export function findRenewal({ sentences }: Reading): Renewal | undefined {
  let optional: Renewal | undefined;
  for (const sentence of sentences) {
    const { plain } = sentence;
    if (
      !renews.test(plain) ||
      !ofContract.test(plain) ||
      /\b(?:insurance|policy|registration|patent|domain)\b/.test(plain)
    )
      continue;
    const isAutomatic = automatic.test(plain);
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
  /\b(?:not (?:to )?(?:renew|extend)|non-?renewal|intent\w*|terminat\w*|wish\w*|desire\w*|unless|elect\w*|cancel\w*|discontinue)\b/;
const beforeEnd = /^[^.;]{0,60}\b(?:prior|before|advance|preceding|notice|in advance)\b/;

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
    const from =
      index === 0 ? Math.max(0, plain.search(/\b(?:unless|notice|notif|provided)\b/)) : 0;
    const period = findDurations(plain).find(
      ({ start, end }) => start >= from - 40 && beforeEnd.test(plain.slice(end, end + 90)),
    );
    if (period) {
      return {
        value: durationText(period),
        period: { count: period.count, unit: period.unit },
        evidence: [span(sentence)],
      };
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

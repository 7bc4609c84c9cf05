import type { Duration, NoticePeriod, RenewalTerm } from '../documents.ts';
import { durationText, findDurations } from './duration-text.ts';
import type { Reading } from './reading.ts';

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
  renewal: RenewalTerm | undefined,
): NoticePeriod | undefined {
  if (!renewal) return undefined;
  const at = sentences.findIndex(({ start }) => start === renewal.evidence[0]!.start);
  const near = sentences.slice(at, at + 3);
  for (const [index, sentence] of near.entries()) {
    const { plain } = sentence;
    if (!notice.test(plain) || !stops.test(plain)) continue;
    if (index > 0 && !/\b(?:renew\w*|expir\w*|end of|term)\b/.test(plain)) continue;
    const period = noticeLengthIn(plain);
    if (period) {
      const { start, end } = sentence;
      return { value: durationText(period), length: period, evidence: [{ start, end }] };
    }
  }
  return undefined;
}

import type { ContractDate } from '../documents.ts';
import { findDates, spoken } from './date-text.ts';

/** What a term may be counted from. */
export interface Anchors {
  agreementDate?: ContractDate;
  effectiveDate?: ContractDate;
}

/** The day a term is counted from, and how it is spoken of. */
export interface TermStart {
  date: ContractDate & { value: string };
  words: string;
}

const effective =
  /\b(?:effective date|commencement date|start date|date on which it (?:becomes|became) effective)\b/;
const ofContract =
  /\b(?:date (?:hereof|of (?:this|the|its|signing|signature|execution|contract|agreement)|first|above|set forth|indicated|stated)|(?:execution|signing|signature)(?: date| hereof| of (?:this|the)| by)|executed|signed|first (?:above )?written|hereof|agreement)\b/;
const opensWith =
  /^[^.;]{0,25}?\b(?:from|after|following|of|commencing|beginning|starting|as of|on|upon)\b/;
const thereafter = /^[^.;]{0,12}\bthereafter\b/;

/** The start that a few words name: a date, the effective date, the date of the agreement. */
function named(raw: string, start: number, anchors: Anchors): TermStart | undefined {
  const date = findDates(raw).find(({ value }) => value !== undefined);
  const plain = raw.toLowerCase().replace(/\s+/g, ' ');
  const { effectiveDate, agreementDate } = anchors;
  if (date?.value && !(plain.search(effective) >= 0 && plain.search(effective) < date.start)) {
    const span = { start: start + date.start, end: start + date.end };
    return {
      date: { value: date.value, basis: 'stated', evidence: [span] },
      words: spoken(date.value),
    };
  }
  if (effective.test(plain)) return effectiveOf(anchors);
  if (ofContract.test(plain) && agreementDate?.value) {
    return {
      date: { ...agreementDate, value: agreementDate.value },
      words: `the date of the agreement, ${spoken(agreementDate.value)}`,
    };
  }
  return ofContract.test(plain) && effectiveDate ? effectiveOf(anchors) : undefined;
}

function effectiveOf({ effectiveDate, agreementDate }: Anchors): TermStart | undefined {
  if (effectiveDate?.value) {
    return {
      date: { ...effectiveDate, value: effectiveDate.value },
      words: `the effective date, ${spoken(effectiveDate.value)}`,
    };
  }
  if (!agreementDate?.value) return undefined;
  return {
    date: { ...agreementDate, value: agreementDate.value },
    words: `the date of the agreement, ${spoken(agreementDate.value)}`,
  };
}

/**
 * What a length of time in a sentence is counted from: what follows it ("five years from …"), else
 * what the sentence says begins ("shall commence on …"), else the effective date. Undefined where
 * that is an event whose day the contract does not give ("after the launch").
 *
 * @param raw the sentence as it stands, which begins at `start` of the text
 * @param length the place of the length of time in `raw`
 */
export function termStart(
  raw: string,
  start: number,
  length: { start: number; end: number },
  anchors: Anchors,
): TermStart | undefined {
  const after = raw.slice(length.end, length.end + 110);
  const plainAfter = after.toLowerCase();
  if (opensWith.test(plainAfter) && !thereafter.test(plainAfter)) {
    const upTo = after.search(/[.;(]|,\s(?!\d)|\b(?:unless|subject|and\s+(?:shall|will|may))\b/i);
    const words = upTo < 0 ? after : after.slice(0, upTo);
    const found = named(words, start + length.end, anchors);
    if (found) return found;
    if (/^[^.;,]{0,15}\b(?:from|after|following)\b/.test(plainAfter)) return undefined;
  }
  const before = raw.slice(0, length.start);
  const begins =
    /\b(?:commenc\w+|begin\w*|start\w*|effective|takes?\s+effect|come\s+into\s+(?:force|effect))\b/gi;
  for (const match of before.matchAll(begins)) {
    const words = before.slice(match.index, match.index + 110);
    const found = named(words, start + match.index, anchors);
    if (found) return found;
    if (
      /^\w+\s+(?:on|upon|from)\s+(?:the\s+)?(?:date|day)\s+(?:on|upon|of|that|when)\b/i.test(words)
    )
      return undefined;
  }
  return effectiveOf(anchors);
}

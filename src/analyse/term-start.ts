import type { ContractDate, Duration } from '../domain/documents.ts';
import { shift } from '../domain/calendar.ts';
import { findDates, formatDate, type DateOrder } from './date-text.ts';
import { normalizeDateName, type DefinedDate } from './defined-dates.ts';
import { formatDuration, findDurations } from './duration-text.ts';

/** Dates from which a term may be counted. */
export interface TermAnchors {
  agreementDate?: ContractDate | undefined;
  effectiveDate?: ContractDate | undefined;
  /** The dates that the contract defines. */
  defined: ReadonlyMap<string, DefinedDate>;
  order: DateOrder | undefined;
}

/** The day from which a term is counted, and its description for the explanation. */
export interface TermStart {
  date: ContractDate & { value: string };
  words: string;
}

const effectiveDatePattern =
  /\b(?:effective\s*date|date on which it (?:becomes|became) effective)\b/;
const commencementDatePattern = /\b(?:commencement|start|starting|begin|beginning) date\b/;
const namedDatePattern = /\b((?:[a-z-]+ ){1,4}date)\b/g;
const contractDatePattern =
  /\b(?:its (?:date|execution|signature|signing)|date (?:hereof|(?:on|at|shown on|appearing on) (?:the )?(?:first|cover|top|title|front)|of (?:this|the|its|signing|signature|execution|contract|agreement|entry|last)|first|above|set forth|indicated|stated|last)|(?:execution|signing|signature|signatory)(?: date| hereof| of (?:this|the)| by)?|executed|signed|first (?:above )?written|hereof|(?:this|the) agreement)\b/;
/** A day that the sentence mentioned before. */
const sameDay = /^\s?(?:and (?:including )?)?(?:that|such|said|the same) (?:date|day)\b/i;
/** A duration counted from another day: "thirty days after the Effective Date". */
const offsetWord = /\b(?:after|following|from)\b/;
const firstOfMonth =
  /\b(?:first|1st|last) (?:business |calendar )?(?:day|month|monday)\b|\bmonth (?:following|after)\b/;

function toTermStart(date: ContractDate | undefined, name: string): TermStart | undefined {
  if (date?.value === undefined) return undefined;
  return { date: { ...date, value: date.value }, words: `${name}, ${formatDate(date.value)}` };
}

function startAtEffectiveDate({
  effectiveDate,
  agreementDate,
}: TermAnchors): TermStart | undefined {
  return (
    toTermStart(effectiveDate, 'the effective date') ??
    toTermStart(agreementDate, 'the date of the agreement')
  );
}

/**
 * Reads the start of the term from a few words.
 * @param originalOffset converts an offset in `raw` to one in the stored text
 */
function parseStart(
  raw: string,
  originalOffset: (offset: number) => number,
  anchors: TermAnchors,
): TermStart | undefined {
  const date = findDates(raw, anchors.order)[0];
  const normalized = raw.toLowerCase().replace(/\s+/g, ' ');
  const atEffective = normalized.search(effectiveDatePattern);
  const before = date ? raw.slice(0, date.start).toLowerCase() : '';
  if (date && !effectiveDatePattern.test(before.replace(/\s+/g, ' '))) {
    if (date.value === undefined) return undefined;
    const [delay] = findDurations(before);
    if (delay && !offsetWord.test(before)) return undefined;
    const span = { start: originalOffset(date.start), end: originalOffset(date.end - 1) + 1 };
    return {
      date: { value: date.value, basis: 'stated', evidence: [span] },
      words: formatDate(date.value),
    };
  }
  if (firstOfMonth.test(normalized)) return undefined;
  if (atEffective >= 0) {
    const base = startAtEffectiveDate(anchors);
    const [delay] = findDurations(normalized.slice(0, atEffective));
    return base && delay && offsetWord.test(normalized.slice(delay.end, atEffective))
      ? addDelay(base, delay)
      : base;
  }
  for (const match of normalized.matchAll(namedDatePattern)) {
    const words = match[1]!.split(' ');
    for (let from = 0; from < words.length - 1; from += 1) {
      const name = normalizeDateName(words.slice(from).join(' '));
      const found = anchors.defined.get(name);
      if (!found) continue;
      if (found.value === undefined) return undefined;
      const evidence = [found.span];
      return {
        date: { value: found.value, basis: 'stated', evidence },
        words: `the ${name}, ${formatDate(found.value)}`,
      };
    }
  }
  if (commencementDatePattern.test(normalized)) return startAtEffectiveDate(anchors);
  if (!contractDatePattern.test(normalized)) return undefined;
  return (
    toTermStart(anchors.agreementDate, 'the date of the agreement') ?? startAtEffectiveDate(anchors)
  );
}

function addDelay({ date, words }: TermStart, length: Duration): TermStart {
  const value = shift(date.value, length);
  return {
    date: { ...date, value },
    words: `${formatDate(value)} (${formatDuration(length)} after ${words})`,
  };
}

const startPhrase =
  /^['\u2019)\s]?[^.;]{0,60}?\b(?:from(?:\s+and\s+after)?|after|following|commencing|beginning|starting|(?:commence|begin|start)s?\s+(?:on|upon|from|with|as\s+of)|as\s+of|counted\s+from)\b/i;
const nonStartPhrase =
  /\b(?:thereafter|unless|until|and\s+(?:shall|will|may)|renew\w*|notice|(?:after|following)\s+(?:which|that|such|expir\w+|terminat\w+))\b/i;
const continuationPhrase = /^\s{0,3}(?:thereafter|after\s+(?:which|that))\b/i;
const beginVerb =
  /\b(?:commenc\w+|begin\w*|start\w*|effective|takes?\s+effect|comes?\s+into\s+(?:force|effect|being)|enters?\s+into\s+force)\b/gi;
const eventPhrase =
  /^\w+(?:\s+(?:effect|into\s+\w+|immediately|and\s+effective))?\s+(?:on|upon|from|as\s+of|as\s+from|at|with|when|after)\s/i;
/** "effective as of the date of this Agreement and …": the rest is about something else. */
const clauseEnd =
  /[.;(]|,\s(?!\d|(?:19|20)\d\d)|\b(?:unless|subject|and\s+(?:shall|will|may|continu\w+|expir\w+|remain\w*|end\w*|terminat\w+)|for\s+an?\s)\b/i;

function cutAtClauseEnd(words: string): string {
  const end = words.search(clauseEnd);
  return end < 0 ? words : words.slice(0, end);
}

/** "the first anniversary of this Agreement", not "of the day on which he is no longer a director". */
const ofContract =
  /^['\u2019\s]*of\s(?:this|the|its|such|our|your)\s(?:[\w-]+\s){0,3}?(?:agreement|contract|lease|term|letter|initial|license)\b/i;
const statedStart =
  /\b(?:commenc\w+|begin\w*|start\w*|effective|takes?\s+effect|comes?\s+into\s+(?:force|effect)|enters?\s+into\s+force|from|runs?\s+from|valid\s+from)\b(?:\s+(?:at\s+(?:noon|midnight|\d{1,2}[:.]\d\d\s?(?:[ap]\.?m\.?)?)|on|from|as\s+of|as\s+from|with\s+effect\s+from|upon|the|and\s+including)){0,4},?\s*$/i;

/**
 * The day on which a sentence says that the term begins: "commencing on 1 July 2024", "runs from 1
 * July 2024 to …".
 * @param raw the sentence with collapsed white space
 */
export function findStatedStart(
  raw: string,
  originalOffset: (offset: number) => number,
  anchors: TermAnchors,
): TermStart | undefined {
  const date = findDates(raw, anchors.order).find(
    (one) =>
      one.value !== undefined &&
      statedStart.test(raw.slice(Math.max(0, one.start - 60), one.start)),
  );
  if (date?.value === undefined) return undefined;
  const span = { start: originalOffset(date.start), end: originalOffset(date.end - 1) + 1 };
  return {
    date: { value: date.value, basis: 'stated', evidence: [span] },
    words: formatDate(date.value),
  };
}

/**
 * The start of a duration in a sentence: from the words after it ("five years from …"), else from
 * where the sentence says that the term begins ("shall commence on …"), else the effective date.
 * Undefined if it is an event on a day that the contract does not state ("after the launch").
 * @param raw the sentence with collapsed white space
 * @param originalOffset converts an offset in `raw` to one in the stored text
 * @param length the span of the duration in `raw`
 */
export function findTermStart(
  raw: string,
  originalOffset: (offset: number) => number,
  length: { start: number; end: number },
  anchors: TermAnchors,
): TermStart | undefined {
  const offsetFrom = (from: number) => (offset: number) => originalOffset(from + offset);
  const after = raw.slice(length.end, length.end + 170);
  const announcement = startPhrase.exec(
    after.replace(/\([^()]{0,60}\)/g, (removed) => ' '.repeat(removed.length)),
  );
  if (announcement && !nonStartPhrase.test(announcement[0]) && !continuationPhrase.test(after)) {
    const from = announcement[0].length;
    const refersBack = sameDay.test(after.slice(from));
    if (!refersBack && !nonStartPhrase.test(after.slice(from - 10, from + 12))) {
      return parseStart(cutAtClauseEnd(after.slice(from)), offsetFrom(length.end + from), anchors);
    }
  }
  const ofPhrase = /^['\u2019\s]*of\s/i.exec(after);
  if (ofPhrase) {
    const from = ofPhrase[0].length;
    const found = parseStart(
      cutAtClauseEnd(after.slice(from)),
      offsetFrom(length.end + from),
      anchors,
    );
    if (found || !ofContract.test(after)) return found;
  }
  const before = raw.slice(0, length.start);
  for (const match of before.matchAll(beginVerb)) {
    const words = cutAtClauseEnd(before.slice(match.index, match.index + 130));
    if (!eventPhrase.test(`${words} `)) continue;
    return parseStart(
      words.replace(/^\w+/, (removed) => ' '.repeat(removed.length)),
      offsetFrom(match.index),
      anchors,
    );
  }
  return startAtEffectiveDate(anchors);
}

import type { ContractDate, Duration } from '../documents.ts';
import { shift } from '../calendar.ts';
import { findDates, spoken, type DateOrder } from './date-text.ts';
import { dateName, type DefinedDate } from './defined-dates.ts';
import { durationText, findDurations } from './duration-text.ts';

/** What a term may be counted from. */
export interface Anchors {
  agreementDate?: ContractDate | undefined;
  effectiveDate?: ContractDate | undefined;
  /** The days that the contract names. */
  defined: ReadonlyMap<string, DefinedDate>;
  order: DateOrder | undefined;
}

/** The day a term is counted from, and how it is spoken of. */
export interface TermStart {
  date: ContractDate & { value: string };
  words: string;
}

const effective = /\b(?:effective\s*date|date on which it (?:becomes|became) effective)\b/;
const beginning = /\b(?:commencement|start|starting|begin|beginning) date\b/;
const anyNamed = /\b((?:[a-z-]+ ){1,4}date)\b/g;
const ofContract =
  /\b(?:its (?:date|execution|signature|signing)|date (?:hereof|(?:on|at|shown on|appearing on) (?:the )?(?:first|cover|top|title|front)|of (?:this|the|its|signing|signature|execution|contract|agreement|entry|last)|first|above|set forth|indicated|stated|last)|(?:execution|signing|signature|signatory)(?: date| hereof| of (?:this|the)| by)?|executed|signed|first (?:above )?written|hereof|(?:this|the) agreement)\b/;
/** A day that the sentence spoke of before. */
const samePlace = /^\s?(?:and (?:including )?)?(?:that|such|said|the same) (?:date|day)\b/i;
/** A length of time that follows on another day: "thirty days after the Effective Date". */
const apart = /\b(?:after|following|from)\b/;
const firstOfMonth =
  /\b(?:first|1st|last) (?:business |calendar )?(?:day|month|monday)\b|\bmonth (?:following|after)\b/;

function of(date: ContractDate | undefined, name: string): TermStart | undefined {
  if (date?.value === undefined) return undefined;
  return { date: { ...date, value: date.value }, words: `${name}, ${spoken(date.value)}` };
}

function ofEffective({ effectiveDate, agreementDate }: Anchors): TermStart | undefined {
  return of(effectiveDate, 'the effective date') ?? of(agreementDate, 'the date of the agreement');
}

/** The start that a few words name; `at` is where in the text one of their characters stands. */
function named(
  raw: string,
  at: (offset: number) => number,
  anchors: Anchors,
): TermStart | undefined {
  const date = findDates(raw, anchors.order)[0];
  const plain = raw.toLowerCase().replace(/\s+/g, ' ');
  const atEffective = plain.search(effective);
  const before = date ? raw.slice(0, date.start).toLowerCase() : '';
  if (date && !effective.test(before.replace(/\s+/g, ' '))) {
    if (date.value === undefined) return undefined;
    const [later] = findDurations(before);
    if (later && !apart.test(before)) return undefined;
    const span = { start: at(date.start), end: at(date.end - 1) + 1 };
    return {
      date: { value: date.value, basis: 'stated', evidence: [span] },
      words: spoken(date.value),
    };
  }
  if (firstOfMonth.test(plain)) return undefined;
  if (atEffective >= 0) {
    const base = ofEffective(anchors);
    const [later] = findDurations(plain.slice(0, atEffective));
    return base && later && apart.test(plain.slice(later.end, atEffective))
      ? laterThan(base, later)
      : base;
  }
  for (const match of plain.matchAll(anyNamed)) {
    const words = match[1]!.split(' ');
    for (let from = 0; from < words.length - 1; from += 1) {
      const name = dateName(words.slice(from).join(' '));
      const found = anchors.defined.get(name);
      if (!found) continue;
      if (found.value === undefined) return undefined;
      const evidence = [found.span];
      return {
        date: { value: found.value, basis: 'stated', evidence },
        words: `the ${name}, ${spoken(found.value)}`,
      };
    }
  }
  if (beginning.test(plain)) return ofEffective(anchors);
  if (!ofContract.test(plain)) return undefined;
  return of(anchors.agreementDate, 'the date of the agreement') ?? ofEffective(anchors);
}

function laterThan({ date, words }: TermStart, length: Duration): TermStart {
  const value = shift(date.value, length);
  return {
    date: { ...date, value },
    words: `${spoken(value)} (${durationText(length)} after ${words})`,
  };
}

const counted =
  /^['\u2019)\s]?[^.;]{0,60}?\b(?:from(?:\s+and\s+after)?|after|following|commencing|beginning|starting|(?:commence|begin|start)s?\s+(?:on|upon|from|with|as\s+of)|as\s+of|counted\s+from)\b/i;
const notCounted =
  /\b(?:thereafter|unless|until|and\s+(?:shall|will|may)|renew\w*|notice|(?:after|following)\s+(?:which|that|such|expir\w+|terminat\w+))\b/i;
const onlyFor = /^\s{0,3}(?:thereafter|after\s+(?:which|that))\b/i;
const begins =
  /\b(?:commenc\w+|begin\w*|start\w*|effective|takes?\s+effect|comes?\s+into\s+(?:force|effect|being)|enters?\s+into\s+force)\b/gi;
const atAnEvent =
  /^\w+(?:\s+(?:effect|into\s+\w+|immediately|and\s+effective))?\s+(?:on|upon|from|as\s+of|as\s+from|at|with|when|after)\s/i;
/** "effective as of the date of this Agreement and …": what comes after is about something else. */
const clauseEnd =
  /[.;(]|,\s(?!\d|(?:19|20)\d\d)|\b(?:unless|subject|and\s+(?:shall|will|may|continu\w+|expir\w+|remain\w*|end\w*|terminat\w+)|for\s+an?\s)\b/i;

function upToClauseEnd(words: string): string {
  const end = words.search(clauseEnd);
  return end < 0 ? words : words.slice(0, end);
}

/**
 * What a length of time in a sentence is counted from: what follows it ("five years from …"), else
 * what the sentence says begins ("shall commence on …"), else the effective date. Undefined where
 * that is an event whose day the contract does not give ("after the launch").
 *
 * @param raw the sentence without wide gaps
 * @param at where in the text a character of `raw` stands
 * @param length the place of the length of time in `raw`
 */
export function termStart(
  raw: string,
  at: (offset: number) => number,
  length: { start: number; end: number },
  anchors: Anchors,
): TermStart | undefined {
  const past = (from: number) => (offset: number) => at(from + offset);
  const after = raw.slice(length.end, length.end + 170);
  const announces = counted.exec(
    after.replace(/\([^()]{0,60}\)/g, (gone) => ' '.repeat(gone.length)),
  );
  if (announces && !notCounted.test(announces[0]) && !onlyFor.test(after)) {
    const from = announces[0].length;
    const again = samePlace.test(after.slice(from));
    if (!again && !notCounted.test(after.slice(from - 10, from + 12))) {
      return named(upToClauseEnd(after.slice(from)), past(length.end + from), anchors);
    }
  }
  const direct = /^['\u2019\s]*of\s/i.exec(after);
  if (direct) {
    const from = direct[0].length;
    const found = named(upToClauseEnd(after.slice(from)), past(length.end + from), anchors);
    if (found) return found;
  }
  const before = raw.slice(0, length.start);
  for (const match of before.matchAll(begins)) {
    const words = upToClauseEnd(before.slice(match.index, match.index + 130));
    if (!atAnEvent.test(`${words} `)) continue;
    return named(
      words.replace(/^\w+/, (gone) => ' '.repeat(gone.length)),
      past(match.index),
      anchors,
    );
  }
  return ofEffective(anchors);
}

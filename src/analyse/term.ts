import type { ContractDate, InitialTerm } from '../domain/documents.ts';
import type { DatedText } from './date-mentions.ts';
import { formatDate } from './date-text.ts';
import { findDefinedDates } from './defined-dates.ts';
import { formatDuration } from './duration-text.ts';
import { normalizeForMatching } from './normalize-for-matching.ts';
import { isInHeaderOrFooter, trimWhitespace, type PreparedSentence } from './prepared-text.ts';
import { datesAgree, findTermEnd, type TermReading } from './term-end.ts';
import { blankExceptions } from './term-subject.ts';

const contractNoun =
  '(?:agreement|contract|lease|engagement|license|arrangement|amendment|franchise|employment|appointment|cooperation|statement of work)';
const termPatterns: [RegExp, number][] = [
  [
    new RegExp(
      `\\b(?:the|this|its|initial|an?) "?(?:initial )?terms?"? of (?:this|the|your|such|our) (?:[\\w-]+ ){0,4}${contractNoun}\\b(?!.{0,20}\\b(?:and for|each|the))`,
    ),
    2,
  ],
  [/\b(?:initial|original|primary|base) (?:\w+ )?(?:term|period)\b/, 2],
  [
    /\bthe "?(?:term|(?:agreement|contract) (?:term|period))"? (?:\(.{0,40}\) )?(?:of this|shall|will|is|commences?|begins?|runs|means)|\bthe "?term"?,? .{0,60}\b(?:ends on|is extended)/,
    2,
  ],
  [
    /\(?(?:the|this|an?) "(?:initial |agreement |contract )?term"|"(?:initial |agreement )?term"\)|"(?:expiration|end) date" (?:means|shall mean|is)|"(?:contract|license|initial) (?:period|term)" (?:means|shall mean)/,
    3,
  ],
  [
    new RegExp(
      `\\b(?:this|the) (?:[\\w-]+ ){0,3}${contractNoun} (?:\\(.{0,40}\\) )?(?:shall|will|is|commences?|becomes?|begins?|continues?|remains?|takes?|expires?|terminates?|has|comes?)\\b`,
    ),
    1.5,
  ],
  [/\b(?:remain|continue|be|is|stay) (?:valid|in (?:full )?(?:force|effect)|effective)\b/, 1.5],
  [/\b(?:term|period) of .{0,30}\b(?:years?|months?)\b|\b(?:years?|months?) (?:term|period)\b/, 1],
  [
    /\b(?:begin|commenc|start)\w*\b.{0,150}\b(?:continu|remain|end|terminat|expir|until|through)/,
    1,
  ],
  [
    /\b(?:your|executive's|employee's|consultant's|his|her) (?:employment|engagement|appointment)\b|\bterm of (?:employment|engagement|cooperation|service|appointment)\b/,
    1.5,
  ],
  [
    /\b(?:term|agreement)\b.{0,60}\bhereby (?:further )?extended\b.{0,60}\b(?:to|until|through)\b/,
    2,
  ],
  [
    /\b(?:agreement|contract|engagement|appointment|arrangement|obligations hereunder)\b.{0,60}\b(?:laps\w+|runs?|covers?|lasts?|ends?|endures?|valid|ceases?|binding|expires?)\b/,
    1.5,
  ],
  [/\b(?:expires?|shall end|will end|terminates? on|ending|through|until)\b/, 0.5],
];
const counterPatterns: [RegExp, number][] = [
  [/\b(?:during|throughout|within|over) (?:the |any |such )?(?:[\w-]+ )?(?:term|period)\b/, 2],
  [
    /\b(?:surviv|warrant|confidential|audit|insur|invoice|records|indemn|non-?compet|solicit|cure|invalid|unenforceab|held to be|vest)\w*/,
    2,
  ],
  [/\b(?:after|following|upon) (?:the |its |any |such )?(?:expiration|termination|expiry)\b/, 1.5],
  [
    /^(?:\W|\w{1,3}\W)*(?:if|in the event|upon)\b|\bin the event (?:that|of)\b|\bautomatically (?:be )?renew/,
    1,
  ],
  [/\brenewal term\b.{0,30}\bmeans\b|\bmay renew\b|\bthereafter\b.{0,40}\bmonth to month\b/, 1],
];
const termHeading = /\bterm\b|\bduration\b|\bexpiration\b|\bcontract period\b/;
/** Sentences with fewer points are not candidates. */
const minPoints = -1;
/** A sentence without any of these says nothing of a term. */
const mayStateTerm =
  /\b(?:19|20)\d\d\b|\b(?:days?|weeks?|months?|years?|anniversary|date|until|perpet\w+|indefinite\w*|terminat\w+|expir\w+|ends?|periodic|rolling|long as|month-to-month|unlimited|undetermined|fixed term)\b/;
/** The most candidates to read, the likeliest first. */
const maxCandidates = 40;
/** Tuned on the contracts of the development companies, with a model trained on the others. */
const modelScoreWeight = 3;
const minModelScore = -0.5;
/** Of a list of ends, the most that are read. */
const maxListItems = 4;
const announcesChoice =
  /\b(?:earlier|earliest|sooner|soonest|first|later|latest|last|following|upon|on)\b[^.]{0,60}$/;
/**
 * A sentence with a higher score nearly always states the end; one with a score lower by
 * `minScoreGap` does not.
 */
const certainModelScore = 0.5;
const minScoreGap = 0.5;
/** A schedule row counts less than a clause on the term. */
const rowPoints = 2.5;
/**
 * From this many points on, a sentence surely is about the term: if its end is unknown, so is the
 * contract's.
 */
const certainPoints = 4;
/** Of two sentences whose points differ by more, the lower one does not put the other in doubt. */
const maxConflictGap = 1.5;
const minConflictPoints = 3;
/** A fragment under a heading on the term: "Five years from the date hereof". */
const opensWithLength =
  /^[\d.()a-z]{0,6} ?(?:for )?(?:an? (?:initial )?(?:period|term) of )?(?:[a-z-]+ ?\(\d{1,3}\)|\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty) ?(?:full |calendar )?(?:-)?(?:months?|years?)\b/;

function scoreByRules(sentence: PreparedSentence): number {
  const normalized = blankExceptions(sentence.normalized);
  let points = 0;
  for (const [pattern, weight] of termPatterns) if (pattern.test(normalized)) points += weight;
  const isUnderTermHeading = termHeading.test(sentence.heading);
  if (isUnderTermHeading && opensWithLength.test(normalized)) points += 2;
  if (points === 0) return 0;
  for (const [pattern, weight] of counterPatterns) if (pattern.test(normalized)) points -= weight;
  if (isUnderTermHeading || /^(?:[\d.() ]*)term(?:\b|:)/.test(normalized)) points += 2;
  if (sentence.kind === 'exhibit') points -= 1;
  return points;
}

interface TermCandidate {
  sentence: PreparedSentence;
  points: number;
}

/** Converts the clause model's score of a sentence to points of the rules. */
function modelScore(score: number): number {
  return modelScoreWeight * Math.max(0, score - minModelScore);
}

/** The sentences about the term of the contract, the likeliest first. */
function findCandidates({ sentences }: DatedText, scores: Float32Array): TermCandidate[] {
  const order = new Map(sentences.map((sentence, at) => [sentence, at]));
  return sentences
    .filter(({ normalized }) => mayStateTerm.test(normalized))
    .map((sentence) => ({
      sentence,
      points: scoreByRules(sentence) + modelScore(scores[order.get(sentence)!]!),
    }))
    .filter(({ points }) => points >= minPoints)
    .sort((a, b) => b.points - a.points || a.sentence.start - b.sentence.start)
    .slice(0, maxCandidates)
    .map(({ sentence, points }) => ({
      sentence: withListItems(sentences, order.get(sentence)!),
      points,
    }));
}

const listItem = /^\(?(?:[a-h]|i{1,3}|iv|v|\d)[.)]\s/;
const announcesList = /(?::|\b(?:of|following|occur|events?|dates?))\W*$|[;,]? (?:and|or)$|;$/;

/** A sentence with the items of the list that it announces: "until the earlier of: (a) …; (b) …". */
function withListItems(sentences: PreparedSentence[], at: number): PreparedSentence {
  const sentence = sentences[at]!;
  if (!announcesChoice.test(sentence.normalized)) return sentence;
  const items: PreparedSentence[] = [];
  let last = sentence;
  for (const next of sentences.slice(at + 1, at + 1 + maxListItems)) {
    if (!announcesList.test(last.normalized) || !listItem.test(next.normalized)) break;
    items.push(next);
    last = next;
  }
  if (items.length === 0) return sentence;
  const normalized = [sentence, ...items].map((one) => one.normalized).join(' ');
  return { ...sentence, end: last.end, normalized };
}

/** Labels of the row of a cover sheet or schedule that states the term. */
const scheduleRow =
  /(?:^|\n)[ \t]*(?:\d{1,2}[.)]?(?:\d{1,2}\.?)?[ \t]+|\([a-z\d]\)[ \t]*|[-•*|][ \t]*)?((?:initial |original )?(?:term|duration|(?:contract|agreement|license|distribution|service|sponsorship) (?:term|period)|(?:expiration|expiry|end|termination) date|term of (?:this |the )?(?:agreement|contract|license)))(?:[ \t]*\([^()\n]{0,30}\))?(?:[ \t]*[:|]| *\t)[ \t|]*\S[^\n]{3,200}/gi;

/** Rows that state the term, as sentences of their own. */
function findScheduleRows(prepared: DatedText): TermCandidate[] {
  const { text } = prepared;
  const found: TermCandidate[] = [];
  let count = 0;
  for (const match of text.matchAll(scheduleRow)) {
    if (++count > maxCandidates) break;
    const span = trimWhitespace(text, { start: match.index, end: match.index + match[0].length });
    if (!span || isInHeaderOrFooter(prepared, span)) continue;
    const normalized = normalizeForMatching(text.slice(span.start, span.end));
    found.push({
      sentence: { ...span, normalized, heading: '', kind: 'body', section: -1 },
      points: rowPoints,
    });
  }
  return found;
}

/** What a sentence says of the end, and how likely it is the one on the term. */
interface RankedReading {
  reading: TermReading;
  sentence: PreparedSentence;
  points: number;
  total: number;
}

/**
 * Adds to the points of an end by its basis: a stated day counts more than a length, a length more
 * than no end.
 */
function prior({ end, subject }: TermReading): number {
  const bySubject = subject === 'agreement' ? 1 : subject === 'heading' ? 0.5 : -1;
  if (end === 'unknown') return bySubject;
  if (end.basis === 'stated') return bySubject + 1.5;
  if (end.basis === 'computed') return bySubject + 1;
  return bySubject + (end.basis === 'unclear' ? -0.5 : 0.5);
}

/**
 * Whether another sentence has so high a score that it states the end, and the evidence of this end
 * a much lower one.
 */
function isOutranked(
  { evidence }: ContractDate,
  { sentences }: DatedText,
  scores: Float32Array,
): boolean {
  const at = sentences.findIndex(({ start }) => start === evidence[0]!.start);
  const bestScore = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  return bestScore > certainModelScore && at >= 0 && scores[at]! < bestScore - minScoreGap;
}

/** Two ends that stand beside each other: no one day is claimed. */
function unclearBetween(a: ContractDate, b: ContractDate): ContractDate {
  const reason = ({ value, explanation }: ContractDate) =>
    explanation ?? `${formatDate(value!)} is stated.`;
  return {
    basis: 'unclear',
    explanation: `Two ends stand in the text. ${reason(a)} ${reason(b)}`,
    evidence: [...a.evidence, ...b.evidence],
  };
}

/** The facts of the term. */
export interface TermFacts {
  expirationDate?: ContractDate;
  initialTerm?: InitialTerm;
  startDate?: ContractDate;
}

function lengthFact({ reading, sentence }: RankedReading): InitialTerm | undefined {
  const { length, start } = reading;
  if (!length) return undefined;
  const evidence = [{ start: sentence.start, end: sentence.end }];
  const explanation = start
    ? `Counted from ${start.words}.`
    : 'Counted from a day that the contract does not state.';
  return { value: formatDuration(length), length, explanation, evidence };
}

function startFact(
  { reading }: RankedReading,
  effectiveDate: ContractDate | undefined,
): ContractDate | undefined {
  const { start } = reading;
  if (!start || start.date.value === effectiveDate?.value) return undefined;
  return { ...start.date, explanation: `The term begins on ${start.words}.` };
}

/**
 * Finds when the initial term ends: on the date stated, or after the term's length from the day it
 * starts, on the corresponding day (a term of 5 years from 1 March 2015 ends on 1 March 2020)
 * unless the text says "the day before". `perpetual` if it says that it runs without an end or until
 * a party ends it; `unclear` if it ends with an event, or if two ends stand in the text.
 * @param scores by sentence, its score for `expiration_date` by the clause model
 */
export function findTerm(
  prepared: DatedText,
  dates: { agreementDate: ContractDate | undefined; effectiveDate: ContractDate | undefined },
  scores: Float32Array,
): TermFacts {
  const anchors = { ...dates, defined: findDefinedDates(prepared), order: prepared.order };
  const readings = [...findCandidates(prepared, scores), ...findScheduleRows(prepared)]
    .flatMap(({ sentence, points }): RankedReading[] => {
      const reading = findTermEnd(sentence, prepared.text, anchors);
      return reading ? [{ reading, sentence, points, total: points + prior(reading) }] : [];
    })
    .sort((a, b) => b.total - a.total);
  const [best] = readings;
  if (!best) return {};
  const isUnknown = best.reading.end === 'unknown' && best.points >= certainPoints;
  const known = readings.filter(({ reading }) => reading.end !== 'unknown');
  const chosen = isUnknown ? best : chooseReading(known);
  if (!chosen) {
    const initialTerm = lengthFact(best);
    return initialTerm ? { initialTerm } : {};
  }
  const { end } = chosen.reading;
  const expirationDate =
    end === 'unknown' || (end.basis === 'perpetual' && isOutranked(end, prepared, scores))
      ? undefined
      : withConflicts(end, chosen, known);
  const initialTerm =
    lengthFact(chosen) ??
    readings
      .filter(({ reading }) => agrees(reading.end, end))
      .map(lengthFact)
      .find(Boolean);
  const startDate = startFact(chosen, dates.effectiveDate);
  return {
    ...(expirationDate && { expirationDate }),
    ...(initialTerm && { initialTerm }),
    ...(startDate && { startDate }),
  };
}

const agrees = (a: TermReading['end'], b: TermReading['end']) =>
  a !== 'unknown' && b !== 'unknown' && a.value !== undefined && b.value !== undefined
    ? datesAgree(a.value, b.value)
    : false;

/** The likeliest reading, or a stated day that agrees with it. */
function chooseReading(known: RankedReading[]): RankedReading | undefined {
  const [first] = known;
  return (
    known.find(
      ({ reading: { end } }) =>
        end !== 'unknown' && end.basis === 'stated' && agrees(end, first!.reading.end),
    ) ?? first
  );
}

/** Unclear where another sentence that is as surely about the term states another day. */
function withConflicts(
  end: ContractDate,
  chosen: RankedReading,
  known: RankedReading[],
): ContractDate {
  if (end.value === undefined) return end;
  const other = known.find(
    ({ reading, points }) =>
      reading.subject === 'agreement' &&
      points >= minConflictPoints &&
      points >= chosen.points - maxConflictGap &&
      reading.end !== 'unknown' &&
      reading.end.value !== undefined &&
      !agrees(reading.end, end),
  );
  return other ? unclearBetween(end, other.reading.end as ContractDate) : end;
}

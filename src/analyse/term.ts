import type { ContractDate } from '../domain/documents.ts';
import type { DatedText } from './date-mentions.ts';
import { findDefinedDates } from './defined-dates.ts';
import { normalizeForMatching } from './normalize-for-matching.ts';
import { isInHeaderOrFooter, trimWhitespace, type PreparedSentence } from './prepared-text.ts';
import { findTermEnd } from './term-end.ts';
import { findPerpetualTerm } from './term-perpetual.ts';

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
const minPoints = 1.5;
/** The most candidates to read, the likeliest first. */
const maxCandidates = 16;
/** Tuned on the contracts of the development companies, with a model trained on the others. */
const modelScoreWeight = 3;
const minModelScore = -0.5;
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
/** A fragment under a heading on the term: "Five years from the date hereof". */
const opensWithLength =
  /^[\d.()a-z]{0,6} ?(?:for )?(?:an? (?:initial )?(?:period|term) of )?(?:[a-z-]+ ?\(\d{1,3}\)|\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty) ?(?:full |calendar )?(?:-)?(?:months?|years?)\b/;

function scoreByRules(sentence: PreparedSentence): number {
  let points = 0;
  for (const [pattern, weight] of termPatterns)
    if (pattern.test(sentence.normalized)) points += weight;
  const isUnderTermHeading = termHeading.test(sentence.heading);
  if (isUnderTermHeading && opensWithLength.test(sentence.normalized)) points += 2;
  if (points === 0) return 0;
  for (const [pattern, weight] of counterPatterns)
    if (pattern.test(sentence.normalized)) points -= weight;
  if (isUnderTermHeading || /^(?:[\d.() ]*)term(?:\b|:)/.test(sentence.normalized)) points += 2;
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
  return sentences
    .map((sentence, at) => ({ sentence, points: scoreByRules(sentence) + modelScore(scores[at]!) }))
    .filter(({ points }) => points >= minPoints)
    .sort((a, b) => b.points - a.points || a.sentence.start - b.sentence.start)
    .slice(0, maxCandidates);
}

/** Labels of the row of a cover sheet or schedule that states the term. */
const scheduleRow =
  /(?:^|\n)[ \t]*(?:\d{1,2}[.)]?(?:\d{1,2}\.?)?[ \t]+|\([a-z\d]\)[ \t]*|[-•*|][ \t]*)?((?:initial |original )?(?:term|duration|(?:contract|agreement|license|distribution|service|sponsorship) (?:term|period)|(?:expiration|expiry|end|termination) date|term of (?:this |the )?(?:agreement|contract|license)))(?:[ \t]*[:|]| *\t)[ \t|]*\S[^\n]{3,200}/gi;

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

const isEvent = ({ basis, explanation }: ContractDate) =>
  basis === 'perpetual' && !explanation!.startsWith('It runs until it is terminated');

/**
 * Adds to the points of an end by its basis: a stated day counts more than a length, a length more
 * than no end.
 */
function prior(end: ContractDate | 'unknown'): number {
  if (end === 'unknown') return 0;
  if (end.basis === 'stated') return 1.5;
  if (end.basis === 'computed') return 1;
  return isEvent(end) ? -0.5 : 0.5;
}

/** Whether two ends agree: they differ by a day, or by a slip of the pen. */
function datesAgree(a: string, b: string): boolean {
  return Math.abs(Date.parse(a) - Date.parse(b)) <= 45 * 86_400_000;
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

/**
 * Finds when the initial term ends: on the date stated, or after the term's length from the day it
 * starts, on the corresponding day (a term of 5 years from 1 March 2015 ends on 1 March 2020)
 * unless the text says "the day before". `perpetual` if it runs until a party or an event ends it;
 * the explanation says which.
 * @param scores by sentence, its score for `expiration_date` by the clause model
 */
export function findExpiration(
  prepared: DatedText,
  dates: { agreementDate: ContractDate | undefined; effectiveDate: ContractDate | undefined },
  scores: Float32Array,
): ContractDate | undefined {
  const anchors = { ...dates, defined: findDefinedDates(prepared), order: prepared.order };
  const ends = [...findCandidates(prepared, scores), ...findScheduleRows(prepared)]
    .flatMap(({ sentence, points }) => {
      const end = findTermEnd(sentence, prepared.text, anchors);
      return end ? [{ end, points, total: points + prior(end) }] : [];
    })
    .sort((a, b) => b.total - a.total);
  const [best] = ends;
  if (best?.end === 'unknown' && best.points >= certainPoints) return undefined;
  const knownEnds = ends.flatMap(({ end }) => (end === 'unknown' ? [] : [end]));
  const [first] = knownEnds;
  const stated = knownEnds.find(
    (end) => end.basis === 'stated' && first?.value && datesAgree(end.value!, first.value),
  );
  const found = stated ?? first ?? findPerpetualTerm(prepared, scores);
  return found?.basis === 'perpetual' && isOutranked(found, prepared, scores) ? undefined : found;
}

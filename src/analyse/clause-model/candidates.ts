import { notAContractError } from '../too-large-error.ts';
import type { Span } from '../../domain/documents.ts';
import type { ClauseTypeId } from '../clause-types.ts';
import { findDates, type DateMention } from '../date-text.ts';
import type { PreparedText } from '../prepared-text.ts';
import {
  extractDateContext,
  extractCandidateFeatures,
  createCandidateFeatures,
  type CandidateKind,
  type CandidateFeatures,
  type DocumentFeatures,
} from './candidate-features.ts';

/** A span that may be a clause of a type. */
export interface Candidate extends Span {
  /** Index of the type in the model's `types`. */
  type: number;
}

/** The evidence of a fact that rules have found: a clause of that type is likely there. */
export interface StatedSpan extends Span {
  type: ClauseTypeId;
}

/** A prepared contract with the facts that rules have found in it. */
export interface PreparedContract {
  prepared: PreparedText;
  /** The span of the title, if the text states it. */
  title?: Span | undefined;
  stated: readonly StatedSpan[];
}

/**
 * Sentences with a smaller score are not candidates, unless they are among the contract's
 * `minCandidates` best.
 */
const minScore = -0.88;
const minCandidates = 3;
/**
 * Bounds the time for a type: no contract has so many.
 */
const maxCandidates = 30_000;

/** Types for which lawyers mark the date alone as often as its sentence. */
const datedTypes: ReadonlySet<ClauseTypeId> = new Set(['agreement_date', 'effective_date']);

/** How many of the scores are at least `min`. */
function countFrom(scores: Float32Array, min: number): number {
  let count = 0;
  for (const score of scores) if (score >= min) count++;
  return count;
}

/** The scores of the candidates, in descending order; at least `minCandidates` of them. */
function selectLargest(scores: Float32Array): Float32Array {
  const candidates = scores.filter((score) => score >= minScore);
  return (candidates.length >= minCandidates ? candidates : scores).toSorted().reverse();
}

interface SectionIndexes {
  /** By sentence, the index of its section; 0 for sentences outside of all sections. */
  sectionIndexes: Int32Array;
  sections: number;
}

function indexSections({ sentences }: PreparedText): SectionIndexes {
  const sectionIndexes = Int32Array.from(sentences, ({ section }) => section + 1);
  return { sectionIndexes, sections: 1 + sectionIndexes.reduce((a, b) => Math.max(a, b), 0) };
}

/** The scores of one type and their statistics over the contract. */
function computeDocumentFeatures(
  prepared: PreparedText,
  { sectionIndexes, sections }: SectionIndexes,
  scores: Float32Array,
  type: number,
  types: number,
) {
  const typeScores = new Float32Array(sectionIndexes.length);
  const sectionMaxScore = new Float32Array(sections).fill(-Infinity);
  const sectionExpectedCount = new Float32Array(sections);
  let expectedCount = 0;
  for (let at = 0; at < typeScores.length; at++) {
    const score = scores[at * types + type]!;
    const probability = 1 / (1 + Math.exp(-3 * score));
    const section = sectionIndexes[at]!;
    typeScores[at] = score;
    expectedCount += probability;
    sectionExpectedCount[section]! += probability;
    if (score > sectionMaxScore[section]!) sectionMaxScore[section] = score;
  }
  return {
    prepared,
    scores: typeScores,
    sortedScores: selectLargest(typeScores),
    expectedCount,
    sectionMaxScore,
    sectionExpectedCount,
  } satisfies DocumentFeatures;
}

/**
 * Visits all spans that may be clauses: sentences, and dates and the title for types of which
 * lawyers mark those. (Runs of neighbouring sentences as further candidates lowered precision more
 * than they raised recall.)
 * @param scores `sentences × types`, row by row
 * @param visit called with each candidate and its features, which are valid only during the call
 */
export function forEachCandidate(
  { prepared, title, stated }: PreparedContract,
  types: readonly ClauseTypeId[],
  scores: Float32Array,
  visit: (candidate: Candidate, features: CandidateFeatures) => void,
): void {
  const features = createCandidateFeatures();
  const { sentences, text } = prepared;
  const dates = new Map<number, DateMention[]>();
  const datesIn = (at: number) => {
    const { start, end } = sentences[at]!;
    let mentions = dates.get(at);
    if (!mentions) dates.set(at, (mentions = findDates(text.slice(start, end))));
    return mentions;
  };
  const sectionIndexes = indexSections(prepared);
  types.forEach((id, type) => {
    const documentFeatures = computeDocumentFeatures(
      prepared,
      sectionIndexes,
      scores,
      type,
      types.length,
    );
    const facts = stated.filter((fact) => fact.type === id);
    const isStated = ({ start, end }: Span) =>
      facts.some((fact) => fact.start < end && start < fact.end);
    const add = (kind: CandidateKind, at: number, span: Span, context: string[] = []) => {
      const input = { type, kind, at, span, isStated: isStated(span), context };
      extractCandidateFeatures(documentFeatures, input, features);
      visit({ type, start: span.start, end: span.end }, features);
    };
    const minTypeScore = Math.min(
      minScore,
      documentFeatures.sortedScores[minCandidates - 1] ?? -Infinity,
    );
    const { scores: typeScores } = documentFeatures;
    if (typeScores.length > maxCandidates && countFrom(typeScores, minTypeScore) > maxCandidates)
      throw notAContractError(`sentences like a clause of type ${id}`);
    for (let at = 0; at < typeScores.length; at++) {
      if (typeScores[at]! < minTypeScore && (facts.length === 0 || !isStated(sentences[at]!)))
        continue;
      const sentence = sentences[at]!;
      add('sentence', at, sentence);
      if (!datedTypes.has(id)) continue;
      datesIn(at).forEach((date, ordinal) => {
        const span = { start: sentence.start + date.start, end: sentence.start + date.end };
        const isBlank = date.value === undefined && date.ambiguousValues === undefined;
        add('date', at, span, extractDateContext(text, span, ordinal, isBlank));
      });
    }
    if (id === 'document_name' && title) {
      const at = sentences.findIndex(({ end }) => end > title.start);
      if (at >= 0) add('title', at, title);
    }
  });
}

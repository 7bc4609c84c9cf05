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

/** A span that may be a clause of one type. */
export interface Candidate extends Span {
  /** Position of the type in the model's list. */
  type: number;
}

/** A fact that rules have found, where a clause of that type is to be expected. */
export interface StatedSpan extends Span {
  type: ClauseTypeId;
}

/** A contract, with what rules have found in it that tells where clauses are to be expected. */
export interface PreparedContract {
  prepared: PreparedText;
  /** Where the text states it. */
  title?: Span | undefined;
  stated: readonly StatedSpan[];
}

/** Sentences with a smaller margin are no candidates, unless they are among the best of the contract. */
const minScore = -0.88;
const minCandidates = 3;

/** What lawyers mark of these is the date as often as its sentence. */
const datedTypes: ReadonlySet<ClauseTypeId> = new Set(['agreement_date', 'effective_date']);

/** Those that make candidates, from the largest to the smallest; a few in any case. */
function selectLargest(scores: Float32Array): Float32Array {
  const candidates = scores.filter((score) => score >= minScore);
  return (candidates.length >= minCandidates ? candidates : scores).toSorted().reverse();
}

/** The margins of one type over the sentences of a contract, by what can be said of all of them. */
function computeDocumentFeatures(
  prepared: PreparedText,
  scores: Float32Array,
  type: number,
  types: number,
) {
  const { sentences } = prepared;
  const typeScores = new Float32Array(sentences.length);
  // Sections count from -1, which stands for outside of all.
  const sections = 2 + sentences.reduce((last, { section }) => Math.max(last, section), -1);
  const sectionMaxScore = new Float32Array(sections).fill(-Infinity);
  const sectionExpectedCount = new Float32Array(sections);
  let expectedCount = 0;
  for (let at = 0; at < typeScores.length; at++) {
    const score = scores[at * types + type]!;
    const probability = 1 / (1 + Math.exp(-3 * score));
    const section = sentences[at]!.section + 1;
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
 * Spans that may be clauses: sentences, and, where lawyers mark no sentence but a date or the title,
 * those. (Runs of neighbouring sentences as further candidates cost more precision than they won.)
 * @param scores of all sentences for all types, row by row
 * @param visit told each with what tells how likely it is one, which is valid during the call alone
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
  types.forEach((id, type) => {
    const documentFeatures = computeDocumentFeatures(prepared, scores, type, types.length);
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
    sentences.forEach((sentence, at) => {
      if (documentFeatures.scores[at]! < minTypeScore && !isStated(sentence)) return;
      add('sentence', at, sentence);
      if (!datedTypes.has(id)) return;
      datesIn(at).forEach((date, ordinal) => {
        const span = { start: sentence.start + date.start, end: sentence.start + date.end };
        const isBlank = date.value === undefined && date.ambiguousValues === undefined;
        add('date', at, span, extractDateContext(text, span, ordinal, isBlank));
      });
    });
    if (id === 'document_name' && title) {
      const at = sentences.findIndex(({ end }) => end > title.start);
      if (at >= 0) add('title', at, title);
    }
  });
}

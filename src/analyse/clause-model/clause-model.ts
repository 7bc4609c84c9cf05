import type { Clause, Span } from '../../domain/documents.ts';
import type { ClauseTypeId } from '../clause-types.ts';
import type { PreparedText } from '../prepared-text.ts';
import type { CandidateFeatures } from './candidate-features.ts';
import { forEachCandidate, type PreparedContract } from './candidates.ts';
import { computeScores, type FeatureIndex, type LinearModel } from './linear-model.ts';

/**
 * What finds clauses: a linear model gives every sentence a margin for every type; a second one
 * turns a candidate's margin, and how it compares with the rest of the contract, into the
 * probability that a lawyer would mark that span.
 */
export interface ClauseModel {
  /** Name and checksum; another identity may find other clauses. */
  identity: string;
  types: readonly ClauseTypeId[];
  linear: LinearModel;
  index: FeatureIndex;
  /** Weights of candidates' features, `slotCount(types)` long. */
  ranking: Float32Array;
}

/** Candidates below this are not kept. */
export const minConfidence = 0.02;
/** Candidates kept of one type in one contract. */
const maxClausesPerType = 40;

/** The probability that a candidate is a clause of its type. */
export function candidateProbability(
  { slots, values, count }: CandidateFeatures,
  ranking: Float32Array,
): number {
  let sum = 0;
  for (let at = 0; at < count; at++) sum += ranking[slots[at]!]! * values[at]!;
  return 1 / (1 + Math.exp(-sum));
}

/** How strongly each sentence speaks for each type: `sentences × types`, row by row. */
export function scoreSentences(
  prepared: PreparedText,
  { linear, index }: ClauseModel,
): Float32Array {
  return computeScores(linear, index, prepared);
}

/**
 * The same of one type alone, by sentence: about 1 where it is of the type, about -1 where it is
 * not.
 */
export function scoresForType(
  scores: Float32Array,
  types: readonly ClauseTypeId[],
  type: ClauseTypeId,
): Float32Array {
  const typeIndex = types.indexOf(type);
  return Float32Array.from(
    { length: scores.length / types.length },
    (_, sentence) => scores[sentence * types.length + typeIndex]!,
  );
}

/**
 * Clause candidates with calibrated confidence, by type and the likeliest first. Of candidates of a
 * type that overlap, the likeliest is kept.
 * @param scores what `sentenceMargins` gives
 */
export function findClauses(
  contract: PreparedContract,
  scores: Float32Array,
  { types, ranking }: ClauseModel,
): Clause[] {
  const byType = types.map((): (Span & { confidence: number })[] => []);
  forEachCandidate(contract, types, scores, ({ type, start, end }, features) => {
    const confidence = candidateProbability(features, ranking);
    if (confidence < minConfidence) return;
    byType[type]!.push({ start, end, confidence: Number(confidence.toFixed(4)) });
  });
  return byType.flatMap((found, type) =>
    removeOverlaps(found).map((clause) => ({ type: types[type]!, ...clause })),
  );
}

function removeOverlaps<T extends Span & { confidence: number }>(found: T[]): T[] {
  const selected: T[] = [];
  for (const clause of found.sort((a, b) => b.confidence - a.confidence || a.start - b.start)) {
    if (selected.length === maxClausesPerType) break;
    if (!selected.some(({ start, end }) => start < clause.end && clause.start < end))
      selected.push(clause);
  }
  return selected;
}

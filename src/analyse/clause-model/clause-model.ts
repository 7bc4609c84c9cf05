import type { Clause, Span } from '../../domain/documents.ts';
import type { ClauseTypeId } from '../clause-types.ts';
import type { PreparedText } from '../prepared-text.ts';
import type { CandidateFeatures } from './candidate-features.ts';
import { forEachCandidate, type PreparedContract } from './candidates.ts';
import { computeScores, type FeatureIndex, type LinearModel } from './linear-model.ts';

/**
 * The model that finds clauses, in two steps. A linear support vector machine scores every sentence
 * for every type. A logistic regression (the ranking model) turns a candidate's score, and its
 * features within the contract, into the probability that a lawyer would mark that span.
 * `training/clauses` learns both; `openClauseModel` reads them from files.
 */
export interface ClauseModel {
  /** Name and checksum. Models with different identities may find different clauses. */
  identity: string;
  types: readonly ClauseTypeId[];
  linear: LinearModel;
  /** From feature hashes to rows of `linear`. */
  index: FeatureIndex;
  /** Weights of the logistic regression, of length `slotCount(types.length)`. */
  ranking: Float32Array;
}

/** Candidates with less confidence are dropped. */
export const minConfidence = 0.02;
/** The most clauses of one type in one contract. */
const maxClausesPerType = 40;

/** The probability, 0 to 1, that a candidate is a clause of its type. */
function candidateProbability(
  { slots, values, count }: CandidateFeatures,
  ranking: Float32Array,
): number {
  let sum = 0;
  for (let at = 0; at < count; at++) sum += ranking[slots[at]!]! * values[at]!;
  return 1 / (1 + Math.exp(-sum));
}

/**
 * Scores every sentence for every type of the model.
 * @returns `sentences × types`, row by row; about 1 for a sentence of the type, about -1 for others
 */
export function scoreSentences(
  prepared: PreparedText,
  { linear, index }: ClauseModel,
): Float32Array {
  return computeScores(linear, index, prepared);
}

/**
 * The scores of one type, by sentence.
 * @param scores from `scoreSentences`
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
 * Finds the clauses of a contract with calibrated confidences, by type in the model's order, the
 * likeliest first. Of overlapping candidates of a type only the likeliest remains.
 * @param scores from `scoreSentences`
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

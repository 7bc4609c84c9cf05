import type { Clause, Span } from '../../documents.ts';
import type { ClauseTypeId } from '../clause-types.ts';
import type { Reading } from '../reading.ts';
import type { RankedFeatures } from './candidate-features.ts';
import { eachCandidate, type ReadContract } from './candidates.ts';
import { marginsOf, type FeatureIndex, type LinearModel } from './linear-model.ts';

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
export const leastConfidence = 0.02;
/** Candidates kept of one type in one contract. */
const mostOfType = 40;

/** The probability that a candidate is a clause of its type. */
export function probability(
  { slots, values, count }: RankedFeatures,
  ranking: Float32Array,
): number {
  let sum = 0;
  for (let at = 0; at < count; at++) sum += ranking[slots[at]!]! * values[at]!;
  return 1 / (1 + Math.exp(-sum));
}

/** How strongly each sentence speaks for each type: `sentences × types`, row by row. */
export function sentenceMargins(reading: Reading, { linear, index }: ClauseModel): Float32Array {
  return marginsOf(linear, index, reading);
}

/**
 * The same of one type alone, by sentence: about 1 where it is of the type, about -1 where it is
 * not.
 */
export function marginsOfType(
  margins: Float32Array,
  types: readonly ClauseTypeId[],
  type: ClauseTypeId,
): Float32Array {
  const at = types.indexOf(type);
  return Float32Array.from(
    { length: margins.length / types.length },
    (_, sentence) => margins[sentence * types.length + at]!,
  );
}

/**
 * Clause candidates with calibrated confidence, by type and the likeliest first. Of candidates of a
 * type that overlap, the likeliest is kept.
 * @param margins what `sentenceMargins` gives
 */
export function findClauses(
  contract: ReadContract,
  margins: Float32Array,
  { types, ranking }: ClauseModel,
): Clause[] {
  const byType = types.map((): (Span & { confidence: number })[] => []);
  eachCandidate(contract, types, margins, ({ type, start, end }, features) => {
    const confidence = probability(features, ranking);
    if (confidence < leastConfidence) return;
    byType[type]!.push({ start, end, confidence: Number(confidence.toFixed(4)) });
  });
  return byType.flatMap((found, type) =>
    withoutOverlaps(found).map((clause) => ({ type: types[type]!, ...clause })),
  );
}

function withoutOverlaps<T extends Span & { confidence: number }>(found: T[]): T[] {
  const kept: T[] = [];
  for (const one of found.sort((a, b) => b.confidence - a.confidence || a.start - b.start)) {
    if (kept.length === mostOfType) break;
    if (!kept.some(({ start, end }) => start < one.end && one.start < end)) kept.push(one);
  }
  return kept;
}

import type { Span } from '../../domain/documents.ts';
import { combineHashes, hashString } from '../feature-hash.ts';
import type { PreparedText } from '../prepared-text.ts';

const candidateKinds = ['sentence', 'date', 'title'] as const;
export type CandidateKind = (typeof candidateKinds)[number];

/**
 * Features of a candidate as a sparse vector: indexes into the ranking model's weights (`slots`)
 * and their values. The first `count` entries are in use. The arrays are reused for the next
 * candidate.
 */
export interface CandidateFeatures {
  slots: Int32Array;
  values: Float32Array;
  count: number;
}

/** Features that all candidates of one type in one contract share. */
export interface DocumentFeatures {
  prepared: PreparedText;
  /** Scores of the linear model for the type, by sentence. */
  scores: Float32Array;
  /** The scores of the candidates, in descending order. */
  sortedScores: Float32Array;
  /** Estimated number of sentences of the type: the sum of their probabilities. */
  expectedCount: number;
  /**
   * By section, its largest score and its expected count; index 0 is for sentences outside of all
   * sections.
   */
  sectionMaxScore: Float32Array;
  sectionExpectedCount: Float32Array;
}

export interface CandidateInput {
  type: number;
  kind: CandidateKind;
  /** Index of the sentence that it is, or is part of. */
  at: number;
  span: Span;
  /** Whether the evidence of a fact of the type overlaps it. */
  isStated: boolean;
  /** Features of the words around a date; empty for other candidates. */
  context: string[];
}

const featureNames = [
  'bias',
  'score',
  'score above 0',
  'score below -2',
  'score below -4',
  'below best',
  'is best',
  'rank',
  'expected count',
  'before',
  'after',
  'above before',
  'above after',
  'below section best',
  'section expected count',
  'length',
  'under 40',
  'under 80',
  'over 600',
  'over 1200',
  'begins in lower case',
  'ends sentence',
  'ends colon',
  'ends semicolon',
  'ends otherwise',
  'opens section',
  'position',
  'stated',
] as const;

/** Number of slots that the features of words around dates are hashed to. */
const contextSlots = 8192;
const blockSize = candidateKinds.length * featureNames.length;

/**
 * Number of slots of the ranking model: a block shared by all types, the words around dates, and a
 * block for each type.
 */
export function slotCount(types: number): number {
  return blockSize * (types + 1) + contextSlots;
}

/** The most features of the words around a date. */
const maxContextFeatures = 24;

export function createCandidateFeatures(): CandidateFeatures {
  const capacity = 2 * featureNames.length + maxContextFeatures;
  return { slots: new Int32Array(capacity), values: new Float32Array(capacity), count: 0 };
}

const clamp = (value: number, limit: number) => Math.max(-limit, Math.min(limit, value));

/** How many of the scores, in descending order, are larger. */
function rankInSorted(score: number, sortedScores: Float32Array): number {
  let low = 0;
  let high = sortedScores.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sortedScores[middle]! > score) low = middle + 1;
    else high = middle;
  }
  return low;
}

const isLowerCase = (code: number) => code >= 97 && code <= 122;

/**
 * Extracts the features of a candidate. Each feature occurs twice, once in the block for all types
 * and once in that of its own type, so that types with few examples learn from the others (Daumé,
 * "Frustratingly Easy Domain Adaptation", ACL 2007).
 * @param output overwritten
 */
export function extractCandidateFeatures(
  {
    prepared,
    scores,
    sortedScores,
    expectedCount,
    sectionMaxScore,
    sectionExpectedCount,
  }: DocumentFeatures,
  { type, kind, at, span, isStated, context }: CandidateInput,
  output: CandidateFeatures,
): void {
  const { text, sentences } = prepared;
  const z = scores[at]! * 3;
  const best = sortedScores[0]!;
  const before = at > 0 ? scores[at - 1]! * 3 : -6;
  const after = at + 1 < scores.length ? scores[at + 1]! * 3 : -6;
  const section = sentences[at]!.section + 1;
  const length = span.end - span.start;
  const last = text[span.end - 1]!;
  const shared = candidateKinds.indexOf(kind) * featureNames.length;
  const own = contextSlots + blockSize * (type + 1) + shared;
  const { slots, values } = output;
  let name = 0;
  let count = 0;
  // In the order of `featureNames`, each scaled to about 1.
  const add = (value: number) => {
    if (value !== 0) {
      slots[count] = shared + name;
      values[count++] = value;
      slots[count] = own + name;
      values[count++] = 0.7 * value;
    }
    name++;
  };
  add(1);
  add(z / 4);
  add(Math.max(0, z) / 3);
  add(Math.max(0, -2 - z) / 3);
  add(Math.max(0, -4 - z) / 3);
  add(Math.min(6, 3 * best - z) / 3);
  add(Number(3 * best - z < 0.01));
  add(Math.log(1 + rankInSorted(scores[at]!, sortedScores)) / 2);
  add(Math.log(expectedCount + 0.05) / 2);
  add(Math.max(-6, before) / 4);
  add(Math.max(-6, after) / 4);
  add(at > 0 ? clamp(z - before, 4) / 3 : 0);
  add(at + 1 < scores.length ? clamp(z - after, 4) / 3 : 0);
  add(Math.min(5, 3 * sectionMaxScore[section]! - z) / 3);
  add(Math.log(sectionExpectedCount[section]! + 0.05) / 2);
  add((Math.log(1 + length) - 5) / 2);
  add(Number(length < 40));
  add(Number(length < 80));
  add(Number(length > 600));
  add(Number(length > 1200));
  add(Number(isLowerCase(text.charCodeAt(span.start))));
  add(Number(last === '.'));
  add(Number(last === ':'));
  add(Number(last === ';' || last === ','));
  add(Number(!'.:;,'.includes(last)));
  add(Number(at === 0 || sentences[at]!.section !== sentences[at - 1]!.section));
  add(span.start / text.length);
  add(Number(isStated));
  for (const word of context.slice(0, maxContextFeatures)) {
    slots[count] = blockSize + ((combineHashes(type, hashString(word)) >>> 0) % contextSlots);
    values[count++] = 0.6;
  }
  output.count = count;
}

const contextToken = /[a-z]+|[^\sa-z]/g;

/**
 * Features of a date: the words before and after it, its ordinal in the sentence, and whether it
 * has a blank.
 */
export function extractDateContext(
  text: string,
  { start, end }: Span,
  ordinal: number,
  isBlank: boolean,
): string[] {
  const before: string[] =
    text
      .slice(Math.max(0, start - 60), start)
      .toLowerCase()
      .match(contextToken) ?? [];
  const after: string[] =
    text
      .slice(end, end + 50)
      .toLowerCase()
      .match(contextToken) ?? [];
  return [
    `nth ${Math.min(ordinal, 3)}`,
    `blank ${isBlank}`,
    ...before.slice(-5).map((word) => `before ${word}`),
    ...[1, 2, 3].map((count) => `before ${count} ${before.slice(-count).join(' ')}`),
    ...after.slice(0, 5).map((word) => `after ${word}`),
    `after 2 ${after.slice(0, 2).join(' ')}`,
  ];
}

import type { Span } from '../../documents.ts';
import type { Reading } from '../reading.ts';
import { combine, hashWord } from './words.ts';

const candidateKinds = ['sentence', 'date', 'title'] as const;
export type CandidateKind = (typeof candidateKinds)[number];

/** Features of a candidate: slots of the ranking model's weights, and a value for each. */
export interface RankedFeatures {
  slots: Int32Array;
  values: Float32Array;
}

/** What is known of one type over a whole contract. */
export interface Surroundings {
  reading: Reading;
  /** Of the type, by sentence. */
  margins: Float32Array;
  /** The same from the largest to the smallest. */
  sorted: Float32Array;
  /** About how many sentences of the type there are. */
  sum: number;
  /** Largest margin of each section and its `sum`; place 0 is for what stands in none. */
  sectionBest: Float32Array;
  sectionSum: Float32Array;
}

interface Described {
  type: number;
  kind: CandidateKind;
  /** The sentence it is, or stands in. */
  at: number;
  span: Span;
  /** Rules have found a fact of the type in it. */
  stated: boolean;
  /** Words around a date. */
  context: string[];
}

const names = [
  'bias',
  'margin',
  'likely',
  'unlikely',
  'far',
  'below best',
  'is best',
  'rank',
  'sum',
  'before',
  'after',
  'above before',
  'above after',
  'below section',
  'section sum',
  'length',
  'under 40',
  'under 80',
  'over 600',
  'over 1200',
  'begins small',
  'ends sentence',
  'ends colon',
  'ends semicolon',
  'ends otherwise',
  'opens section',
  'place',
  'stated',
] as const;

/** Words around dates share this many slots. */
const contextSlots = 8192;
const block = candidateKinds.length * names.length;

/** Slots of the ranking model for so many types: shared ones, words around dates, a block a type. */
export function slotCount(types: number): number {
  return block * (types + 1) + contextSlots;
}

const clamp = (value: number, limit: number) => Math.max(-limit, Math.min(limit, value));

/**
 * A candidate's features. Each stands twice, once for all types and once for its own, so that types
 * with few examples borrow from the others (Daumé, "Frustratingly easy domain adaptation", 2007).
 */
export function candidateFeatures(
  { reading, margins, sorted, sum, sectionBest, sectionSum }: Surroundings,
  { type, kind, at, span, stated, context }: Described,
): RankedFeatures {
  const { text, sentences } = reading;
  const z = margins[at]! * 3;
  const best = sorted[0]!;
  const rank = sorted.indexOf(margins[at]!);
  const before = at > 0 ? margins[at - 1]! * 3 : -6;
  const after = at + 1 < margins.length ? margins[at + 1]! * 3 : -6;
  const section = sentences[at]!.section + 1;
  const length = span.end - span.start;
  const last = text[span.end - 1]!;
  const flag = Number;
  // In the order of `names`, each brought to about 1.
  const features = [
    1,
    z / 4,
    Math.max(0, z) / 3,
    Math.max(0, -2 - z) / 3,
    Math.max(0, -4 - z) / 3,
    Math.min(6, 3 * best - z) / 3,
    flag(3 * best - z < 0.01),
    Math.log(1 + rank) / 2,
    Math.log(sum + 0.05) / 2,
    Math.max(-6, before) / 4,
    Math.max(-6, after) / 4,
    at > 0 ? clamp(z - before, 4) / 3 : 0,
    at + 1 < margins.length ? clamp(z - after, 4) / 3 : 0,
    Math.min(5, 3 * sectionBest[section]! - z) / 3,
    Math.log(sectionSum[section]! + 0.05) / 2,
    (Math.log(1 + length) - 5) / 2,
    flag(length < 40),
    flag(length < 80),
    flag(length > 600),
    flag(length > 1200),
    flag(/[a-z]/.test(text[span.start]!)),
    flag(last === '.'),
    flag(last === ':'),
    flag(last === ';' || last === ','),
    flag(!/[.:;,]/.test(last)),
    flag(at === 0 || sentences[at]!.section !== sentences[at - 1]!.section),
    span.start / text.length,
    flag(stated),
  ];
  const offset = candidateKinds.indexOf(kind) * names.length;
  const shown = features.flatMap((value, name) => (value === 0 ? [] : [name]));
  const slots = [
    ...shown.map((name) => offset + name),
    ...shown.map((name) => contextSlots + block * (type + 1) + offset + name),
    ...context.map((word) => block + (combine(type, hashWord(word)) % contextSlots)),
  ];
  const values = [
    ...shown.map((name) => features[name]!),
    ...shown.map((name) => 0.7 * features[name]!),
    ...context.map(() => 0.6),
  ];
  return { slots: Int32Array.from(slots), values: Float32Array.from(values) };
}

const around = /[a-z]+|[^\sa-z]/g;

/** What stands before and after a date, which one of a sentence it is, and whether it has a blank. */
export function dateContext(
  text: string,
  { start, end }: Span,
  nth: number,
  blank: boolean,
): string[] {
  const before: string[] =
    text
      .slice(Math.max(0, start - 60), start)
      .toLowerCase()
      .match(around) ?? [];
  const after: string[] =
    text
      .slice(end, end + 50)
      .toLowerCase()
      .match(around) ?? [];
  return [
    `nth ${Math.min(nth, 3)}`,
    `blank ${blank}`,
    ...before.slice(-5).map((word) => `before ${word}`),
    ...[1, 2, 3].map((count) => `before ${count} ${before.slice(-count).join(' ')}`),
    ...after.slice(0, 5).map((word) => `after ${word}`),
    `after 2 ${after.slice(0, 2).join(' ')}`,
  ];
}

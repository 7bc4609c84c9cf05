import type { Span } from '../../documents.ts';
import type { Reading } from '../reading.ts';
import { combine, hashWord } from './words.ts';

const candidateKinds = ['sentence', 'date', 'title'] as const;
export type CandidateKind = (typeof candidateKinds)[number];

/**
 * Features of a candidate: slots of the ranking model's weights, and a value for each. `count` of them
 * are in use; what describes the next candidate overwrites them.
 */
export interface RankedFeatures {
  slots: Int32Array;
  values: Float32Array;
  count: number;
}

/** What is known of one type over a whole contract. */
export interface Surroundings {
  reading: Reading;
  /** Of the type, by sentence. */
  margins: Float32Array;
  /** The largest of them, from the largest to the smallest. */
  sorted: Float32Array;
  /** About how many sentences of the type there are. */
  sum: number;
  /** Largest margin of each section and its `sum`; place 0 is for what stands in none. */
  sectionBest: Float32Array;
  sectionSum: Float32Array;
}

export interface Described {
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

/** Words and pairs of words around a date, and what else is said of one, at most. */
const mostContext = 24;

export function emptyFeatures(): RankedFeatures {
  const most = 2 * names.length + mostContext;
  return { slots: new Int32Array(most), values: new Float32Array(most), count: 0 };
}

const clamp = (value: number, limit: number) => Math.max(-limit, Math.min(limit, value));

/** How many of the margins, from the largest to the smallest, are larger. */
function rankOf(margin: number, sorted: Float32Array): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > margin) low = middle + 1;
    else high = middle;
  }
  return low;
}

const isSmall = (code: number) => code >= 97 && code <= 122;

/**
 * Describes a candidate. Each feature stands twice, once for all types and once for its own, so that
 * types with few examples borrow from the others (Daumé, "Frustratingly easy domain adaptation",
 * 2007).
 * @param into overwritten
 */
export function describeCandidate(
  { reading, margins, sorted, sum, sectionBest, sectionSum }: Surroundings,
  { type, kind, at, span, stated, context }: Described,
  into: RankedFeatures,
): void {
  const { text, sentences } = reading;
  const z = margins[at]! * 3;
  const best = sorted[0]!;
  const before = at > 0 ? margins[at - 1]! * 3 : -6;
  const after = at + 1 < margins.length ? margins[at + 1]! * 3 : -6;
  const section = sentences[at]!.section + 1;
  const length = span.end - span.start;
  const last = text[span.end - 1]!;
  const shared = candidateKinds.indexOf(kind) * names.length;
  const own = contextSlots + block * (type + 1) + shared;
  const { slots, values } = into;
  let name = 0;
  let count = 0;
  // In the order of `names`, each brought to about 1.
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
  add(Math.log(1 + rankOf(margins[at]!, sorted)) / 2);
  add(Math.log(sum + 0.05) / 2);
  add(Math.max(-6, before) / 4);
  add(Math.max(-6, after) / 4);
  add(at > 0 ? clamp(z - before, 4) / 3 : 0);
  add(at + 1 < margins.length ? clamp(z - after, 4) / 3 : 0);
  add(Math.min(5, 3 * sectionBest[section]! - z) / 3);
  add(Math.log(sectionSum[section]! + 0.05) / 2);
  add((Math.log(1 + length) - 5) / 2);
  add(Number(length < 40));
  add(Number(length < 80));
  add(Number(length > 600));
  add(Number(length > 1200));
  add(Number(isSmall(text.charCodeAt(span.start))));
  add(Number(last === '.'));
  add(Number(last === ':'));
  add(Number(last === ';' || last === ','));
  add(Number(!'.:;,'.includes(last)));
  add(Number(at === 0 || sentences[at]!.section !== sentences[at - 1]!.section));
  add(span.start / text.length);
  add(Number(stated));
  for (const word of context.slice(0, mostContext)) {
    slots[count] = block + ((combine(type, hashWord(word)) >>> 0) % contextSlots);
    values[count++] = 0.6;
  }
  into.count = count;
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

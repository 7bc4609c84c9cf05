import type { Span } from '../../documents.ts';
import type { ClauseTypeId } from '../clause-types.ts';
import { findDates, type DateMention } from '../date-text.ts';
import type { Reading } from '../reading.ts';
import {
  dateContext,
  describeCandidate,
  emptyFeatures,
  type CandidateKind,
  type RankedFeatures,
  type Surroundings,
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
export interface ReadContract {
  reading: Reading;
  /** Where the text states it. */
  title?: Span | undefined;
  stated: readonly StatedSpan[];
}

/** Sentences with a smaller margin are no candidates, unless they are among the best of the contract. */
const leastMargin = -0.88;
const alwaysKept = 3;

/** What lawyers mark of these is the date as often as its sentence. */
const datedTypes: ReadonlySet<ClauseTypeId> = new Set(['agreement_date', 'effective_date']);

/** Those that make candidates, from the largest to the smallest; a few in any case. */
function largestOf(margins: Float32Array): Float32Array {
  const enough = margins.filter((margin) => margin >= leastMargin);
  return (enough.length >= alwaysKept ? enough : margins).toSorted().reverse();
}

/** The margins of one type over the sentences of a contract, by what can be said of all of them. */
function surroundingsOf(reading: Reading, margins: Float32Array, type: number, types: number) {
  const { sentences } = reading;
  const own = new Float32Array(sentences.length);
  // Sections count from -1, which stands for outside of all.
  const sections = 2 + sentences.reduce((last, { section }) => Math.max(last, section), -1);
  const sectionBest = new Float32Array(sections).fill(-Infinity);
  const sectionSum = new Float32Array(sections);
  let sum = 0;
  for (let at = 0; at < own.length; at++) {
    const margin = margins[at * types + type]!;
    const likely = 1 / (1 + Math.exp(-3 * margin));
    const section = sentences[at]!.section + 1;
    own[at] = margin;
    sum += likely;
    sectionSum[section]! += likely;
    if (margin > sectionBest[section]!) sectionBest[section] = margin;
  }
  return {
    reading,
    margins: own,
    sorted: largestOf(own),
    sum,
    sectionBest,
    sectionSum,
  } satisfies Surroundings;
}

/**
 * Spans that may be clauses: sentences, and, where lawyers mark no sentence but a date or the title,
 * those. (Runs of neighbouring sentences as further candidates cost more precision than they won.)
 * @param margins of all sentences for all types, row by row
 * @param take told each with what tells how likely it is one, which is valid during the call alone
 */
export function eachCandidate(
  { reading, title, stated }: ReadContract,
  types: readonly ClauseTypeId[],
  margins: Float32Array,
  take: (candidate: Candidate, features: RankedFeatures) => void,
): void {
  const features = emptyFeatures();
  const { sentences, text } = reading;
  const dates = new Map<number, DateMention[]>();
  const datesIn = (at: number) => {
    const { start, end } = sentences[at]!;
    let mentions = dates.get(at);
    if (!mentions) dates.set(at, (mentions = findDates(text.slice(start, end))));
    return mentions;
  };
  types.forEach((id, type) => {
    const around = surroundingsOf(reading, margins, type, types.length);
    const facts = stated.filter((fact) => fact.type === id);
    const isStated = ({ start, end }: Span) =>
      facts.some((fact) => fact.start < end && start < fact.end);
    const add = (kind: CandidateKind, at: number, span: Span, context: string[] = []) => {
      const told = { type, kind, at, span, stated: isStated(span), context };
      describeCandidate(around, told, features);
      take({ type, start: span.start, end: span.end }, features);
    };
    const least = Math.min(leastMargin, around.sorted[alwaysKept - 1] ?? -Infinity);
    sentences.forEach((sentence, at) => {
      if (around.margins[at]! < least && !isStated(sentence)) return;
      add('sentence', at, sentence);
      if (!datedTypes.has(id)) return;
      datesIn(at).forEach((date, nth) => {
        const span = { start: sentence.start + date.start, end: sentence.start + date.end };
        const blank = date.value === undefined && date.either === undefined;
        add('date', at, span, dateContext(text, span, nth, blank));
      });
    });
    if (id === 'document_name' && title) {
      const at = sentences.findIndex(({ end }) => end > title.start);
      if (at >= 0) add('title', at, title);
    }
  });
}

import { clauseTypes, type ClauseTypeId } from '../../src/analyse/clause-types.ts';
import { read, type Reading, type ReadSentence } from '../../src/analyse/reading.ts';
import type { Span } from '../../src/documents.ts';
import { segment } from '../../src/segment/segment.ts';
import type { Contract } from '../corpus.ts';

/** What a sentence teaches about a type: that it is of it, that it is not, or nothing. */
export const lesson = { no: 0, yes: 1, nothing: 2 } as const;

/** A contract with what its sentences teach. */
export interface TaughtContract {
  contract: Contract;
  reading: Reading;
  /** `sentences × clauseTypes`, row by row. */
  lessons: Uint8Array;
}

/** In the order of the table; a model's types are these. */
export const taughtTypes: readonly ClauseTypeId[] = clauseTypes.map(({ id }) => id);

/** Types with labels, whose headings may be learned from; the others are learned from headings. */
export const isLabelled = clauseTypes.map(({ cuadName }) => cuadName !== undefined);

/** Headings of what fits nowhere else: what stands under them can be of any type. */
const anything = /\b(?:miscellaneous|general|other|additional|further|provisions|boilerplate)\b/;

export function taught(contract: Contract): TaughtContract {
  const { text, labels } = contract;
  const reading = read(text, segment(text, []));
  const lessons = new Uint8Array(reading.sentences.length * clauseTypes.length);
  clauseTypes.forEach(({ cuadName, heading }, type) => {
    const marked = cuadName === undefined ? [] : (labels.get(cuadName) ?? []);
    reading.sentences.forEach((sentence, at) => {
      lessons[at * clauseTypes.length + type] =
        cuadName === undefined
          ? underHeading(sentence, heading)
          : Number(marked.some((label) => isMarked(sentence, label)));
    });
  });
  return { contract, reading, lessons };
}

/** Half of the sentence, or half of the label, is in the other. */
function isMarked(sentence: Span, label: Span): boolean {
  const both = Math.min(sentence.end, label.end) - Math.max(sentence.start, label.start);
  const shorter = Math.min(sentence.end - sentence.start, label.end - label.start);
  return both > 0 && both >= shorter / 2;
}

/** A heading that stands as a sentence of its own; its number aside. */
function isHeading({ plain, heading }: ReadSentence): boolean {
  const words = plain.replace(/^(?:article |section )?[\divx.()]{0,8} /, '').replace(/[.:]$/, '');
  return words.length < 80 && heading.includes(words);
}

/**
 * A heading of the type teaches that what stands under it is of the type; a heading of something
 * else, that it is not; none, or one that fits everything, teaches nothing. The heading itself is no
 * clause.
 */
function underHeading(sentence: ReadSentence, ofType: RegExp | undefined): number {
  const { heading, kind } = sentence;
  if (isHeading(sentence)) return lesson.no;
  if (ofType?.test(heading)) return lesson.yes;
  if (kind === 'front_matter' || kind === 'signatures' || kind === 'recitals') return lesson.no;
  return /[a-z]{3}/.test(heading) && !anything.test(heading) ? lesson.no : lesson.nothing;
}

import { clauseTypes, type ClauseTypeId } from '../../src/analyse/clause-types.ts';
import {
  prepareText,
  type PreparedText,
  type PreparedSentence,
} from '../../src/analyse/prepared-text.ts';
import type { Span } from '../../src/domain/documents.ts';
import { segment } from '../../src/segment/segment.ts';
import type { Contract } from '../corpus.ts';

/** What a sentence teaches about a type: that it is of it, that it is not, or nothing. */
export const label = { negative: 0, positive: 1, unknown: 2 } as const;

/** A contract with what its sentences teach. */
export interface LabelledContract {
  contract: Contract;
  prepared: PreparedText;
  /** `sentences × clauseTypes`, row by row. */
  sentenceLabels: Uint8Array;
}

/** In the order of the table; a model's types are these. */
export const trainedTypes: readonly ClauseTypeId[] = clauseTypes.map(({ id }) => id);

/** Types with labels, whose headings may be learned from; the others are learned from headings. */
export const isLabelled = clauseTypes.map(({ cuadName }) => cuadName !== undefined);

/** Headings of what fits nowhere else: what stands under them can be of any type. */
const genericHeading =
  /\b(?:miscellaneous|general|other|additional|further|provisions|boilerplate)\b/;

export function labelContract(contract: Contract): LabelledContract {
  const { text, labels } = contract;
  const prepared = prepareText(text, segment(text, []));
  const sentenceLabels = new Uint8Array(prepared.sentences.length * clauseTypes.length);
  clauseTypes.forEach(({ cuadName, headingPattern: heading }, type) => {
    const labelSpans = cuadName === undefined ? [] : (labels.get(cuadName) ?? []);
    prepared.sentences.forEach((sentence, at) => {
      sentenceLabels[at * clauseTypes.length + type] =
        cuadName === undefined
          ? labelByHeading(sentence, heading)
          : Number(labelSpans.some((span) => coversLabel(sentence, span)));
    });
  });
  return { contract, prepared, sentenceLabels };
}

/** Half of the sentence, or half of the label, is in the other. */
function coversLabel(sentence: Span, span: Span): boolean {
  const overlap = Math.min(sentence.end, span.end) - Math.max(sentence.start, span.start);
  const shorter = Math.min(sentence.end - sentence.start, span.end - span.start);
  return overlap > 0 && overlap >= shorter / 2;
}

/** A heading that stands as a sentence of its own; its number aside. */
function isHeading({ normalized, heading }: PreparedSentence): boolean {
  const words = normalized
    .replace(/^(?:article |section )?[\divx.()]{0,8} /, '')
    .replace(/[.:]$/, '');
  return words.length < 80 && heading.includes(words);
}

/**
 * A heading of the type teaches that what stands under it is of the type; a heading of something
 * else, that it is not; none, or one that fits everything, teaches nothing. The heading itself is no
 * clause.
 */
function labelByHeading(sentence: PreparedSentence, typeHeading: RegExp | undefined): number {
  const { heading, kind } = sentence;
  if (isHeading(sentence)) return label.negative;
  if (typeHeading?.test(heading)) return label.positive;
  if (kind === 'front_matter' || kind === 'signatures' || kind === 'recitals')
    return label.negative;
  return /[a-z]{3}/.test(heading) && !genericHeading.test(heading) ? label.negative : label.unknown;
}

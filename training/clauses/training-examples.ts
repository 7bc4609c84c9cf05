import { clauseTypes, type ClauseTypeId } from '../../src/analyse/clause-types.ts';
import {
  prepareText,
  type PreparedText,
  type PreparedSentence,
} from '../../src/analyse/prepared-text.ts';
import type { Span } from '../../src/domain/documents.ts';
import { segment } from '../../src/segment/segment.ts';
import type { Contract } from '../corpus.ts';

/** Labels of a sentence for a type. */
export const label = { negative: 0, positive: 1, unknown: 2 } as const;

/** A contract with labels for its sentences. */
export interface LabelledContract {
  contract: Contract;
  prepared: PreparedText;
  /** `sentences × clauseTypes`, row by row. */
  sentenceLabels: Uint8Array;
}

/** The types of a trained model, in the order of the table. */
export const trainedTypes: readonly ClauseTypeId[] = clauseTypes.map(({ id }) => id);

/** Whether a type has labels in CUAD. The other types are trained on headings. */
export const isLabelled = clauseTypes.map(({ cuadName }) => cuadName !== undefined);

/** Generic headings, under which sentences of any type may be. */
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

/** Whether half of the sentence is in the label, or half of the label in the sentence. */
function coversLabel(sentence: Span, span: Span): boolean {
  const overlap = Math.min(sentence.end, span.end) - Math.max(sentence.start, span.start);
  const shorter = Math.min(sentence.end - sentence.start, span.end - span.start);
  return overlap > 0 && overlap >= shorter / 2;
}

/** Whether a sentence is only a heading, perhaps with its number. */
function isHeading({ normalized, heading }: PreparedSentence): boolean {
  const words = normalized
    .replace(/^(?:article |section )?[\divx.()]{0,8} /, '')
    .replace(/[.:]$/, '');
  return words.length < 80 && heading.includes(words);
}

/**
 * Labels a sentence by its heading: positive under a heading of the type, negative under another
 * specific heading, unknown under a generic heading or none. A heading itself is negative.
 */
function labelByHeading(sentence: PreparedSentence, typeHeading: RegExp | undefined): number {
  const { heading, kind } = sentence;
  if (isHeading(sentence)) return label.negative;
  if (typeHeading?.test(heading)) return label.positive;
  if (kind === 'front_matter' || kind === 'signatures' || kind === 'recitals')
    return label.negative;
  return /[a-z]{3}/.test(heading) && !genericHeading.test(heading) ? label.negative : label.unknown;
}

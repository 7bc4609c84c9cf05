import type { Span } from '../src/domain/documents.ts';
import { passageText } from '../src/embed/passage-text.ts';
import { indexText } from '../src/segment/index-text.ts';
import { segment } from '../src/segment/segment.ts';
import type { Contract } from './corpus.ts';

/** A passage as the product indexes it: its span and the text that is embedded. */
export interface TrainingPassage extends Span {
  text: string;
}

/** Splits a contract into passages, as ingestion does. */
export function segmentPassages(contract: Contract): TrainingPassage[] {
  const { text } = contract;
  const { passages, headersAndFooters } = segment(text, [
    { number: 1, start: 0, end: text.length },
  ]);
  return passages.map((passage) => ({
    start: passage.start,
    end: passage.end,
    text: passageText(passage.path, indexText(text, passage, headersAndFooters)),
  }));
}

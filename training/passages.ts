import type { Span } from '../src/documents.ts';
import type { Contract } from './corpus.ts';

/** A stretch of a contract as it is indexed: where it stands, and the text that is embedded. */
export interface TrainingPassage extends Span {
  path: string[];
  text: string;
}

/** Whole sentences packed to about 500 characters. */
export function passagesOf(contract: Contract): TrainingPassage[] {
  const passages: TrainingPassage[] = [];
  let start = 0;
  let end = 0;
  const close = (): void => {
    const text = contract.text.slice(start, end).replace(/\s+/g, ' ').trim();
    if (text) passages.push({ start, end, path: [], text });
    start = end;
  };
  for (const match of contract.text.matchAll(/[^.;\n]*(?:[.;]+(?=\s)|\n+|$|.)\s*/g)) {
    const length = match[0].length;
    if (length === 0) break;
    if (end > start && end + length - start > 600) close();
    end += length;
    if (end - start >= 500) close();
  }
  close();
  return passages;
}

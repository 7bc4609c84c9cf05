import type { Span } from '../../domain/documents.ts';

/** A word or a mark of punctuation where it stands. */
export interface OpeningToken extends Span {
  text: string;
}

/** Characters from the top in which names are tagged. */
export const maxOpeningLength = 6000;
/** A word with what is written inside it ("AT&T", "S.p.A.", "salesforce.com"), or one mark. */
const token = /[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}]|[.'\u2019&/@_-](?=[\p{L}\p{N}]))*\.?|\S/gu;

/** The tokens of a contract's opening, in order; a word that the end of the opening cuts is left out. */
export function tokenizeOpening(text: string): OpeningToken[] {
  const cutOffset =
    text.length > maxOpeningLength ? text.lastIndexOf(' ', maxOpeningLength) : text.length;
  const found: OpeningToken[] = [];
  for (const match of text.slice(0, cutOffset > 0 ? cutOffset : maxOpeningLength).matchAll(token)) {
    found.push({ text: match[0], start: match.index, end: match.index + match[0].length });
  }
  return found;
}

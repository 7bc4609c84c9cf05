import type { Page, Span } from '../documents.ts';
import { isLineBreak, isSpace } from './characters.ts';

/** A run of text between line breaks, tabs or three and more blanks. */
export interface Chunk extends Span {
  /** Line breaks before it. */
  breaks: number;
  /** White space before it, in characters; Infinity at the start of the text. */
  space: number;
  page: number;
}

/** A run of so many line breaks in a text without pages is where a page ended. */
export const pageBreaks = 4;

/** The chunks of a text, in order; linear in its length. */
export function chunksOf(text: string, pages: Page[]): Chunk[] {
  const chunks: Chunk[] = [];
  let start = -1;
  let breaks = 0;
  let space = Infinity;
  let page = 0;
  let at = 0;
  while (at < text.length) {
    if (!isSpace(text.charCodeAt(at))) {
      if (start < 0) start = at;
      at++;
      continue;
    }
    let end = at;
    let found = 0;
    let tab = false;
    while (end < text.length && isSpace(text.charCodeAt(end))) {
      if (isLineBreak(text, end)) found++;
      if (text.charCodeAt(end) === 9) tab = true;
      end++;
    }
    if (start >= 0 && (found > 0 || tab || end - at >= 3)) {
      chunks.push({ start, end: at, breaks, space, page: pageAt(start) });
      start = -1;
      breaks = 0;
      space = 0;
    }
    if (start < 0) {
      breaks += found;
      space += end - at;
    }
    at = end;
  }
  if (start >= 0) chunks.push({ start, end: text.length, breaks, space, page: pageAt(start) });
  return chunks;

  function pageAt(offset: number): number {
    while (page + 1 < pages.length && offset >= pages[page + 1]!.start) page++;
    return page;
  }
}

import type { Page, Span } from '../domain/documents.ts';
import { isLineBreak, isSpace } from './characters.ts';

/** A run of text between line breaks, tabs or three and more blanks. */
export interface TextRun extends Span {
  /** Line breaks before it. */
  lineBreaks: number;
  /** White space before it, in characters; Infinity at the start of the text. */
  whitespaceLength: number;
  page: number;
}

/** A run of so many line breaks in a text without pages is where a page ended. */
export const minPageBreakLines = 4;

/** The chunks of a text, in order; linear in its length. */
export function splitTextRuns(text: string, pages: Page[]): TextRun[] {
  const runs: TextRun[] = [];
  let start = -1;
  let lineBreaks = 0;
  let whitespaceLength = Infinity;
  let page = 0;
  let at = 0;
  while (at < text.length) {
    if (!isSpace(text.charCodeAt(at))) {
      if (start < 0) start = at;
      at++;
      continue;
    }
    let end = at;
    let foundBreaks = 0;
    let hasTab = false;
    while (end < text.length && isSpace(text.charCodeAt(end))) {
      if (isLineBreak(text, end)) foundBreaks++;
      if (text.charCodeAt(end) === 9) hasTab = true;
      end++;
    }
    if (start >= 0 && (foundBreaks > 0 || hasTab || end - at >= 3)) {
      runs.push({ start, end: at, lineBreaks, whitespaceLength, page: pageAt(start) });
      start = -1;
      lineBreaks = 0;
      whitespaceLength = 0;
    }
    if (start < 0) {
      lineBreaks += foundBreaks;
      whitespaceLength += end - at;
    }
    at = end;
  }
  if (start >= 0)
    runs.push({ start, end: text.length, lineBreaks, whitespaceLength, page: pageAt(start) });
  return runs;

  function pageAt(offset: number): number {
    while (page + 1 < pages.length && offset >= pages[page + 1]!.start) page++;
    return page;
  }
}

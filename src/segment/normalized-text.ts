import type { Page, Span } from '../domain/documents.ts';
import { isLineBreak, isSpace, minPageBreakLines, trimSpan } from './characters.ts';

/** What kind of white space stood where the flow has a blank; the larger, the stronger the break. */
export const whitespaceKind = {
  /** One blank. */
  blank: 1,
  /** Two blanks, as after a full stop or in a justified line; a tab, as between a table's cells. */
  double: 2,
  /** Three and more blanks: a paragraph break, a table's cell, or an indented line. */
  wide: 3,
  /** One line break. */
  line: 4,
  /** An empty line. */
  paragraph: 5,
  /** A page ends. */
  page: 6,
} as const;

/**
 * A text as it reads: noise left out, each run of white space one blank. Everything between the
 * stored text and the finished structure works on this, in its own offsets.
 */
export interface NormalizedText {
  chars: string;
  /** For each character of `chars` its offset in the stored text. */
  offsets: Int32Array;
  /** For each blank of `chars` its kind (see `gap`); 0 elsewhere. */
  whitespace: Uint8Array;
}

/** The flow of a text; `noise` in order and not overlapping. Linear in the text's length. */
export function normalizeText(
  text: string,
  pages: Page[],
  headersAndFooters: Span[],
): NormalizedText {
  const offsets = new Int32Array(text.length);
  const whitespace = new Uint8Array(text.length);
  const pieces: string[] = [];
  let length = 0;
  let pieceStart = -1;
  let page = 0;
  let nextHeaderOrFooter = 0;
  let i = 0;
  while (i < text.length) {
    const nextSkipped = headersAndFooters[nextHeaderOrFooter];
    if (!isSpace(text.charCodeAt(i)) && i !== nextSkipped?.start) {
      if (pieceStart < 0) pieceStart = i;
      offsets[length++] = i++;
      continue;
    }
    const start = i;
    const kind = skipWhitespace();
    if (i - start === 1 && text[start] === ' ' && i < text.length && pieceStart >= 0) {
      whitespace[length] = kind;
      offsets[length++] = start;
      continue;
    }
    if (pieceStart >= 0) pieces.push(text.slice(pieceStart, start));
    pieceStart = -1;
    if (length > 0 && i < text.length) {
      pieces.push(' ');
      whitespace[length] = kind;
      offsets[length++] = start;
    }
  }
  if (pieceStart >= 0) pieces.push(text.slice(pieceStart));
  return {
    chars: pieces.join(''),
    offsets: offsets.subarray(0, length),
    whitespace: whitespace.subarray(0, length),
  };

  /** Moves over white space and noise; what kind of gap that was. */
  function skipWhitespace(): number {
    const start = i;
    let lineBreaks = 0;
    let hasTab = false;
    let containsHeaderOrFooter = false;
    while (i < text.length) {
      const skip = headersAndFooters[nextHeaderOrFooter];
      if (skip && i >= skip.start) {
        i = Math.max(i, skip.end);
        nextHeaderOrFooter++;
        containsHeaderOrFooter = true;
      } else if (isSpace(text.charCodeAt(i))) {
        if (isLineBreak(text, i)) lineBreaks++;
        if (text.charCodeAt(i) === 9) hasTab = true;
        if (text.charCodeAt(i) === 12) lineBreaks = minPageBreakLines;
        i++;
      } else break;
    }
    while (page + 1 < pages.length && pages[page + 1]!.start < start) page++;
    if (
      containsHeaderOrFooter ||
      lineBreaks >= minPageBreakLines ||
      (pages[page + 1]?.start ?? Infinity) <= i
    ) {
      return whitespaceKind.page;
    }
    if (lineBreaks > 0) return lineBreaks === 1 ? whitespaceKind.line : whitespaceKind.paragraph;
    if (hasTab) return whitespaceKind.double;
    return i - start >= 3
      ? whitespaceKind.wide
      : i - start === 2
        ? whitespaceKind.double
        : whitespaceKind.blank;
  }
}

/** The stored text's span for a span of the flow. */
export function toStoredSpan(normalizedText: NormalizedText, span: Span): Span {
  return {
    start: normalizedText.offsets[span.start]!,
    end: normalizedText.offsets[span.end - 1]! + 1,
  };
}

/** The flow's span without blanks at its ends; undefined where nothing is left. */
export function trimNormalizedSpan(
  normalizedText: NormalizedText,
  start: number,
  end: number,
): Span | undefined {
  return trimSpan(normalizedText.chars, start, end);
}

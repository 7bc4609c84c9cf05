import type { Page, Span } from '../domain/documents.ts';
import { isLineBreak, isSpace, minPageBreakLines, trimSpan } from './characters.ts';

/** What white space the normalized text's blank stands for; the larger, the stronger the break. */
export const whitespaceKind = {
  /** One blank. */
  blank: 1,
  /** Two blanks, as after a full stop or in a justified line; or a tab, as between table cells. */
  double: 2,
  /** Three or more blanks: a paragraph break, a gap between table cells, or an indented line. */
  wide: 3,
  /** One line break. */
  line: 4,
  /** An empty line. */
  paragraph: 5,
  /** A page ends. */
  page: 6,
} as const;

/**
 * A text without headers and footers, each run of white space as one blank. Segmentation works on
 * it, in its own offsets, and converts its results back with `toStoredSpan`.
 */
export interface NormalizedText {
  chars: string;
  /** For each character of `chars` its offset in the stored text. */
  offsets: Int32Array;
  /** For each blank of `chars` its `whitespaceKind`; 0 elsewhere. */
  whitespace: Uint8Array;
}

/**
 * Normalizes a text. Linear in the text's length.
 * @param headersAndFooters in order, not overlapping
 */
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

  /** Skips white space, headers and footers; returns their kind. */
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

/** Converts a span of the normalized text to a span of the stored text. */
export function toStoredSpan(normalizedText: NormalizedText, span: Span): Span {
  return {
    start: normalizedText.offsets[span.start]!,
    end: normalizedText.offsets[span.end - 1]! + 1,
  };
}

/** The span without blanks at its ends; undefined if nothing is left. */
export function trimNormalizedSpan(
  normalizedText: NormalizedText,
  start: number,
  end: number,
): Span | undefined {
  return trimSpan(normalizedText.chars, start, end);
}

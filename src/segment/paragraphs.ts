import type { Span } from '../domain/documents.ts';
import { isCapitals, isDigit, isLower, isUpper } from './characters.ts';
import { type NormalizedText, whitespaceKind } from './normalized-text.ts';
import { readNumbering } from './numbering.ts';
import { isTitle } from './heading-text.ts';

/** From this share of the usual width on, a printed line is full and continues in the next. */
const minFullLineRatio = 0.72;
/** Lines longer than this are paragraphs, not printed lines. */
const maxPrintedLineLength = 250;
/** A text has printed lines if it has at least this many and they are a third of all lines. */
const minPrintedLines = 10;
/** Above this share of wide gaps inside sentences, wide gaps are indented line breaks. */
const minWrappedRatio = 0.12;
/** How long a paragraph must be to continue after an empty line. */
const minOpenParagraphLength = 50;

const danglingWord =
  /(?:^| )(?:a|an|and|any|as|at|by|each|for|from|if|in|its|of|on|or|such|than|that|the|their|this|to|under|with|which|shall|will|may|not|be|is|are)$/i;
const bullet = /^[•●▪■◦○·‣–—*-] /;

/**
 * Splits a normalized text into paragraphs, in order. They start at empty lines, at clause numbers,
 * after short lines and after headings. A line or page that ends within a sentence ends no
 * paragraph.
 */
export function splitParagraphs(normalizedText: NormalizedText): Span[] {
  const { chars, whitespace } = normalizedText;
  const layout = detectLayout(normalizedText);
  const paragraphs: Span[] = [];
  let start = 0;
  let lineStart = 0;
  for (let i = 0; i < whitespace.length; i++) {
    const kind = whitespace[i]!;
    if (kind < whitespaceKind.wide) continue;
    if (isParagraphBreak(i, kind)) {
      paragraphs.push({ start, end: i });
      start = i + 1;
    }
    if (kind >= whitespaceKind.line) lineStart = i + 1;
  }
  if (start < chars.length) paragraphs.push({ start, end: chars.length });
  return paragraphs;

  function isParagraphBreak(i: number, kind: number): boolean {
    const next = chars.slice(i + 1, i + 48);
    const before = chars.slice(Math.max(start, i - 24), i);
    const isSentenceEnd = /[.;:!?]["”’')\]]*$/.test(before) || /[;,] (?:and|or)$/.test(before);
    const continuesInLowerCase = isLower(next);
    const numbering = readNumbering(chars, i + 1);
    const isNumbered =
      numbering !== undefined &&
      (numbering.style !== 'decimal' || /[.)]/.test(numbering.raw) || isSentenceEnd);
    if (isNumberAlone(i)) return false;
    if (kind < whitespaceKind.paragraph && numbering && !isSentenceEnd && endsInReference(before))
      return false;
    if (kind === whitespaceKind.wide) {
      // In a text with printed lines, wide gaps separate the cells of a row.
      if (layout.lineWidth < Infinity) return false;
      if (layout.hasWrappedLines && !isSentenceEnd) {
        return !continuesInLowerCase && i - start < 100 && isTitle(chars.slice(start, i));
      }
      if (continuesInLowerCase && !isNumbered) return false;
      return (isSentenceEnd || !layout.hasWrappedLines) && startsParagraph(next, isNumbered);
    }
    const isOpenParagraph = i - start >= minOpenParagraphLength && !isSentenceEnd;
    if (kind === whitespaceKind.paragraph)
      return !(isOpenParagraph && continuesInLowerCase && !isNumbered);
    const isFullLine = i - lineStart >= layout.lineWidth * minFullLineRatio;
    if (kind === whitespaceKind.page) {
      if (!isOpenParagraph) return true;
      if (isNumbered || bullet.test(next)) return true;
      return !(
        continuesInLowerCase ||
        danglingWord.test(before) ||
        before.endsWith(',') ||
        isFullLine
      );
    }
    if (bullet.test(next)) return true;
    if (!isSentenceEnd && !isNumbered && continuesInCapitals(i, before, next)) return false;
    if (isNumbered) return isSentenceEnd || !isFullLine || !continuesInLowerCase;
    if (isFullLine || danglingWord.test(before) || before.endsWith(',')) {
      return isSentenceEnd && layout.lineWidth === Infinity;
    }
    return !continuesInLowerCase || (isSentenceEnd && isNumbered);
  }

  /** Whether a long line in capitals continues in the next: a disclaimer, or a long heading. */
  function continuesInCapitals(i: number, before: string, next: string): boolean {
    const isLong = i - start > 2 * minOpenParagraphLength || i - lineStart > minOpenParagraphLength;
    return isLong && isCapitals(before) && isCapitals(next.split(' ', 2).join(' '));
  }

  /** Whether the paragraph so far is only a number, so that the text after it belongs to it. */
  function isNumberAlone(i: number): boolean {
    return i - start < 16 && readNumbering(chars, start)?.end === i;
  }
}

/** "Section", "clauses (a) and": what follows is a reference, not the number of a paragraph. */
function endsInReference(before: string): boolean {
  return /(?:^| )(?:sections?|articles?|clauses?|paragraphs?|exhibits?|schedules?|and|or|to|of|in|under|§)$/i.test(
    before,
  );
}

function startsParagraph(next: string, isNumbered: boolean): boolean {
  const first = next[0] ?? '';
  return isNumbered || isUpper(first) || isDigit(first) || /^["“‘'([_$•●▪·*-]/.test(next);
}

/**
 * The width of printed lines, `Infinity` if there are none, and whether wide gaps are wrapped
 * lines.
 */
function detectLayout(normalizedText: NormalizedText): {
  lineWidth: number;
  hasWrappedLines: boolean;
} {
  const { chars, whitespace } = normalizedText;
  const widths: number[] = [];
  let lineStart = 0;
  let lines = 0;
  let wideCount = 0;
  let wideInSentence = 0;
  for (let i = 0; i < whitespace.length; i++) {
    const kind = whitespace[i]!;
    if (kind >= whitespaceKind.line) {
      lines++;
      if (kind === whitespaceKind.line && i - lineStart > 20) widths.push(i - lineStart);
      lineStart = i + 1;
    } else if (kind === whitespaceKind.wide) {
      wideCount++;
      if (isLower(chars[i + 1]!) && /[\p{L},]/u.test(chars[i - 1]!)) wideInSentence++;
    }
  }
  widths.sort((a, b) => a - b);
  const typicalWidth = widths[Math.floor(widths.length * 0.85)] ?? Infinity;
  return {
    lineWidth:
      widths.length >= Math.max(minPrintedLines, lines / 3) && typicalWidth <= maxPrintedLineLength
        ? typicalWidth
        : Infinity,
    hasWrappedLines: wideInSentence > wideCount * minWrappedRatio,
  };
}

import type { Span } from '../domain/documents.ts';

/** A text with collapsed white space, and the original offsets of its characters. */
export interface CollapsedText {
  text: string;
  /** Converts an offset in `text` to one in the original text. */
  originalOffset: (offset: number) => number;
  /** Converts a span of `text` to one of the original text. */
  originalSpan: (span: Span) => Span;
}

/**
 * Replaces each run of white space by one space, so that patterns match "October 15,<30
 * spaces>2000". A blank line stays a blank line.
 */
export function collapseWhitespace(text: string): CollapsedText {
  const ends: number[] = [];
  const removed: number[] = [];
  let removedCount = 0;
  // Single blanks, by far the most, are left as they are.
  const collapsed = text.replace(/[^\S ]\s*| \s+/g, (whitespace, index: number) => {
    const replacement = whitespace.indexOf('\n') < whitespace.lastIndexOf('\n') ? '\n\n' : ' ';
    if (whitespace.length > replacement.length) {
      removedCount += whitespace.length - replacement.length;
      ends.push(index + whitespace.length - removedCount);
      removed.push(removedCount);
    }
    return replacement;
  });
  const originalOffset = (offset: number) => offset + (removed[lastIndexUpTo(ends, offset)] ?? 0);
  const originalSpan = ({ start, end }: Span) => ({
    start: originalOffset(start),
    end: originalOffset(end - 1) + 1,
  });
  return { text: collapsed, originalOffset, originalSpan };
}

/**
 * The index of the last of the ascending numbers that is not above a limit; -1 if there is none.
 */
function lastIndexUpTo(numbers: number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

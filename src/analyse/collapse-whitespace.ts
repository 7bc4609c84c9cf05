import type { Span } from '../domain/documents.ts';

/** A text whose wide gaps are closed, and where its characters stood before. */
export interface CollapsedText {
  text: string;
  /** The offset in the text as it stands of an offset in `text`. */
  originalOffset: (offset: number) => number;
  /** Where in the text as it stands a span of `text` lies. */
  originalSpan: (span: Span) => Span;
}

/**
 * Text with every gap of a layout as one space, so that "October 15,<30 spaces>2000" reads as what
 * it says. A blank line stays one.
 */
export function collapseWhitespace(text: string): CollapsedText {
  const ends: number[] = [];
  const removed: number[] = [];
  let removedCount = 0;
  const collapsed = text.replace(/\s+/g, (whitespace, index: number) => {
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

/** The last of the ascending numbers that is not above a limit; -1 where there is none. */
function lastIndexUpTo(numbers: number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

import type { Span } from '../documents.ts';

/** A text whose wide gaps are closed, and where its characters stood before. */
export interface Squeezed {
  text: string;
  /** The offset in the text as it stands of an offset in `text`. */
  at: (offset: number) => number;
  /** Where in the text as it stands a span of `text` lies. */
  spanOf: (span: Span) => Span;
}

/**
 * Text with every gap of a layout as one space, so that "October 15,<30 spaces>2000" reads as what
 * it says. A blank line stays one.
 */
export function squeeze(text: string): Squeezed {
  const ends: number[] = [];
  const removed: number[] = [];
  let gone = 0;
  const squeezed = text.replace(/\s+/g, (gap, index: number) => {
    const closed = gap.indexOf('\n') < gap.lastIndexOf('\n') ? '\n\n' : ' ';
    if (gap.length > closed.length) {
      gone += gap.length - closed.length;
      ends.push(index + gap.length - gone);
      removed.push(gone);
    }
    return closed;
  });
  const at = (offset: number) => offset + (removed[lastUpTo(ends, offset)] ?? 0);
  const spanOf = ({ start, end }: Span) => ({ start: at(start), end: at(end - 1) + 1 });
  return { text: squeezed, at, spanOf };
}

/** The last of the ascending numbers that is not above a limit; -1 where there is none. */
function lastUpTo(numbers: number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

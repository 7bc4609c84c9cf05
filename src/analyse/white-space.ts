/** A text whose wide gaps are closed, and where its characters stood before. */
export interface Squeezed {
  text: string;
  /** The offset in the text as it stands of an offset in `text`. */
  at: (offset: number) => number;
}

/** A gap that a layout leaves within a line, or from the end of one line to the next. */
const wide = /[^\S\n]*\n[^\S\n]*(?!\s*\n)|[^\S\n]{2,}/g;

/**
 * Text with every gap of a layout as one space, so that "October 15,<30 spaces>2000" reads as what
 * it says. Blank lines stay.
 */
export function squeeze(text: string): Squeezed {
  const ends: number[] = [];
  const removed: number[] = [];
  let gone = 0;
  const squeezed = text.replace(wide, (gap, index: number) => {
    gone += gap.length - 1;
    if (gap.length > 1) {
      ends.push(index + gap.length - gone);
      removed.push(gone);
    }
    return ' ';
  });
  const at = (offset: number) => offset + (removed[lastUpTo(ends, offset)] ?? 0);
  return { text: squeezed, at };
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

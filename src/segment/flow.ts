import type { Page, Span } from '../documents.ts';
import { isLineBreak, isSpace, trimSpan } from './characters.ts';
import { pageBreaks } from './chunks.ts';

/** What kind of white space stood where the flow has a blank; the larger, the stronger the break. */
export const gap = {
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
export interface Flow {
  chars: string;
  /** For each character of `chars` its offset in the stored text. */
  at: Int32Array;
  /** For each blank of `chars` its kind (see `gap`); 0 elsewhere. */
  gaps: Uint8Array;
}

/** The flow of a text; `noise` in order and not overlapping. Linear in the text's length. */
export function flowOf(text: string, pages: Page[], noise: Span[]): Flow {
  const at = new Int32Array(text.length);
  const gaps = new Uint8Array(text.length);
  const pieces: string[] = [];
  let length = 0;
  let pieceStart = -1;
  let page = 0;
  let noisy = 0;
  let i = 0;
  while (i < text.length) {
    const skipped = noise[noisy];
    if (!isSpace(text.charCodeAt(i)) && i !== skipped?.start) {
      if (pieceStart < 0) pieceStart = i;
      at[length++] = i++;
      continue;
    }
    const start = i;
    const kind = skipGap();
    if (i - start === 1 && text[start] === ' ' && i < text.length && pieceStart >= 0) {
      gaps[length] = kind;
      at[length++] = start;
      continue;
    }
    if (pieceStart >= 0) pieces.push(text.slice(pieceStart, start));
    pieceStart = -1;
    if (length > 0 && i < text.length) {
      pieces.push(' ');
      gaps[length] = kind;
      at[length++] = start;
    }
  }
  if (pieceStart >= 0) pieces.push(text.slice(pieceStart));
  return { chars: pieces.join(''), at: at.subarray(0, length), gaps: gaps.subarray(0, length) };

  /** Moves over white space and noise; what kind of gap that was. */
  function skipGap(): number {
    const start = i;
    let breaks = 0;
    let tab = false;
    let noiseInside = false;
    while (i < text.length) {
      const skip = noise[noisy];
      if (skip && i >= skip.start) {
        i = Math.max(i, skip.end);
        noisy++;
        noiseInside = true;
      } else if (isSpace(text.charCodeAt(i))) {
        if (isLineBreak(text, i)) breaks++;
        if (text.charCodeAt(i) === 9) tab = true;
        if (text.charCodeAt(i) === 12) breaks = pageBreaks;
        i++;
      } else break;
    }
    while (page + 1 < pages.length && pages[page + 1]!.start < start) page++;
    if (noiseInside || breaks >= pageBreaks || (pages[page + 1]?.start ?? Infinity) <= i) {
      return gap.page;
    }
    if (breaks > 0) return breaks === 1 ? gap.line : gap.paragraph;
    if (tab) return gap.double;
    return i - start >= 3 ? gap.wide : i - start === 2 ? gap.double : gap.blank;
  }
}

/** The stored text's span for a span of the flow. */
export function toText(flow: Flow, span: Span): Span {
  return { start: flow.at[span.start]!, end: flow.at[span.end - 1]! + 1 };
}

/** The flow's span without blanks at its ends; undefined where nothing is left. */
export function trimFlow(flow: Flow, start: number, end: number): Span | undefined {
  return trimSpan(flow.chars, start, end);
}

import type { Span } from '../documents.ts';
import { isDigit, isLower, isUpper } from './characters.ts';
import { type Flow, gap } from './flow.ts';
import { readNumbering } from './numbering.ts';
import { isCapitals, isTitle } from './titles.ts';

/** A printed line is full, and goes on in the next, from this share of the usual width on. */
const fullLine = 0.72;
/** Lines longer than this are paragraphs, not printed lines. */
const maxPrintedLine = 250;
/** A text has printed lines if it has so many, and they are a third of all lines. */
const minPrintedLines = 10;
/** Above this share of wide gaps inside sentences, wide gaps are indented line breaks. */
const wrappedShare = 0.12;
/** How long a paragraph must be to go on after an empty line. */
const minOpenParagraph = 50;

const danglingWord =
  /(?:^| )(?:a|an|and|any|as|at|by|each|for|from|if|in|its|of|on|or|such|than|that|the|their|this|to|under|with|which|shall|will|may|not|be|is|are)$/i;
const bullet = /^[•●▪■◦○·‣–—*-] /;

/**
 * Paragraphs of a flow, in order: they start at empty lines, at clause numbers, after short lines
 * and after headings. A line or page that ends within a sentence ends no paragraph.
 */
export function paragraphsOf(flow: Flow): Span[] {
  const { chars, gaps } = flow;
  const layout = layoutOf(flow);
  const paragraphs: Span[] = [];
  let start = 0;
  let lineStart = 0;
  for (let i = 0; i < gaps.length; i++) {
    const kind = gaps[i]!;
    if (kind < gap.wide) continue;
    if (breaksAt(i, kind)) {
      paragraphs.push({ start, end: i });
      start = i + 1;
    }
    if (kind >= gap.line) lineStart = i + 1;
  }
  if (start < chars.length) paragraphs.push({ start, end: chars.length });
  return paragraphs;

  function breaksAt(i: number, kind: number): boolean {
    const next = chars.slice(i + 1, i + 48);
    const before = chars.slice(Math.max(start, i - 24), i);
    const ended = /[.;:!?]["”’')\]]*$/.test(before) || /[;,] (?:and|or)$/.test(before);
    const goesOn = isLower(next);
    const numbering = readNumbering(chars, i + 1);
    const numbered =
      numbering !== undefined &&
      (numbering.style !== 'decimal' || /[.)]/.test(numbering.raw) || ended);
    if (startsWithNumberAlone(i)) return false;
    if (kind < gap.paragraph && numbering && !ended && refersOn(before)) return false;
    if (kind === gap.wide) {
      // Where lines are printed as they were, wide gaps part the cells of a row.
      if (layout.lineWidth < Infinity) return false;
      if (layout.wrapped && !ended) {
        return !goesOn && i - start < 100 && isTitle(chars.slice(start, i));
      }
      if (goesOn && !numbered) return false;
      return (ended || !layout.wrapped) && startsParagraph(next, numbered);
    }
    const open = i - start >= minOpenParagraph && !ended;
    if (kind === gap.paragraph) return !(open && goesOn && !numbered);
    const full = i - lineStart >= layout.lineWidth * fullLine;
    if (kind === gap.page) {
      if (!open) return true;
      if (numbered || bullet.test(next)) return true;
      return !(goesOn || danglingWord.test(before) || before.endsWith(',') || full);
    }
    if (bullet.test(next)) return true;
    if (!ended && !numbered && capitalsGoOn(i, before, next)) return false;
    if (numbered) return ended || !full || !goesOn;
    if (full || danglingWord.test(before) || before.endsWith(',')) {
      return ended && layout.lineWidth === Infinity;
    }
    return !goesOn || (ended && numbered);
  }

  /** Whether capitals in a long line go on in the next: a disclaimer, or a long heading. */
  function capitalsGoOn(i: number, before: string, next: string): boolean {
    const long = i - start > 2 * minOpenParagraph || i - lineStart > minOpenParagraph;
    return long && isCapitals(before) && isCapitals(next.split(' ', 2).join(' '));
  }

  /** Whether all there is of the paragraph is its number, so that what follows belongs to it. */
  function startsWithNumberAlone(i: number): boolean {
    return i - start < 16 && readNumbering(chars, start)?.end === i;
  }
}

/** "Section", "clauses (a) and": what follows is a reference, not the number of a paragraph. */
function refersOn(before: string): boolean {
  return /(?:^| )(?:sections?|articles?|clauses?|paragraphs?|exhibits?|schedules?|and|or|to|of|in|under|§)$/i.test(
    before,
  );
}

function startsParagraph(next: string, numbered: boolean): boolean {
  const first = next[0] ?? '';
  return numbered || isUpper(first) || isDigit(first) || /^["“‘'([_$•●▪·*-]/.test(next);
}

/** What the white space of this text means: how wide printed lines are, and what wide gaps are. */
function layoutOf(flow: Flow): { lineWidth: number; wrapped: boolean } {
  const { chars, gaps } = flow;
  const widths: number[] = [];
  let lineStart = 0;
  let lines = 0;
  let wide = 0;
  let within = 0;
  for (let i = 0; i < gaps.length; i++) {
    const kind = gaps[i]!;
    if (kind >= gap.line) {
      lines++;
      if (kind === gap.line && i - lineStart > 20) widths.push(i - lineStart);
      lineStart = i + 1;
    } else if (kind === gap.wide) {
      wide++;
      if (isLower(chars[i + 1]!) && /[\p{L},]/u.test(chars[i - 1]!)) within++;
    }
  }
  widths.sort((a, b) => a - b);
  const usual = widths[Math.floor(widths.length * 0.85)] ?? Infinity;
  return {
    lineWidth:
      widths.length >= Math.max(minPrintedLines, lines / 3) && usual <= maxPrintedLine
        ? usual
        : Infinity,
    wrapped: within > wide * wrappedShare,
  };
}

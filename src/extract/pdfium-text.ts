/** The box of a glyph as the font defines it, in points, on the page turned so that it stands upright. */
export interface GlyphBox {
  left: number;
  right: number;
  bottom: number;
  top: number;
  /** Clockwise quarter turns by which the glyph is rotated. */
  turns: number;
}

/** A box on the page turned so that glyphs with so many clockwise quarter turns stand upright. */
export function turnUpright(box: Omit<GlyphBox, 'turns'>, turns: number): GlyphBox {
  const { left, right, bottom, top } = box;
  if (turns === 1) return { left: -top, right: -bottom, bottom: left, top: right, turns };
  if (turns === 2) return { left: -right, right: -left, bottom: -top, top: -bottom, turns };
  if (turns === 3) return { left: bottom, right: top, bottom: -right, top: -left, turns };
  return { left, right, bottom, top, turns };
}

/** Consecutive glyphs of one line without a gap as between columns. */
export interface Cell {
  text: string;
  /** Where it stands; absent where a glyph at its ends has no box. */
  box?: GlyphBox | undefined;
  /** What stands before it: a line break, a gap between columns, or a space. */
  joint: '\n' | ' \t' | ' ' | '';
  /** The span in PDFium's text; absent for a value that stands in no page content. */
  span?: { start: number; end: number };
}

/** White space between two glyphs. */
interface Separator {
  start: number;
  end: number;
  /** What it is in PDFium's text. */
  wasLineBreak: boolean;
  isLineBreak: boolean;
  /** The horizontal gap, in points. */
  width: number;
  /** The height of the glyph before it, in points. */
  size: number;
  before: GlyphBox | undefined;
  after: GlyphBox | undefined;
}

/** A narrower gap, in points, separates words. */
const minColumnGap = 7;
/** A narrower gap, as a share of the height of the glyphs, is within a word. */
const minWordGap = 0.15;
/** Glyphs stand on one line where so much of the lower one's height is beside the other. */
const minSharedHeight = 0.5;

export type BoxOf = (index: number) => GlyphBox | undefined;

/**
 * Splits PDFium's text of a page into cells, in drawing order, and corrects its white space by where
 * glyphs stand: PDFium writes a space for a gap between columns, and where it takes the text of a page
 * for vertical, it breaks lines between glyphs and joins lines.
 * @param boxOf the box of the glyph at an index of the text, where it has one
 */
export function splitIntoCells(text: string, boxOf: BoxOf): Cell[] {
  const cells: Cell[] = [];
  const start = text.search(/\S/);
  if (start < 0) return cells;
  let cell = { text: '', joint: '\n' as Cell['joint'], start, first: boxOf(start) };
  let at = start;
  const endCell = (end: number, last: GlyphBox | undefined) => {
    const span = { start: cell.start, end };
    cells.push({ text: cell.text, joint: cell.joint, box: spanBox(cell.first, last), span });
  };
  let line: Separator[] = [];
  const endLine = () => {
    for (const [index, gap] of columnGaps(line).entries()) {
      const { start, end, before, after } = line[index]!;
      cell.text += text.slice(at, start);
      at = end;
      if (gap === ' \t') {
        endCell(start, before);
        cell = { text: '', joint: gap, start: end, first: after };
      } else {
        cell.text += gap;
      }
    }
    line = [];
  };
  for (const { 0: space, index } of text.matchAll(/(?<=\S)\s+(?=\S)/g)) {
    const separator = measureSeparator(index, space, boxOf);
    if (separator.isLineBreak) {
      endLine();
      cell.text += text.slice(at, index);
      at = separator.end;
      endCell(index, separator.before);
      cell = { text: '', joint: '\n', start: at, first: separator.after };
    } else {
      line.push(separator);
    }
  }
  endLine();
  const end = text.trimEnd().length;
  cell.text += text.slice(at, end);
  endCell(end, boxOf(end - 1));
  return cells;
}

/** The text of cells in their order. */
export function joinCells(cells: Cell[]): string {
  let text = '';
  for (const cell of cells) text += (text === '' ? '' : cell.joint) + cell.text;
  return text;
}

/** What separates two cells on a line that are so far apart, in points, by the height of their glyphs. */
export function jointOf(width: number, size: number): ' \t' | ' ' {
  return width > minColumnGap && width > size * 1.5 ? ' \t' : ' ';
}

/** Whether boxes stand on one line. */
export function isOnLine(a: GlyphBox, b: GlyphBox): boolean {
  const shared = Math.min(a.top, b.top) - Math.max(a.bottom, b.bottom);
  const size = Math.min(a.top - a.bottom, b.top - b.bottom);
  return a.turns === b.turns && shared >= minSharedHeight * size;
}

function spanBox(first: GlyphBox | undefined, last: GlyphBox | undefined): GlyphBox | undefined {
  if (!first || !last || first.turns !== last.turns) return undefined;
  return {
    left: Math.min(first.left, last.left),
    right: Math.max(first.right, last.right),
    bottom: Math.min(first.bottom, last.bottom),
    top: Math.max(first.top, last.top),
    turns: first.turns,
  };
}

function measureSeparator(start: number, space: string, boxOf: BoxOf): Separator {
  const end = start + space.length;
  const wasLineBreak = /[\r\n]/.test(space);
  const [before, after] = [boxOf(start - 1), boxOf(end)];
  if (!before || !after || before.turns !== after.turns) {
    const isLineBreak = wasLineBreak;
    return { start, end, wasLineBreak, isLineBreak, width: 0, size: 0, before, after };
  }
  const [size, sizeAfter] = [before.top - before.bottom, after.top - after.bottom];
  const shared = Math.min(before.top, after.top) - Math.max(before.bottom, after.bottom);
  const isSameLine = shared >= minSharedHeight * Math.min(size, sizeAfter);
  const width = after.left - before.right;
  const isLineBreak = wasLineBreak
    ? !(isSameLine && width > -size / 2)
    : (!isSameLine && after.left < before.left) || shared < -Math.max(size, sizeAfter) / 2;
  return { start, end, wasLineBreak, isLineBreak, width, size, before, after };
}

/**
 * What stands for each separator of a line. The gap between columns is wider than 1.5 times the height
 * of the glyphs, or than the height and twice the usual gap of its line, which is wide in justified
 * text.
 */
function columnGaps(line: Separator[]): ('' | ' ' | ' \t')[] {
  let median: number | undefined;
  const isColumnGap = ({ width, size }: Separator) => {
    if (!(width > minColumnGap && width > size)) return false;
    median ??= lowerMedian(line.map((separator) => separator.width));
    return width > size * 1.5 || width > median * 2;
  };
  return line.map((separator) => {
    if (isColumnGap(separator)) return ' \t';
    // PDFium recognises spaces within a line well, but not those that it takes for line breaks
    const isWithinWord = separator.wasLineBreak && separator.width < separator.size * minWordGap;
    return isWithinWord ? '' : ' ';
  });
}

function lowerMedian(values: number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1]!;
}

/** PDFium's mark for a hyphen at the end of a line, which it joins with the next. */
const lineEndHyphen = /(?<=[\p{L}\p{N}])\ufffe(?=[\p{L}\p{N}])/gu;
/** Elsewhere it stands for a character that PDFium does not know. */
const unknown = /\ufffe/g;
/** Latin ligatures, which NFC keeps. */
const ligature = /[\ufb00-\ufb06]/g;

/** Gives a text of PDFium the characters that people would type. */
export function tidyText(text: string): string {
  const trimmed = text.trim();
  if (isAscii.test(trimmed)) return trimmed;
  return trimmed
    .replaceAll(lineEndHyphen, '-')
    .replaceAll(unknown, '\ufffd')
    .replaceAll(ligature, (character) => character.normalize('NFKC'))
    .normalize('NFC');
}

// eslint-disable-next-line no-control-regex
const isAscii = /^[\0-\x7f]*$/;

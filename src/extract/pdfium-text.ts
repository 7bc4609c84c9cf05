/** The box of a glyph as the font defines it, in points, on the page turned so that it stands upright. */
export interface GlyphBox {
  left: number;
  right: number;
  bottom: number;
  top: number;
  /** Clockwise quarter turns by which the glyph is rotated. */
  turns: number;
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
}

/** A narrower gap, in points, separates words. */
const minColumnGap = 7;
/** A narrower gap, as a share of the height of the glyphs, is within a word. */
const minWordGap = 0.15;
/** Glyphs stand on one line where so much of the lower one's height is beside the other. */
const minSharedHeight = 0.5;

/**
 * Corrects white space of PDFium by where glyphs stand: PDFium writes a space for a gap between
 * columns, and where it takes the text of a page for vertical, it breaks lines between glyphs and joins
 * lines. A gap between columns becomes ` \t`.
 * @param boxOf the box of the glyph at an index of the text, where it has one
 */
export function correctSpacing(
  text: string,
  boxOf: (index: number) => GlyphBox | undefined,
): string {
  let corrected = '';
  let at = 0;
  let line: Separator[] = [];
  const endLine = () => {
    for (const [index, gap] of columnGaps(line).entries()) {
      corrected += text.slice(at, line[index]!.start) + gap;
      at = line[index]!.end;
    }
    line = [];
  };
  for (const { 0: space, index } of text.matchAll(/(?<=\S)\s+(?=\S)/g)) {
    const separator = measureSeparator(index, space, boxOf);
    if (separator.isLineBreak) {
      endLine();
      corrected += `${text.slice(at, index)}\n`;
      at = separator.end;
    } else {
      line.push(separator);
    }
  }
  endLine();
  return corrected + text.slice(at);
}

function measureSeparator(
  start: number,
  space: string,
  boxOf: (index: number) => GlyphBox | undefined,
): Separator {
  const end = start + space.length;
  const wasLineBreak = /[\r\n]/.test(space);
  const [before, after] = [boxOf(start - 1), boxOf(end)];
  if (!before || !after || before.turns !== after.turns) {
    return { start, end, wasLineBreak, isLineBreak: wasLineBreak, width: 0, size: 0 };
  }
  const [size, sizeAfter] = [before.top - before.bottom, after.top - after.bottom];
  const shared = Math.min(before.top, after.top) - Math.max(before.bottom, after.bottom);
  const isSameLine = shared >= minSharedHeight * Math.min(size, sizeAfter);
  const width = after.left - before.right;
  const isLineBreak = wasLineBreak
    ? !(isSameLine && width > -size / 2)
    : (!isSameLine && after.left < before.left) || shared < -Math.max(size, sizeAfter) / 2;
  return { start, end, wasLineBreak, isLineBreak, width, size };
}

/**
 * What stands for each separator of a line. The gap between columns is wider than 1.5 times the height
 * of the glyphs, or than the height and twice the usual gap of its line, which is wide in justified
 * text.
 */
function columnGaps(line: Separator[]): string[] {
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
  return text
    .trim()
    .replaceAll(lineEndHyphen, '-')
    .replaceAll(unknown, '\ufffd')
    .replaceAll(ligature, (character) => character.normalize('NFKC'))
    .normalize('NFC');
}

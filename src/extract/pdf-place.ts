import { isOnLine, jointOf, type BoxOf, type Cell, type GlyphBox } from './pdfium-text.ts';

/** What was filled in on a page: a value of a form, a note, or text drawn over the page. */
export interface Value {
  /** Its lines, separated by line breaks. */
  text: string;
  /** Where its first line stands. */
  box: GlyphBox;
  /** The room that it has, where that is wider: the rectangle of its field. */
  area?: GlyphBox;
}

/** Measures the glyphs of a page. */
export interface PageGlyphs {
  /** PDFium's text of the page. */
  text: string;
  boxOf: BoxOf;
}

/** A character that is no white space, by its index in PDFium's text. */
interface Character {
  index: number;
  box: GlyphBox | undefined;
}

type Characters = (Character | undefined)[];

/** How the state of a check box or radio button is written. */
export const [ticked, unticked] = ['☒', '☐'];

/** Characters on which people write, so many in a row. */
const blank = /_+|\.{3,}|…{2,}|-{4,}/g;
/** Boxes to be ticked, also as the symbol fonts number them. */
const emptyBox = /[☐□◻❏❑❒○◯\uf06f\uf071\uf072\uf0a8\uf0a1]|\[\s*\]|\(\s*\)/g;
const tick = /^[xX✓✔✗✘]$/;
/** A value farther from a word, in heights of a glyph, stands in a column of its own. */
const maxWordGap = 2;
/** A label on the left of a value may be so many times as far from it as a word on its right. */
const maxLabelGap = 5;
/** How far, in points, a value may reach into its neighbours. */
const tolerance = 2;

/** Puts a value into the line of cells on which it stands, or on a line of its own. Changes `cells`. */
export function placeValue(cells: Cell[], value: Value, glyphs: PageGlyphs): void {
  const { box } = value;
  const line = cells.flatMap((cell, at) =>
    cell.box && isOnLine(cell.box, box) ? [{ at, cell, box: cell.box }] : [],
  );
  for (const { at, cell } of line.filter((beside) => overlaps(beside.box, box))) {
    const characters = charactersOf(cell, glyphs);
    const span = findBlank(cell.text, characters, value);
    if (span) {
      split(cells, at, span, characters, value);
      return;
    }
  }
  const host = line.find((beside) => beside.box.left < box.left && beside.box.right > middle(box));
  if (host) {
    const characters = charactersOf(host.cell, glyphs);
    const last = characters.findLastIndex((glyph) => glyph?.box && middle(glyph.box) < box.left);
    const space = host.cell.text.indexOf(' ', last);
    if (last >= 0 && space >= 0) {
      split(cells, host.at, { start: space, end: space + 1 }, characters, value);
      return;
    }
  }
  const left = maxBy(
    line.filter((beside) => beside.box.left < box.left),
    (beside) => beside.box.right,
  );
  const right = maxBy(
    line.filter((beside) => beside.box.left >= box.left),
    (beside) => -beside.box.left,
  );
  if (left && !(right && belongsToRight(value, left, right.box))) {
    insert(cells, left.at + 1, value, jointAfter(left.cell, left.box, value));
  } else if (right) {
    insert(cells, right.at, value, right.cell.joint);
    right.cell.joint = jointOf(right.box.left - box.right, height(box));
  } else {
    insert(cells, lineAt(cells, box), value, '\n');
  }
}

/** Whether a value belongs to the words on its right rather than to those on its left. */
function belongsToRight(
  { text, box }: Value,
  left: { cell: Cell; box: GlyphBox },
  right: GlyphBox,
): boolean {
  const [toLeft, toRight] = [box.left - left.box.right, right.left - box.right];
  if (text === ticked || text === unticked) return toRight < toLeft;
  return !left.cell.text.endsWith(':') && toRight * maxLabelGap < toLeft;
}

/** The blank or the empty box in a text that a value covers. */
export function findBlank(
  text: string,
  characters: Characters,
  value: Value,
): { start: number; end: number } | undefined {
  const isTick = tick.test(value.text) || value.text === ticked || value.text === unticked;
  for (const pattern of isTick ? [emptyBox, blank] : [blank]) {
    for (const { 0: found, index } of text.matchAll(pattern)) {
      const first = characters[index]?.box;
      const last = characters[index + found.length - 1]?.box;
      const isCovered =
        first && last && first.left < value.box.right - 1 && last.right > value.box.left + 1;
      if (isCovered) return { start: index, end: index + found.length };
    }
  }
  return undefined;
}

/** Splits a cell around a span of its text, whose place the value takes. */
function split(
  cells: Cell[],
  at: number,
  { start, end }: { start: number; end: number },
  characters: Characters,
  value: Value,
): void {
  const cell = cells[at]!;
  const covered = cell.text.slice(start, end);
  const isTicked = tick.test(value.text) && covered.trim() !== '' && !/[_.-]/.test(covered);
  const shown: Cell = { text: isTicked ? ticked : value.text, box: value.box, joint: ' ' };
  const parts = [shown];
  const before = partOf(cell, 0, start, characters);
  if (before) parts.unshift(before);
  parts[0]!.joint = cell.joint;
  const after = partOf(cell, end, cell.text.length, characters);
  if (after) {
    if (/^[,.;:)\]”"’']/.test(cell.text.slice(end))) after.joint = '';
    parts.push(after);
  }
  cells.splice(at, 1, ...parts);
}

/** A part of a cell without the white space around it, if there is more. */
function partOf(cell: Cell, start: number, end: number, characters: Characters): Cell | undefined {
  const text = cell.text.slice(start, end);
  const [first, last] = [text.search(/\S/), text.trimEnd().length - 1];
  if (first < 0) return undefined;
  const [left, right] = [characters[start + first], characters[start + last]];
  const isMeasured = cell.box && left?.box && right?.box;
  return {
    text: text.trim(),
    joint: ' ',
    box: isMeasured && { ...cell.box!, left: left.box!.left, right: right.box!.right },
    ...(left && right && { span: { start: left.index, end: right.index + 1 } }),
  };
}

/** The characters of a cell, by their index in its text. */
export function charactersOf({ text, span }: Cell, glyphs: PageGlyphs): Characters {
  if (!span) return [];
  let index = span.start;
  return Array.from({ length: text.length }, (_, at) => {
    if (/\s/.test(text[at]!)) return undefined;
    // only the white space of a cell differs from PDFium's text
    while (index < span.end && /\s/.test(glyphs.text[index]!)) index++;
    const character = { index, box: glyphs.boxOf(index) };
    index++;
    return character;
  });
}

/** Puts a value before a cell. What stands between the two is measured anew on one line. */
function insert(cells: Cell[], at: number, value: Value, joint: Cell['joint']): void {
  const { text, box, area } = value;
  cells.splice(at, 0, { text, box, joint });
  const after = cells[at + 1];
  if (!after) return;
  if (joint === '\n' || !after.box || !isOnLine(after.box, box)) after.joint = '\n';
  else if (after.box.left - (area ?? box).right <= maxWordGap * height(box)) after.joint = ' ';
}

function jointAfter(cell: Cell, box: GlyphBox, value: Value): ' ' | ' \t' {
  const width = (value.area ?? value.box).left - box.right;
  return cell.text.endsWith(':') || width <= maxWordGap * height(value.box) ? ' ' : ' \t';
}

/** Where in the order of cells a line at `box` begins: after the line next above it. */
function lineAt(cells: Cell[], box: GlyphBox): number {
  const above = cells.flatMap((cell, at) =>
    cell.box?.turns === box.turns && middleHeight(cell.box) > middleHeight(box)
      ? [{ at, box: cell.box }]
      : [],
  );
  const overlapping = above.filter((cell) => overlaps(cell.box, box));
  const nearest = maxBy(overlapping.length > 0 ? overlapping : above, (cell) => -cell.box.bottom);
  if (!nearest) return 0;
  let at = nearest.at + 1;
  while (at < cells.length && cells[at]!.joint !== '\n') at++;
  return at;
}

function overlaps(a: GlyphBox, b: GlyphBox): boolean {
  return a.left < b.right - tolerance && a.right > b.left + tolerance;
}

function height(box: GlyphBox): number {
  return box.top - box.bottom;
}

function middle(box: GlyphBox): number {
  return (box.left + box.right) / 2;
}

function middleHeight(box: GlyphBox): number {
  return (box.top + box.bottom) / 2;
}

/** The element with the greatest measure, the later of equal ones. */
export function maxBy<T>(values: T[], measure: (value: T) => number): T | undefined {
  let best: T | undefined;
  let most = -Infinity;
  for (const value of values) {
    const size = measure(value);
    if (size >= most) [best, most] = [value, size];
  }
  return best;
}

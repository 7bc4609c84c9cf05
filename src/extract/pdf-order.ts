import { charactersOf, findBlank, maxBy, placeValue, type PageGlyphs } from './pdf-place.ts';
import { readColumns } from './pdf-columns.ts';
import { isOnLine, jointOf, type Cell, type GlyphBox } from './pdfium-text.ts';

/** A page with more cells stays in drawing order, since each is compared with the others. */
const maxCells = 4000;
/** A number farther from its paragraph, in points, belongs to something else. */
const maxNumberGap = 90;
/** A number stands higher or lower than its paragraph by less than this share of its height. */
const maxShift = 0.4;
/** A value farther from its label, in points, belongs to something else. */
const maxLabelGap = 300;
/** Half a point, by which boxes on one line may overlap or one below the other. */
const tolerance = 0.5;

/**
 * Puts the cells of a page in the order of reading where the drawing order shows that it is another:
 * numbers that are drawn apart from their paragraphs, values that are drawn apart from their lines,
 * lines that are drawn out of their order, and columns that are drawn line by line. Everything else
 * stays in drawing order, which knows columns and tables better than any measurement.
 */
export function orderCells(cells: Cell[], glyphs: PageGlyphs): Cell[] {
  if (cells.length > maxCells) return cells;
  if (cells.some((cell, at) => at > 0 && isOutOfOrder(cells[at - 1]!, cell))) {
    cells = moveNumbers(turnRows(cells));
    moveValues(cells, glyphs);
    cells = sortLines(cells);
  }
  return readColumns(cells);
}

function isOutOfOrder(before: Cell, cell: Cell): boolean {
  if (!before.box || !cell.box || cell.joint !== '\n') return false;
  return cell.box.turns === before.box.turns && cell.box.top > before.box.bottom + tolerance * 8;
}

const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;

/** Puts two consecutive cells of one line that were drawn from right to left in order. */
function turnRows(cells: Cell[]): Cell[] {
  const ordered = [...cells];
  for (let at = 1; at < ordered.length; at++) {
    const [first, second] = [ordered[at - 1]!, ordered[at]!];
    if (first.joint !== '\n' || second.joint !== '\n' || !first.box || !second.box) continue;
    if (ordered[at + 1] && ordered[at + 1]!.joint !== '\n') continue;
    if (!isOnLine(first.box, second.box) || second.box.right > first.box.left + tolerance) continue;
    if (rightToLeft.test(first.text + second.text)) continue;
    const joint = jointOf(first.box.left - second.box.right, second.box.top - second.box.bottom);
    ordered[at - 1] = second;
    ordered[at] = { ...first, joint };
  }
  return ordered;
}

/** The number or letter of a clause, or a bullet, alone in a cell. */
const number =
  /^(?:(?:section|article|clause|§)\s*)?[([]?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[a-z]{1,2}|[ivxlc]{1,6}|[A-Z]|[IVXLC]{1,6})[.)\]:]{1,2}$|^\d{1,3}(?:\.\d{1,3}){1,4}$|^(?:section|article|clause|§)\s*\d+(?:\.\d+)*$|^[•▪■·○§➢\uf0b7\uf0a7]$/iu;
/** Also the number of a line or a page. */
const bareNumber = /^\d{1,2}$/;

/** Puts the number of a clause that is drawn apart before its paragraph. */
function moveNumbers(cells: Cell[]): Cell[] {
  const isApart = (at: number) =>
    cells[at]!.joint === '\n' && (cells[at + 1]?.joint ?? '\n') === '\n';
  const numbers = cells.flatMap((cell, at) =>
    cell.box && isApart(at) && isNumber(cell) ? [at] : [],
  );
  if (numbers.length === 0) return cells;
  const moves = new Map<Cell, Cell>();
  let bare = 0;
  for (const at of numbers) {
    const cell = cells[at]!;
    const paragraph = nextOnLine(cells, at, maxNumberGap);
    if (!paragraph || moves.has(paragraph) || paragraph.joint !== '\n') continue;
    if (isFollowed(cells, at, paragraph)) continue;
    if (bareNumber.test(cell.text)) bare++;
    moves.set(paragraph, cell);
  }
  // the numbers of lines stand beside most of them
  const areLineNumbers = bare > 0.4 * (cells.length - numbers.length);
  const moved = new Set(moves.values());
  return cells
    .filter((cell) => !moved.has(cell) || (areLineNumbers && bareNumber.test(cell.text)))
    .flatMap((cell) => {
      const label = moves.get(cell);
      if (!label || (areLineNumbers && bareNumber.test(label.text))) return [cell];
      const joint = jointOf(cell.box!.left - label.box!.right, label.box!.top - label.box!.bottom);
      return [label, { ...cell, joint }];
    });
}

/** Whether a number is drawn just before a block on its right that it stands beside. */
function isFollowed(cells: Cell[], at: number, paragraph: Cell): boolean {
  const { box } = cells[at]!;
  if (isNumber(cells[at - 1]) || isNumber(cells[at + 1])) return false;
  const end = cells.indexOf(paragraph);
  if (end <= at) return false;
  for (let next = at + 1; next <= end; next++) {
    const other = cells[next]!.box;
    if (!other || other.left < box!.right - 1) return false;
    const above = next > at + 1 ? cells[next - 1]!.box! : other;
    if (above.bottom - other.bottom > 1.6 * (other.top - other.bottom)) return false;
  }
  return true;
}

function isNumber(cell: Cell | undefined): boolean {
  return cell !== undefined && (number.test(cell.text) || bareNumber.test(cell.text));
}

/** Whether two boxes stand on one line so exactly that one is the number of the other. */
function isBeside(a: GlyphBox, b: GlyphBox): boolean {
  const size = Math.max(a.top - a.bottom, b.top - b.bottom);
  return isOnLine(a, b) && Math.abs(a.bottom - b.bottom) < maxShift * size;
}

/** The cell next on the right of another on its line, if it is no farther than `maxGap`. */
function nextOnLine(cells: Cell[], at: number, maxGap: number): Cell | undefined {
  const { box } = cells[at]!;
  const onRight = cells.filter(
    (cell) => cell.box && cell.box.left >= box!.right - 1 && isBeside(cell.box, box!),
  );
  const next = maxBy(onRight, (cell) => -cell.box!.left);
  return next && next.box!.left - box!.right <= maxGap ? next : undefined;
}

/** A cell that was drawn after others of its line. */
interface Late {
  cell: Cell;
  /** Whether it stands on a blank, in a hole of a line or after a label. */
  place: 'blank' | 'hole' | 'label' | undefined;
}

/** Puts values that are drawn after the page's own text into their lines. Changes `cells`. */
function moveValues(cells: Cell[], glyphs: PageGlyphs): void {
  const moved: Cell[] = [];
  let run: Late[] = [];
  const endRun = () => {
    const placed = run.filter(({ place }) => place);
    for (const { cell, place } of placed) {
      if (place !== 'label' || placed.length * 2 >= run.length) moved.push(cell);
    }
    run = [];
  };
  let rowStart = 0;
  for (const [at, cell] of cells.entries()) {
    if (cell.joint === '\n') rowStart = at;
    const earlier = cell.box ? mates(cells, rowStart, cell.box) : [];
    if (earlier.length === 0) endRun();
    else run.push({ cell, place: placeOf(cells, at, earlier, glyphs, run.at(-1)) });
  }
  endRun();
  for (const cell of moved) {
    const at = cells.indexOf(cell);
    const [next] = [cells[at + 1]];
    cells.splice(at, 1);
    if (next && cell.joint === '\n') next.joint = '\n';
    placeValue(cells, { text: cell.text, box: cell.box! }, glyphs);
  }
}

/** The indexes of the cells before `end` that stand on the line of a box. */
function mates(cells: Cell[], end: number, box: GlyphBox): number[] {
  const found: number[] = [];
  for (let at = 0; at < end; at++) {
    const other = cells[at]!.box;
    if (other && isOnLine(other, box)) found.push(at);
  }
  return found;
}

const mayHoldBlank = /_{2}|\.{3}|…{2}|[☐□◻❏❑❒○◯]|\[\s*\]|\(\s*\)/;
const startsWithLabel = /^[^:]{1,30}:/;
/** What stands below the line on which something is written. */
const caption = /^(?:signature|name|print(?:ed)? name|title|date|witness|by)\b/i;

function placeOf(
  cells: Cell[],
  index: number,
  earlier: number[],
  glyphs: PageGlyphs,
  before: Late | undefined,
): Late['place'] {
  const cell = cells[index]!;
  const box = cell.box!;
  for (const at of earlier) {
    const other = cells[at]!;
    const next = cells[at + 1];
    const covers = other.box!.left < box.right && other.box!.right > box.left;
    if (covers) {
      if (!mayHoldBlank.test(other.text) || mayHoldBlank.test(cell.text)) continue;
      const value = { text: cell.text, box };
      if (findBlank(other.text, charactersOf(other, glyphs), value)) return 'blank';
    } else if (next?.box && next.joint !== '\n' && earlier.includes(at + 1)) {
      const isInHole = other.box!.right <= box.left + 1 && next.box.left >= box.right - 1;
      if (isInHole) return 'hole';
    }
  }
  const left = maxBy(
    earlier.filter((at) => cells[at]!.box!.left < box.left),
    (at) => cells[at]!.box!.right,
  );
  if (left === undefined || startsWithLabel.test(cell.text)) return undefined;
  if (caption.test(cell.text)) return undefined;
  // the second line of a value
  const isSecond = !before?.place && cell.joint === '\n' && isBelow(box, cells[index - 1]?.box);
  if (isSecond) return undefined;
  const label = cells[left]!;
  const isLabel = label.text.endsWith(':') && box.left - label.box!.right < maxLabelGap;
  return isLabel && box.left >= label.box!.right - 1 ? 'label' : undefined;
}

/** Whether a line starts just below another. */
function isBelow(box: GlyphBox, above: GlyphBox | undefined): boolean {
  if (!above || above.turns !== box.turns || Math.abs(above.left - box.left) > 3) return false;
  const distance = above.bottom - box.bottom;
  return distance > 0 && distance < 1.6 * (box.top - box.bottom);
}

/** Fewer lines out of their order are headers and footers. */
const minLinesOutOfOrder = 3;

/** Sorts the lines of a page without columns where many are drawn out of their order. */
function sortLines(cells: Cell[]): Cell[] {
  const rows: Cell[][] = [];
  for (const cell of cells) {
    if (cell.joint === '\n' || rows.length === 0) rows.push([cell]);
    else rows.at(-1)!.push(cell);
  }
  const placed = rows.map((row) => ({ row, box: rowBox(row) }));
  const boxes = placed.flatMap(({ box }) => (box ? [box] : []));
  if (boxes.length < rows.length) return cells;
  if (boxes.some(({ turns }) => turns !== boxes[0]!.turns)) return cells;
  const [start, end] = withoutMargins(boxes);
  const body = placed.slice(start, end);
  const descent = longestDescent(boxes.slice(start, end).map(({ bottom }) => bottom));
  if (body.length - descent < minLinesOutOfOrder) return cells;
  const sorted = body.toSorted((a, b) => b.box!.bottom - a.box!.bottom);
  const hasColumns = sorted.some(({ box }, at) => at > 0 && isAside(sorted[at - 1]!.box!, box!));
  if (hasColumns) return cells;
  placed.splice(start, body.length, ...sorted);
  return placed.flatMap(({ row }) => row);
}

/** Whether two rows stand beside each other, even if not on one line. */
function isAside(a: GlyphBox, b: GlyphBox): boolean {
  if (isOnLine(a, b)) return true;
  const isApart = a.right < b.left || b.right < a.left;
  const shared = Math.min(a.top, b.top) - Math.max(a.bottom, b.bottom);
  return isApart && shared > 0.1 * Math.min(a.top - a.bottom, b.top - b.bottom);
}

/** The rows between a footer that is drawn first and a header that is drawn last. */
function withoutMargins(boxes: GlyphBox[]): [start: number, end: number] {
  const lowest: number[] = [];
  for (const { bottom } of boxes.toReversed()) {
    lowest.push(Math.min(lowest.at(-1) ?? Infinity, bottom));
  }
  lowest.reverse(); // of the rows from each on
  const highest: number[] = [];
  for (const { top } of boxes) highest.push(Math.max(highest.at(-1) ?? -Infinity, top));
  let start = 0;
  // the rows up to here are all below those that follow
  let above = Infinity;
  for (let at = 0; at + 1 < boxes.length; at++) {
    above = Math.min(above, lowest[at + 1]!);
    if (highest[at]! <= lowest[at + 1]! + tolerance) start = at + 1;
  }
  let end = boxes.length;
  let bottom = Infinity;
  for (let at = boxes.length - 1; at > start; at--) {
    bottom = Math.min(bottom, boxes[at]!.bottom);
    if (bottom + tolerance >= highest[at - 1]!) end = at;
  }
  return [start, end];
}

function rowBox(row: Cell[]): GlyphBox | undefined {
  const boxes = row.map(({ box }) => box);
  if (boxes.includes(undefined)) return undefined;
  return {
    left: Math.min(...boxes.map((box) => box!.left)),
    right: Math.max(...boxes.map((box) => box!.right)),
    bottom: Math.min(...boxes.map((box) => box!.bottom)),
    top: Math.max(...boxes.map((box) => box!.top)),
    turns: boxes[0]!.turns,
  };
}

/** The length of the longest subsequence of numbers that never rises. */
function longestDescent(numbers: number[]): number {
  const ends: number[] = []; // of the descents of each length, the highest last number
  for (const value of numbers) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const at = (low + high) >> 1;
      if (ends[at]! >= value) low = at + 1;
      else high = at;
    }
    ends[low] = value;
  }
  return ends.length;
}

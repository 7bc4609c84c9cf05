import type { Cell } from './pdfium-text.ts';

/** A narrower gap, in points, is none between columns. */
const minGutter = 7;
/** Columns have so many lines beside each other. */
const minRows = 3;
/** So many words a line, on average: the cells of tables and signature blocks have fewer. */
const minWords = 3;
/** The share of lines that go on in the next line of their column. */
const minFlow = 0.3;
/** The share of lines that start where most lines of their column do, within this many points. */
const [minAligned, alignment] = [0.6, 4];

/** Rows of cells beside a vertical gap that all of them leave free. */
interface Block {
  rows: Cell[][];
  left: number;
  right: number;
}

/** Reads columns one after the other that are drawn line by line across the page. */
export function readColumns(cells: Cell[]): Cell[] {
  if (cells.filter(({ joint }) => joint === ' \t').length < minRows) return cells;
  const ordered: Cell[] = [];
  let block: Block | undefined;
  const endBlock = () => {
    if (block) ordered.push(...readBlock(block));
    block = undefined;
  };
  for (const row of rowsOf(cells)) {
    if (block && extend(block, row)) continue;
    endBlock();
    block = start(row);
    if (!block) ordered.push(...row);
  }
  endBlock();
  return ordered;
}

function rowsOf(cells: Cell[]): Cell[][] {
  const rows: Cell[][] = [];
  for (const cell of cells) {
    if (cell.joint === '\n' || rows.length === 0) rows.push([cell]);
    else rows.at(-1)!.push(cell);
  }
  return rows;
}

/** A block that begins with a row of several cells, at its widest gap. */
function start(row: Cell[]): Block | undefined {
  let widest: Block | undefined;
  for (const [at, cell] of row.entries()) {
    const before = row[at - 1]?.box;
    if (!before || !cell.box || before.turns !== cell.box.turns) continue;
    const isWider =
      cell.box.left - before.right > (widest ? widest.right - widest.left : minGutter);
    if (isWider) widest = { rows: [row], left: before.right, right: cell.box.left };
  }
  return widest;
}

/** Adds a row to a block if the row is below it and leaves its gap free. Returns whether it does. */
function extend(block: Block, row: Cell[]): boolean {
  const last = block.rows.at(-1)![0]!.box!;
  let { left, right } = block;
  for (const { box } of row) {
    if (!box || box.turns !== last.turns || box.top > last.top) return false;
    if (box.left >= left && box.left < right && box.right > right) right = box.left;
    else if (box.left < left && box.right > left) left = Math.max(left, box.right);
    else if (box.left > left && box.right < right) return false;
  }
  if (right - left < minGutter) return false;
  block.rows.push(row);
  [block.left, block.right] = [left, right];
  return true;
}

function readBlock({ rows, left, right }: Block): Cell[] {
  const middle = (left + right) / 2;
  const end = endOf(rows, middle);
  if (end < rows.length) {
    const rest = rows.slice(end).flat();
    return [...readBlock({ rows: rows.slice(0, end), left, right }), ...rest];
  }
  const onLeft = rows.map((row) => row.filter(({ box }) => box!.left < middle));
  const onRight = rows.map((row) => row.filter(({ box }) => box!.left >= middle));
  const isBeside = rows.filter((_, at) => onLeft[at]!.length > 0 && onRight[at]!.length > 0);
  if (isBeside.length < minRows || !isProse(onLeft) || !isProse(onRight)) return rows.flat();
  return [...readColumn(onLeft), ...readColumn(onRight)];
}

/** A line of one column alone that is farther below, by the usual distance of lines, ends the columns. */
const maxDistance = 1.7;

/** How many of the rows of a block belong to its columns. */
function endOf(rows: Cell[][], middle: number): number {
  const bottoms = rows.map((row) => row[0]!.box!.bottom);
  const distances = bottoms.slice(1).map((bottom, at) => bottoms[at]! - bottom);
  const usual = distances.toSorted((a, b) => a - b)[(distances.length - 1) >> 1] ?? 0;
  const isBeside = (row: Cell[]) => row[0]!.box!.left < middle && row.at(-1)!.box!.left >= middle;
  let end = rows.findLastIndex(isBeside) + 1;
  while (end < rows.length && distances[end - 1]! <= maxDistance * usual) end++;
  return end;
}

function readColumn(rows: Cell[][]): Cell[] {
  return readColumns(
    rows.flatMap(([first, ...rest]) =>
      first ? [{ ...first, joint: '\n' as const }, ...rest] : [],
    ),
  );
}

/** Whether the lines of a column are those of sentences. */
function isProse(rows: Cell[][]): boolean {
  const lines = rows.filter((row) => row.length > 0);
  const texts = lines.map((row) => row.map(({ text }) => text).join(' '));
  const words = texts.reduce((sum, text) => sum + (text.match(/\p{L}{2,}/gu)?.length ?? 0), 0);
  if (words < minWords * texts.length) return false;
  const starts = lines.map((row) => row[0]!.box!.left).toSorted((a, b) => a - b);
  const usual = starts[(starts.length - 1) >> 1]!;
  const aligned = starts.filter((start) => Math.abs(start - usual) <= alignment).length;
  if (aligned < minAligned * starts.length) return false;
  const flowing = texts.filter((text, at) => at > 0 && flows(texts[at - 1]!, text)).length;
  return flowing >= minFlow * (texts.length - 1);
}

/** Whether a sentence goes on from one line to the next. */
function flows(line: string, next: string): boolean {
  if (/[.:;!?]$/.test(line)) return false;
  return /^\p{Ll}/u.test(next) || /(?:^|\s)\p{Ll}{1,4}$|,$/u.test(line);
}

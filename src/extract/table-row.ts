/** A first cell of at most this length is a label of the cell beside it. */
const maxLabelCellLength = 16;

/** A table row on a line, its cells separated by tabs, unless they have several lines. */
export function formatRow(cells: string[]): string {
  const cellTexts = cells.filter((cell) => cell !== '');
  if (!cellTexts.some((cell) => cell.includes('\n'))) return cellTexts.join('\t');
  const [first = '', ...others] = cellTexts;
  if (others.length === 1 && first.length <= maxLabelCellLength && !first.includes('\n')) {
    return cellTexts.join('\t');
  }
  return cellTexts.join('\n');
}

import { stringify } from 'csv-stringify/sync';
import { singleLine } from './visible.ts';

type Cell = string | number | boolean | undefined;

/**
 * Rows of CSV for spreadsheets (RFC 4180): every text in quotes and on one line.
 * @param header whether it begins the file: with a byte order mark and the names of the columns
 */
export function csvRows(columns: string[], rows: object[], header: boolean): string {
  return stringify(
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, cell]) => [name, encodeCell(cell as Cell)]),
      ),
    ),
    {
      columns,
      header,
      bom: header,
      // a spreadsheet must not evaluate text of a contract as a formula
      escape_formulas: true,
      quoted_string: true,
      record_delimiter: 'windows',
      cast: { boolean: (value) => (value ? 'yes' : 'no') },
    },
  );
}

/**
 * A spreadsheet in a country whose lists are separated by semicolons begins a cell after each of them, quotes
 * or not, and would evaluate what follows it.
 */
const formulaAfterSemicolon = /(?<=;\s*)(?=[=+@＝＋－＠-])/gu;

const encodeCell = (cell: Cell) =>
  typeof cell === 'string' ? singleLine(cell).replace(formulaAfterSemicolon, "'") : cell;

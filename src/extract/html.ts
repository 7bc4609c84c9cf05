import { compile, type FormatCallback } from 'html-to-text';
import type { ExtractedText } from '../domain/documents.ts';
import { pageMark, splitAtPageMarks } from './pages.ts';
import { decodeText } from './text-encoding.ts';

/** A first cell of at most this length is a label of the cell beside it. */
const maxLabelCellLength = 16;

/**
 * Extracts the text of an HTML page, with headings, list items and table rows on lines of their
 * own, and pages at its print page breaks.
 */
export function extractHtml(data: Buffer): ExtractedText {
  const head = data.subarray(0, 4096).toString('latin1');
  const declaredEncoding =
    /<meta[^>]+charset\s*=\s*["']?([\w-]+)|encoding\s*=\s*["']([\w-]+)/i.exec(head);
  const html = decodeText(data, declaredEncoding?.[1] ?? declaredEncoding?.[2]);
  return { ...splitAtPageMarks(htmlToText(insertPageMarks(html))), title: readTitle(html) };
}

/** The text of an HTML fragment; page marks in it stay. */
export function htmlToText(html: string): string {
  return convert(html)
    .replaceAll(/[^\S\n]+$/gm, '')
    .replaceAll(/\n{3,}/g, '\n\n');
}

function readTitle(html: string): string | undefined {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(html) ?? /<h1[^>]*>(.*?)<\/h1>/is.exec(html);
  return title?.[1] === undefined ? undefined : convert(title[1]);
}

/**
 * Inserts page marks at page breaks by style: on a rule, a paragraph or an empty block, as in
 * filings and exported documents.
 */
function insertPageMarks(html: string): string {
  return html
    .replaceAll(/<[a-z][^>]*\bpage-break-before\s*:\s*always[^>]*>/gi, `${pageMark}$&`)
    .replaceAll(/<(?:hr|br)\b[^>]*\bpage-break-after\s*:\s*always[^>]*>/gi, `$&${pageMark}`)
    .replaceAll(
      /<(p|div)\b[^>]*\bpage-break-after\s*:\s*always[^>]*>(?:\s|&nbsp;|<br[^>]*>)*<\/\1>/gi,
      `$&${pageMark}`,
    );
}

/** Formats each row on a line, its cells separated by tabs, unless they have several lines. */
const formatTable: FormatCallback = (table, walk, builder) => {
  builder.openTable();
  const walkRows = (parent: typeof table) => {
    for (const row of parent.children) {
      if (row.name === 'tr') {
        builder.openTableRow();
        for (const cell of row.children) {
          if (cell.name !== 'td' && cell.name !== 'th') continue;
          builder.openTableCell();
          walk(cell.children, builder);
          builder.closeTableCell();
        }
        builder.closeTableRow();
      } else if (row.type === 'tag') walkRows(row);
    }
  };
  walkRows(table);
  builder.closeTable({
    leadingLineBreaks: 2,
    trailingLineBreaks: 2,
    tableToString: (rows) =>
      rows
        .map((cells) => formatRow(cells.map((cell) => cell.text.trim())))
        .filter((row) => row !== '')
        .join('\n'),
  });
};

function formatRow(cells: string[]): string {
  const cellTexts = cells.filter((cell) => cell !== '');
  if (!cellTexts.some((cell) => cell.includes('\n'))) return cellTexts.join('\t');
  const [first = '', ...others] = cellTexts;
  if (others.length === 1 && first.length <= maxLabelCellLength && !first.includes('\n')) {
    return cellTexts.join('\t');
  }
  return cellTexts.join('\n');
}

const heading = { leadingLineBreaks: 2, trailingLineBreaks: 2, uppercase: false };

const convert = compile({
  wordwrap: false,
  limits: { maxInputLength: Number.MAX_SAFE_INTEGER },
  formatters: { contractTable: formatTable },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'a[href^="#footnote-ref"]', format: 'skip' },
    { selector: 'a[href^="#endnote-ref"]', format: 'skip' },
    { selector: 'img', format: 'skip' },
    { selector: 'hr', format: 'lineBreak' },
    { selector: 'table', format: 'contractTable' },
    { selector: 'ul', options: { itemPrefix: '• ' } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: heading })),
    { selector: '[hidden]', format: 'skip' },
    { selector: '[style*="display:none"]', format: 'skip' },
    { selector: '[style*="display: none"]', format: 'skip' },
  ],
});

import { compile, type DomNode, type FormatCallback } from 'html-to-text';
import type { ExtractedText } from '../domain/documents.ts';
import { pageMark, splitAtPageMarks } from './pages.ts';
import { formatRow } from './table-row.ts';
import { tickBox } from './symbols.ts';
import { decodeText } from './text-encoding.ts';

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
    .replaceAll(/(?<![^\S\n])[^\S\n]+$/gm, '')
    .replaceAll(/\n{3,}/g, '\n\n');
}

/** Longer tags and titles are not looked for, so that a file of tags without ends takes no longer. */
const titlePattern = /<title[^>]{0,1000}>([^<]{0,2000})<\/title>/i;
const headingPattern = /<h1[^>]{0,1000}>(.{0,5000}?)<\/h1>/is;

function readTitle(html: string): string | undefined {
  const title = titlePattern.exec(html) ?? headingPattern.exec(html);
  return title?.[1] === undefined ? undefined : convert(title[1]);
}

/** The HTML of the first top-level heading. */
export function readTopHeading(html: string): string | undefined {
  return headingPattern.exec(html)?.[1];
}

const breakBefore = /\bpage-break-before\s*:\s*always/i;
const breakAfter = /\bpage-break-after\s*:\s*always/i;
/** The end of an empty block. */
const emptyBlockEnd = /(?:\s|&nbsp;|<br[^>]*>){0,1000}<\/(?:p|div)>/iy;

/**
 * Inserts page marks at page breaks by style: on a rule, a paragraph or an empty block, as in
 * filings and exported documents.
 */
function insertPageMarks(html: string): string {
  const beforeBlocks = insertAtTags(html, /<[a-z]/i, breakBefore, ({ start }) => start);
  const afterRules = insertAtTags(beforeBlocks, /<(?:hr|br)\b/i, breakAfter, ({ end }) => end);
  return insertAtTags(afterRules, /<(?:p|div)\b/i, breakAfter, ({ start, end }) => {
    emptyBlockEnd.lastIndex = end;
    const blockEnd = emptyBlockEnd.exec(afterRules)?.[0];
    const name = blockEnd && /\w+(?=>$)/.exec(blockEnd)![0];
    const isClosed = name && new RegExp(`<${name}\\b`, 'i').test(afterRules.slice(start, end));
    return isClosed ? end + blockEnd.length : undefined;
  });
}

/** Inserts page marks at tags with a style. Linear in the text's length, also without ends of tags. */
function insertAtTags(
  html: string,
  tag: RegExp,
  style: RegExp,
  placeOf: (tag: { start: number; end: number }) => number | undefined,
): string {
  const pieces: string[] = [];
  let copied = 0;
  let from = 0;
  for (let end = html.indexOf('>') + 1; end > 0; from = end, end = html.indexOf('>', from) + 1) {
    const segment = html.slice(from, end);
    if (!style.test(segment)) continue;
    const offset = segment.search(tag);
    if (offset < 0 || !style.test(segment.slice(offset))) continue;
    const place = placeOf({ start: from + offset, end });
    if (place === undefined) continue;
    pieces.push(html.slice(copied, place), pageMark);
    copied = place;
    end = Math.max(end, place);
  }
  return copied === 0 && pieces.length === 0 ? html : pieces.join('') + html.slice(copied);
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

/** What a reader sees of a field of a form: its value, or the state of its box. */
const formatField: FormatCallback = (field, _walk, builder) => {
  const {
    type = 'text',
    value = '',
    checked,
  } = field.attribs as Record<string, string | undefined>;
  const kind = type.toLowerCase();
  if (kind === 'checkbox') builder.addInline(`${tickBox(checked !== undefined)} `);
  else if (kind === 'radio') builder.addInline(checked === undefined ? '○ ' : '● ');
  else if (!valuesNotShown.has(kind)) builder.addInline(value);
};

/** A tick box that a script draws. */
const formatDrawnBox: FormatCallback = (box, walk, builder) => {
  builder.addInline(`${tickBox(box.attribs['aria-checked'] === 'true')} `);
  walk(box.children, builder);
};

const valuesNotShown = new Set([
  'hidden',
  'password',
  'submit',
  'reset',
  'button',
  'image',
  'file',
]);

/** The chosen options of a list; else the first, as browsers show it, unless it is a hint without a value. */
const formatSelect: FormatCallback = (list, walk, builder) => {
  const options = findOptions(list.children);
  const chosen = options.filter(({ attribs }) => attribs['selected'] !== undefined);
  const isMultiple = list.attribs['multiple'] !== undefined;
  const first = options.slice(0, 1).filter(({ attribs }) => attribs['value'] !== '');
  const shown = chosen.length > 0 ? chosen : isMultiple ? [] : first;
  for (const [index, option] of shown.entries()) {
    if (index > 0) builder.addInline(', ');
    walk(option.children, builder);
  }
};

function findOptions(nodes: DomNode[]): DomNode[] {
  return nodes.flatMap((node) =>
    node.name === 'option' ? [node] : findOptions(node.type === 'tag' ? node.children : []),
  );
}

const heading = { leadingLineBreaks: 2, trailingLineBreaks: 2, uppercase: false };

const convert = compile({
  wordwrap: false,
  limits: { maxInputLength: Number.MAX_SAFE_INTEGER },
  formatters: {
    contractTable: formatTable,
    formField: formatField,
    formSelect: formatSelect,
    drawnBox: formatDrawnBox,
  },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'a[href^="#footnote-ref"]', format: 'skip' },
    { selector: 'a[href^="#endnote-ref"]', format: 'skip' },
    { selector: 'img', format: 'skip' },
    { selector: 'hr', format: 'lineBreak' },
    { selector: 'table', format: 'contractTable' },
    { selector: 'ul', options: { itemPrefix: '• ' } },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: heading })),
    { selector: 'input', format: 'formField' },
    { selector: 'select', format: 'formSelect' },
    { selector: '[role="checkbox"]', format: 'drawnBox' },
    { selector: 'button', format: 'skip' },
    { selector: 'datalist', format: 'skip' },
    { selector: '[hidden]', format: 'skip' },
    { selector: '[style*="display:none"]', format: 'skip' },
    { selector: '[style*="display: none"]', format: 'skip' },
    { selector: '[style*="visibility:hidden"]', format: 'skip' },
    { selector: '[style*="visibility: hidden"]', format: 'skip' },
    { selector: '[style*="mso-hide:all"]', format: 'skip' },
    { selector: '[style*="mso-hide: all"]', format: 'skip' },
  ],
});

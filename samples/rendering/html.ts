import type { Block, Run, Sample } from './source.ts';

const style = `
body { font: 11pt/1.45 Georgia, serif; max-width: 46em; margin: 3em auto; }
h1 { text-align: center; font-size: 15pt; } h2 { font-size: 11pt; margin-top: 1.6em; }
.indent-1 { margin-left: 2.5em; } .indent-2 { margin-left: 5em; }
table { border-collapse: collapse; margin: 1em 0; } th, td { border: 1px solid #888; padding: .3em .7em; text-align: left; }
.signatures td { border: 0; vertical-align: top; padding-right: 4em; }`.trim();

/** Renders one HTML page, with header and footer in the page as in a web archive. */
export function renderHtml(sample: Sample): string {
  const { header, footer } = sample.options;
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><title>${escape(sample.title)}</title>`,
    `<style>${style}</style></head>`,
    '<body>',
    ...(header ? [`<header>${escape(header)}</header>`] : []),
    '<main>',
    ...sample.blocks.map(renderBlock),
    '</main>',
    ...(footer ? [`<footer>${escape(footer)}</footer>`] : []),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'title':
      return `<h1>${renderRuns(block.runs)}</h1>`;
    case 'heading':
      return `<h2>${renderRuns(block.runs)}</h2>`;
    case 'paragraph':
      return block.indent
        ? `<p class="indent-${block.indent}">${renderRuns(block.runs)}</p>`
        : `<p>${renderRuns(block.runs)}</p>`;
    case 'table':
      return `<table>\n${block.rows.map((row, i) => renderRow(row, i ? 'td' : 'th')).join('\n')}\n</table>`;
    case 'signatures':
      return `<table class="signatures"><tr>\n${block.columns
        .map((lines) => `<td>${lines.map(escape).join('<br>\n')}</td>`)
        .join('\n')}\n</tr></table>`;
    case 'page_break':
      return '<hr>';
  }
}

const renderRow = (cells: string[], tag: string): string =>
  `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`;

const renderRuns = (runs: Run[]): string =>
  runs
    .map(({ text, bold, italic }) => {
      const inner = italic ? `<em>${escape(text)}</em>` : escape(text);
      return bold ? `<strong>${inner}</strong>` : inner;
    })
    .join('');

const escape = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

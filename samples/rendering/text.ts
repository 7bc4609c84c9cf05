import { runsText, type Block, type Sample } from './source.ts';

const width = 76;

/** Renders plain text in fixed pitch: wrapped, titles centred, tables in columns. */
export function renderText(sample: Sample): string {
  return sample.blocks.map(renderBlock).join('\n\n') + '\n';
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'title':
      return wrap(runsText(block.runs).toUpperCase(), 0)
        .map((line) => ' '.repeat(Math.floor((width - line.length) / 2)) + line)
        .join('\n');
    case 'heading':
      return wrap(runsText(block.runs).toUpperCase(), 0).join('\n');
    case 'paragraph':
      return wrap(runsText(block.runs), block.indent * 5).join('\n');
    case 'table':
      return renderTable(block.rows);
    case 'signatures':
      return block.columns.map((lines) => lines.join('\n')).join('\n\n');
    case 'page_break':
      return '\f';
  }
}

function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && indent + line.length + 1 + word.length > width) {
      lines.push(' '.repeat(indent) + line);
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, ' '.repeat(indent) + line];
}

function renderTable(rows: string[][]): string {
  const columns = (rows[0] ?? []).map((_, i) =>
    Math.max(...rows.map((row) => row[i]?.length ?? 0)),
  );
  const lines = rows.map((row) =>
    columns
      .map((column, i) => (row[i] ?? '').padEnd(column))
      .join('   ')
      .trimEnd(),
  );
  const rule = columns.map((column) => '-'.repeat(column)).join('   ');
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

const cell = (value: string) => value.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();

const line = (cells: string[]) => `| ${cells.map(cell).join(' | ')} |`;

/** A GitHub-flavoured Markdown table; cells are kept on one line. */
export function markdownTable(header: string[], rows: string[][]): string {
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

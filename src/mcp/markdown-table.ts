const cell = (value: string) => value.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();

const line = (cells: string[]) => `| ${cells.map(cell).join(' | ')} |`;

/** A GitHub-flavoured Markdown table; cells are kept on one line. */
export function markdownTable(head: string[], rows: string[][]): string {
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

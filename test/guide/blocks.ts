import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operations.md'), 'utf8');

/** The commands of a section of docs/operations.md, block by block, as they stand there. */
export function commandBlocks(heading: string): string[] {
  const level = heading.indexOf(' ');
  const start = page.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`docs/operations.md has no section "${heading}".`);
  const rest = page.slice(start + heading.length + 2);
  // up to the next heading of any level that is not inside a block
  const lines = rest.split('\n');
  const blocks: string[] = [];
  let block: string[] | undefined;
  for (const line of lines) {
    if (block && line === '```') {
      blocks.push(block.join('\n'));
      block = undefined;
    } else if (block) block.push(line);
    else if (line === '```sh') block = [];
    else if (/^#+ /.test(line) && line.indexOf(' ') <= level + 1) break;
  }
  return blocks;
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const end = '<!-- end of figures -->';

/**
 * Writes a command's figures into the model card, between the command's mark and the next end mark.
 * Throws if the card does not have these marks.
 */
export function writeMetrics(modelFolder: string, command: string, markdown: string): void {
  const path = join(modelFolder, 'README.md');
  const begin = `<!-- figures: written by ${command} -->`;
  const card = readFileSync(path, 'utf8');
  const from = card.indexOf(begin);
  const to = from < 0 ? -1 : card.indexOf(end, from);
  if (to < 0) throw new Error(`${path} has no marks "${begin}" and "${end}" for the figures.`);
  const before = card.slice(0, from + begin.length);
  writeFileSync(path, `${before}\n\n${markdown}\n\n${card.slice(to)}`);
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const begin = '<!-- figures: written by npm run train:evaluate -->';
const end = '<!-- end of figures -->';

/** Puts what was measured into the model's card, between its two marks. */
export function writeFigures(modelFolder: string, lines: string[]): void {
  const path = join(modelFolder, 'README.md');
  const card = readFileSync(path, 'utf8');
  const from = card.indexOf(begin);
  const to = card.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${path} has no marks for the figures.`);
  const block = ['```text', ...lines, '```'].join('\n');
  writeFileSync(path, `${card.slice(0, from + begin.length)}\n\n${block}\n\n${card.slice(to)}`);
}

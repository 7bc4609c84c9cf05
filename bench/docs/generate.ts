import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clauseTypes } from '../../src/analyse/clause-types.ts';
import { packageRoot } from '../../src/settings/config.ts';
import { clauseTypesMarkdown } from '../../src/mcp/resources/resources.ts';
import { settingsTables } from './settings-page.ts';
import { toolReference, toolSummary } from './tools-page.ts';

/**
 * Prints the documentation that derives from the code: tools, settings and clause types.
 * `--write` puts each part between its marks in its file, `--check` exits 1 when a file is out of date.
 */

function clauseTable(): string {
  const own = clauseTypes.filter((type) => type.origin !== 'cuad').length;
  return `${clauseTypes.length - own} categories of CUAD and ${own} of Deedbox's own.\n\n${clauseTypesMarkdown()}`;
}

const root = packageRoot();
const documents = [
  { mark: 'tools', file: 'README.md', content: toolSummary() },
  { mark: 'tools', file: 'docs/tools.md', content: toolReference() },
  { mark: 'settings', file: 'docs/settings.md', content: settingsTables() },
  { mark: 'clause-types', file: 'docs/clause-types.md', content: clauseTable() },
].map((document) => ({ ...document, file: join(root, document.file) }));

for (const { mark, file, content } of documents) {
  const begin = `<!-- ${mark}:begin -->`;
  const end = `<!-- ${mark}:end -->`;
  const before = readFileSync(file, 'utf8');
  const from = before.indexOf(begin);
  const to = before.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${file} has no ${begin} … ${end}`);
  const after = `${before.slice(0, from)}${begin}\n<!-- prettier-ignore-start -->\n\n${content}\n\n<!-- prettier-ignore-end -->\n${before.slice(to)}`;
  if (process.argv.includes('--write')) {
    writeFileSync(file, after);
  } else if (process.argv.includes('--check')) {
    if (after === before) continue;
    process.stderr.write(`${file} is out of date: run npm run docs\n`);
    process.exitCode = 1;
  } else {
    process.stdout.write(`${content}\n\n`);
  }
}

import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod/v4';
import { clauseTypes } from '../src/analyse/clause-types.ts';
import { packageRoot } from '../src/settings/config.ts';
import { markdownTable } from '../src/mcp/markdown-table.ts';
import { clauseTypesMarkdown } from '../src/mcp/resources/clause-types.ts';
import type { Tool } from '../src/mcp/tools/tool.ts';
import { tools } from '../src/mcp/tools/tools.ts';

/**
 * Prints the documentation that derives from the code: the table of tools and that of clause types.
 * `--write` puts them between their marks in the files, `--check` exits 1 when a file is out of date.
 */

interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  type?: string;
}

const schemaOf = (schema: z.ZodObject, io: 'input' | 'output') =>
  z.toJSONSchema(schema, { io }) as JsonSchema;

function fields(schema: JsonSchema): string {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {})
    .map(([name, { type }]) => {
      const list = type === 'array' ? '[]' : '';
      return `\`${name}${list}${required.has(name) ? '' : '?'}\``;
    })
    .join(' ');
}

/** The first sentence of a description says what the tool answers. */
function purpose(tool: Tool): string {
  return tool.description.split(/(?<=[.?])\s+(?=[A-Z])/)[0]!;
}

function toolTable(): string {
  return markdownTable(
    ['tool', 'what it does', 'in', 'out'],
    tools.map((tool) => [
      `\`${tool.name}\``,
      purpose(tool),
      fields(schemaOf(tool.input, 'input')),
      fields(schemaOf(tool.output, 'output')),
    ]),
  );
}

function clauseTable(): string {
  const own = clauseTypes.filter((type) => type.origin !== 'cuad').length;
  return `${clauseTypes.length - own} categories of CUAD and ${own} of Deedbox's own.\n\n${clauseTypesMarkdown()}`;
}

const root = packageRoot();
const documents = [
  { mark: 'tools', file: join(root, 'README.md'), content: toolTable(), empty: '' },
  {
    mark: 'clause-types',
    file: join(root, 'docs', 'clause-types.md'),
    content: clauseTable(),
    empty:
      '# Clause types\n\nThe kinds of clause that `extract_clauses` finds and that `has_clauses` and ' +
      '`lacks_clauses` filter by.\n\n<!-- clause-types:begin -->\n<!-- clause-types:end -->\n',
  },
];

for (const { mark, file, content, empty } of documents) {
  const begin = `<!-- ${mark}:begin -->`;
  const end = `<!-- ${mark}:end -->`;
  const before = existsSync(file) ? readFileSync(file, 'utf8') : empty;
  const from = before.indexOf(begin);
  const to = before.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${file} has no ${begin} … ${end}`);
  const after = `${before.slice(0, from)}${begin}\n<!-- prettier-ignore-start -->\n\n${content}\n\n<!-- prettier-ignore-end -->\n${before.slice(to)}`;
  if (process.argv.includes('--write')) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, after);
  } else if (process.argv.includes('--check')) {
    if (existsSync(file) && after === before) continue;
    process.stderr.write(`${file} is out of date: run npm run docs\n`);
    process.exitCode = 1;
  } else {
    process.stdout.write(`${content}\n\n`);
  }
}

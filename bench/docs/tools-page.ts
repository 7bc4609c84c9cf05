import { clauseTypeIds } from '../../src/analyse/clause-types.ts';
import { documentTypes } from '../../src/domain/documents.ts';
import { markdownTable } from '../../src/mcp/render.ts';
import type { Tool } from '../../src/mcp/tools/tool.ts';
import { tools } from '../../src/mcp/tools/tools.ts';
import { code, jsonSchemaOf, range, type JsonSchema } from './schema.ts';

/** The first sentence of a tool's description. */
function purpose(tool: Tool): string {
  return tool.description.split(/(?<=[.?])\s+(?=[A-Z])/)[0]!;
}

export function toolSummary(): string {
  return markdownTable(
    ['tool', 'what it does'],
    tools.map((tool) => [`[\`${tool.name}\`](docs/tools.md#${tool.name})`, purpose(tool)]),
  );
}

const sameList = (values: unknown[], names: readonly string[]) =>
  values.length === names.length && values.every((value, index) => value === names[index]);

function typeOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) {
    if (sameList(schema.enum, clauseTypeIds)) return '[clause type](clause-types.md)';
    if (sameList(schema.enum, documentTypes)) return '[document type](#document-types)';
    return schema.enum.map(code).join(', ');
  }
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.format === 'date' || schema.pattern?.includes('\\d{4}-\\d{2}')) return 'date';
  if (schema.type === 'object') {
    return `object: ${Object.keys(schema.properties ?? {})
      .map(code)
      .join(' ')}`;
  }
  return [schema.type ?? '', range(schema)].filter((part) => part).join(', ');
}

/** The description of a field; the format of dates is described once, above the tables. */
function meaningOf(field: JsonSchema): string {
  const description = field.description ?? field.items?.description ?? '';
  return description === 'YYYY-MM-DD' ? '' : description;
}

function fieldTable(schema: JsonSchema, io: 'input' | 'output'): string {
  const required = new Set(schema.required);
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => [
    code(name),
    typeOf(field),
    required.has(name) ? 'always' : field.default === undefined ? '' : code(field.default),
    meaningOf(field),
  ]);
  if (io === 'input') {
    for (const row of rows) if (row[2] === 'always') row[2] = 'required';
    return markdownTable(['argument', 'type', 'default', 'meaning'], rows);
  }
  return markdownTable(['field', 'type', 'present', 'meaning'], rows);
}

/** Every tool with its arguments and its result. */
export function toolReference(): string {
  const one = (tool: Tool) =>
    [
      `## ${tool.name}`,
      tool.description,
      ...(tool.scope === undefined ? [] : [`Requires the scope ${code(tool.scope)}.`]),
      'Arguments:',
      fieldTable(jsonSchemaOf(tool.input, 'input'), 'input'),
      'Result:',
      fieldTable(jsonSchemaOf(tool.output, 'output'), 'output'),
    ].join('\n\n');
  const types = `## Document types\n\n${documentTypes.map(code).join(', ')}`;
  return [...tools.map(one), types].join('\n\n');
}

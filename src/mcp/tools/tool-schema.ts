import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import type * as z from 'zod/v4';

type Json = Record<string, unknown>;
type Direction = 'input' | 'output';

/** Longer lists of values are given once in an input schema. An output schema has none: values are seen in it. */
const maxInlineEnumValues = 20;

/** The items of a list of texts. */
const plainString = JSON.stringify({ type: 'string' });

function isRedundant(key: string, value: unknown, node: Json, direction: Direction): boolean {
  if (key === '$schema') return true;
  // a model needs no bounds of an output
  if (key === 'maximum') return value === Number.MAX_SAFE_INTEGER || direction === 'output';
  if (key === 'minimum') return value === Number.MIN_SAFE_INTEGER || direction === 'output';
  if (key === 'exclusiveMinimum') return direction === 'output';
  // a client that forbids other fields gains nothing
  if (key === 'additionalProperties') return value === false && direction === 'output';
  // what an output looks like, and what is in it, is seen in it; docs/tools.md says what always is
  if (key === 'items') return direction === 'output' && JSON.stringify(value) === plainString;
  if (key === 'required') return direction === 'output' && Array.isArray(value);
  return key === 'pattern' && ('format' in node || direction === 'output');
}

/** The schema without keywords that only cost a model tokens; it allows no less than before. */
function minify(json: Json, direction: Direction): Json {
  const enumProperties = new Map<string, string>();
  /** Descriptions that were given; an output says the same of a field once. */
  const given = new Set<string>();

  function visit(value: unknown, property: string): unknown {
    if (Array.isArray(value)) return value.map((item) => visit(item, property));
    if (typeof value !== 'object' || value === null) return value;
    const node = { ...value } as Json;
    if (node['isBrief'] === true) return { type: 'object', description: node['description'] };
    const isLongEnum = Array.isArray(node['enum']) && node['enum'].length > maxInlineEnumValues;
    if (direction === 'output') delete node['enum'];
    else if (isLongEnum) {
      const values = JSON.stringify(node['enum']);
      const firstProperty = enumProperties.get(values);
      if (firstProperty === undefined) enumProperties.set(values, property);
      else {
        delete node['enum'];
        node['description'] = `As in ${firstProperty}`;
      }
    }
    const description = direction === 'output' ? node['description'] : undefined;
    if (typeof description === 'string') {
      if (given.has(description)) delete node['description'];
      given.add(description);
    }
    const remaining = Object.entries(node).filter(
      ([key, inner]) => !isRedundant(key, inner, node, direction),
    );
    return Object.fromEntries(
      remaining.map(([key, inner]) => [key, visit(inner, key === 'items' ? property : key)]),
    );
  }

  return visit(json, '') as Json;
}

/** The schema with no higher limit than the contracts of one answer; higher arguments are still valid. */
function capDocumentLimits(json: Json, documents: number): Json {
  const properties = json['properties'] as Record<string, Json> | undefined;
  const lowerTo = (name: string, keys: string[]) => {
    const property = properties?.[name];
    for (const key of property ? keys : []) {
      if (Number(property![key]) > documents) property![key] = documents;
    }
  };
  lowerTo('limit', ['maximum', 'default']);
  if (!properties?.['query']) lowerTo('document_ids', ['maxItems']);
  return json;
}

/**
 * A schema as clients see it, converted once per process. It accepts every value: a tool validates its
 * arguments and its answer itself, so that its errors say what to do next.
 * @param documents the contracts that one answer may disclose
 */
export function toolSchema(
  schema: z.ZodObject,
  direction: Direction,
  documents = Infinity,
): StandardSchemaWithJSON {
  let json: Json | undefined;
  const convert = () =>
    (json ??= capDocumentLimits(
      minify(schema['~standard'].jsonSchema[direction]({ target: 'draft-2020-12' }), direction),
      documents,
    ));
  return {
    '~standard': {
      version: 1,
      vendor: 'deedbox',
      validate: (value) => ({ value }),
      jsonSchema: { input: convert, output: convert },
    },
  };
}

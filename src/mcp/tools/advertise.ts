import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import type * as z from 'zod/v4';

type Json = Record<string, unknown>;

/** What says nothing to a model: bounds of a safe integer, patterns that a format repeats. */
function slim(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(slim);
  if (typeof value !== 'object' || value === null) return value;
  const node = value as Json;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key, inner]) => {
        if (key === '$schema') return false;
        if (key === 'maximum') return inner !== Number.MAX_SAFE_INTEGER;
        if (key === 'minimum') return inner !== Number.MIN_SAFE_INTEGER;
        if (key === 'pattern') return !('format' in node);
        return true;
      })
      .map(([key, inner]) => [key, slim(inner)]),
  );
}

/**
 * A schema as a client is shown it, converted once for the life of the process. It lets every value
 * through: a tool checks its arguments and its answer itself, so that its errors say what to do next.
 */
export function advertise(
  schema: z.ZodObject,
  direction: 'input' | 'output',
): StandardSchemaWithJSON {
  let json: Json | undefined;
  const convert = () =>
    (json ??= slim(schema['~standard'].jsonSchema[direction]({ target: 'draft-2020-12' })) as Json);
  return {
    '~standard': {
      version: 1,
      vendor: 'deedbox',
      validate: (value) => ({ value }),
      jsonSchema: { input: convert, output: convert },
    },
  };
}

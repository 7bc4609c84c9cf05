import * as z from 'zod/v4';

/** The part of JSON Schema that occurs in settings and tools. */
export interface JsonSchema {
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  type?: string;
  format?: string;
  pattern?: string;
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  default?: unknown;
  description?: string;
}

export const jsonSchemaOf = (schema: z.ZodType, io: 'input' | 'output') =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema;

export const code = (value: unknown) => `\`${String(value)}\``;

/** The bounds of a number; undefined where they are only those of the type. */
export function range({ minimum, maximum }: JsonSchema): string | undefined {
  const bounded = (value: number | undefined) =>
    value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  return bounded(minimum) && bounded(maximum) ? `${minimum} to ${maximum}` : undefined;
}

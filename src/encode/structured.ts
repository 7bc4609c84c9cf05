import { safeUrl } from './markdown.ts';
import { showHidden, singleLine } from './visible.ts';

/** Sentences that Deedbox composed, in which names are encoded already. */
const sentenceFields = new Set(['notes', 'explanation', 'detail']);

/**
 * The structured content of an answer. Text of a contract (`text`) stays as it is stored, so that offsets
 * count in it; every other string is a name on one line, a sentence or an address.
 */
export function structuredContent<T>(value: T, field = ''): T {
  return encode(value, field) as T;
}

function encode(value: unknown, field: string): unknown {
  if (typeof value === 'string') {
    if (field === 'text') return value;
    if (field === 'web_url') return safeUrl(value);
    return sentenceFields.has(field) ? showHidden(value) : singleLine(value);
  }
  if (Array.isArray(value)) return value.map((item) => encode(item, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, encode(inner, name)] as const)
      .filter(([, inner]) => inner !== undefined),
  );
}

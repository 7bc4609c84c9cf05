import type { DisclosedDocument, DisclosedSpan } from '../../src/audit/record.ts';

type Node = Record<string, unknown>;

const isNumber = (value: unknown): value is number => typeof value === 'number';

/** The contract that a part of an answer tells of, where it says so itself. */
function documentIdOf(node: Node): string | undefined {
  const inner = node['document'];
  const nestedId =
    typeof inner === 'object' && inner !== null ? (inner as Node)['document_id'] : undefined;
  const id = node['document_id'] ?? nestedId;
  return typeof id === 'string' ? id : undefined;
}

function spanOf(node: Node): DisclosedSpan | undefined {
  const { char_start, char_end, page, page_start = page, page_end = page } = node;
  if (typeof node['text'] !== 'string' || !isNumber(char_start) || !isNumber(char_end)) {
    return undefined;
  }
  return {
    char_start,
    char_end,
    ...(isNumber(page_start) && { page_start }),
    ...(isNumber(page_end) && { page_end }),
  };
}

/**
 * The contracts of which an answer tells, each once, with the spans of their text that it holds, each
 * once. It is read off the answer's own shape: `document_id` says of which contract what is inside is,
 * and text with `char_start` and `char_end` is a quotation, so no tool has to say what it discloses.
 * @param additionalDisclosures contracts that sentences of it name, which cannot be read off
 */
export function collectDisclosures(
  answer: unknown,
  additionalDisclosures: Iterable<string> = [],
): DisclosedDocument[] {
  const found = new Map<string, Map<string, DisclosedSpan>>();
  const visit = (value: unknown, outer: string | undefined): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) return value.forEach((item) => visit(item, outer));
    const node = value as Node;
    const id = documentIdOf(node) ?? outer;
    if (id !== undefined) {
      const spans = found.get(id) ?? new Map<string, DisclosedSpan>();
      found.set(id, spans);
      const span = spanOf(node);
      if (span) spans.set(`${span.char_start}-${span.char_end}`, span);
    }
    for (const inner of Object.values(node)) visit(inner, id);
  };
  visit(answer, undefined);
  for (const id of additionalDisclosures) if (!found.has(id)) found.set(id, new Map());
  return [...found].map(([document_id, spans]) => ({ document_id, spans: [...spans.values()] }));
}

/** Contracts of which facts were told, and nothing of their text. */
export function disclosuresWithoutText(documentIds: Iterable<string>): DisclosedDocument[] {
  return [...new Set(documentIds)].map((document_id) => ({ document_id, spans: [] }));
}

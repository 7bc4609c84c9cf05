import type { DisclosedDocument, DisclosedSpan } from '../../src/audit/record.ts';

type Node = Record<string, unknown>;

const isNumber = (value: unknown): value is number => typeof value === 'number';

/** The contract that a part of an answer is about, where the part names it. */
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
 * The contracts that an answer names, each once, with the spans of their text that it holds, each once.
 * It is read off the shape of the answer, independently of the code that records disclosures:
 * `document_id` says which contract the values beside and below it are of, and text with `char_start`
 * and `char_end` is a quotation. Contracts that only a sentence names are not found.
 */
export function findDisclosures(answer: unknown): DisclosedDocument[] {
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
    for (const [name, inner] of Object.entries(node)) {
      // A highlight is a part of the passage that it stands in.
      if (name !== 'highlight') visit(inner, id);
      if (name === 'same_wording')
        (inner as string[]).forEach((other) => found.set(other, found.get(other) ?? new Map()));
    }
  };
  visit(answer, undefined);
  return [...found].map(([document_id, spans]) => ({ document_id, spans: [...spans.values()] }));
}

/** In an order that does not depend on the order of recording. */
export function sortDisclosures(disclosed: DisclosedDocument[]): DisclosedDocument[] {
  return disclosed
    .map(({ document_id, spans }) => ({
      document_id,
      spans: spans.toSorted((a, b) => a.char_start - b.char_start || a.char_end - b.char_end),
    }))
    .sort((a, b) => a.document_id.localeCompare(b.document_id));
}

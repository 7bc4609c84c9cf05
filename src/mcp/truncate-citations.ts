import type { Citation, GetDocumentResponse } from '../search/response-schemas.ts';
import { formatPages } from './render.ts';
import type { McpServices } from './services.ts';
import { formatReadPosition } from './truncate-text.ts';

const spanKey = (citation: Citation) => `${citation.char_start}–${citation.char_end}`;

/** Characters of everything that the facts quote. */
export function countCitedCharacters({ facts }: Pick<GetDocumentResponse, 'facts'>): number {
  const citations = facts.flatMap((fact) => fact.citations);
  return citations.reduce((sum, citation) => sum + citation.text.length, 0);
}

/** Each passage quoted under the first fact that rests on it; undefined when that is so already. */
export function dedupeCitations<A extends GetDocumentResponse>(answer: A): A | undefined {
  const seen = new Set<string>();
  const facts = answer.facts.map((fact) => ({
    ...fact,
    citations: fact.citations.filter((citation) => {
      const span = spanKey(citation);
      return !seen.has(span) && seen.add(span);
    }),
  }));
  const deduplicated = { ...answer, facts };
  return countCitedCharacters(deduplicated) < countCitedCharacters(answer)
    ? deduplicated
    : undefined;
}

/** Without the longest quotation; undefined when none is left. */
export function dropLongestCitation<A extends GetDocumentResponse>(answer: A): A | undefined {
  const [longest] = answer.facts
    .flatMap((fact) => fact.citations)
    .toSorted((a, b) => b.text.length - a.text.length);
  if (!longest) return undefined;
  const facts = answer.facts.map((fact) => ({
    ...fact,
    citations: fact.citations.filter((citation) => citation !== longest),
  }));
  return { ...answer, facts };
}

/** The shortened answer with a note of each quotation it leaves out of the whole. */
export async function annotateMissingCitations<A extends GetDocumentResponse>(
  services: McpServices,
  full: A,
  truncated: A,
): Promise<A> {
  const factsBySpan = new Map<string, string>();
  for (const { fact, citations } of truncated.facts) {
    for (const citation of citations) factsBySpan.set(spanKey(citation), fact);
  }
  const missing = full.facts.flatMap(({ fact, citations }, index) =>
    citations
      .filter((citation) => !truncated.facts[index]!.citations.includes(citation))
      .map((citation) => ({ fact, citation })),
  );
  if (missing.length === 0) return truncated;
  const pages = (await services.scopedIndex.text(full.document.document_id))?.pages ?? [];
  const notes = missing.map(({ fact, citation }) => {
    const location = `the passage at chars ${spanKey(citation)} (${formatPages(citation)})`;
    const quotedUnder = factsBySpan.get(spanKey(citation));
    return quotedUnder === undefined
      ? `${fact} rests on ${location}, which is too long to be quoted here: call get_document with ` +
          `${formatReadPosition(pages, citation.char_start)} to read it.`
      : `${fact} rests on ${location} too, which is quoted under ${quotedUnder}.`;
  });
  return { ...truncated, notes: [...(truncated.notes ?? []), ...new Set(notes)] };
}

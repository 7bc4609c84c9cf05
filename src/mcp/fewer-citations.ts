import type { CitationAnswer, GetDocumentAnswer } from '../search/answers.ts';
import { pagesOf } from './render.ts';
import type { McpServices } from './services.ts';
import { readingFrom } from './text-part.ts';

const spanOf = (citation: CitationAnswer) => `${citation.char_start}–${citation.char_end}`;

/** Characters of everything that the facts quote. */
export function citedCharacters({ facts }: Pick<GetDocumentAnswer, 'facts'>): number {
  const citations = facts.flatMap((fact) => fact.citations);
  return citations.reduce((sum, citation) => sum + citation.text.length, 0);
}

/** Each passage quoted under the first fact that rests on it; undefined when that is so already. */
export function quotedOnce<A extends GetDocumentAnswer>(answer: A): A | undefined {
  const seen = new Set<string>();
  const facts = answer.facts.map((fact) => ({
    ...fact,
    citations: fact.citations.filter((citation) => {
      const span = spanOf(citation);
      return !seen.has(span) && seen.add(span);
    }),
  }));
  const shorter = { ...answer, facts };
  return citedCharacters(shorter) < citedCharacters(answer) ? shorter : undefined;
}

/** Without the longest quotation; undefined when none is left. */
export function withoutLongest<A extends GetDocumentAnswer>(answer: A): A | undefined {
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
export async function noteMissingCitations<A extends GetDocumentAnswer>(
  services: McpServices,
  whole: A,
  shown: A,
): Promise<A> {
  const quoted = new Map<string, string>();
  for (const { fact, citations } of shown.facts) {
    for (const citation of citations) quoted.set(spanOf(citation), fact);
  }
  const missing = whole.facts.flatMap(({ fact, citations }, index) =>
    citations
      .filter((citation) => !shown.facts[index]!.citations.includes(citation))
      .map((citation) => ({ fact, citation })),
  );
  if (missing.length === 0) return shown;
  const pages = (await services.library.text(whole.document.document_id))?.pages ?? [];
  const notes = missing.map(({ fact, citation }) => {
    const place = `the passage at chars ${spanOf(citation)} (${pagesOf(citation)})`;
    const under = quoted.get(spanOf(citation));
    return under === undefined
      ? `${fact} rests on ${place}, which is too long to be quoted here: call get_document with ` +
          `${readingFrom(pages, citation.char_start)} to read it.`
      : `${fact} rests on ${place} too, which is quoted under ${under}.`;
  });
  return { ...shown, notes: [...(shown.notes ?? []), ...new Set(notes)] };
}

import type { Page, Section, Span } from '../documents.ts';
import type { PassagePlace } from '../store/records.ts';
import type { CitationAnswer } from './answers.ts';
import type { SearchServices } from './search.ts';

/** The number of the page on which `offset` stands (pages cover the text; binary search). */
export function pageAt(pages: Page[], offset: number): number {
  let low = 0;
  let high = pages.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pages[middle]!.start <= offset) low = middle;
    else high = middle - 1;
  }
  return pages[low]?.number ?? 1;
}

/** The headings over `offset`, from the top, joined for reading; undefined where there is none. */
export function headingAt(sections: Section[], offset: number): string | undefined {
  let innermost: Section | undefined;
  for (const section of sections) {
    if (section.start > offset) break;
    if (offset < section.end) innermost = section;
  }
  return joinPath(innermost?.path ?? []);
}

function joinPath(path: string[]): string | undefined {
  return path.length > 0 ? path.join(' › ') : undefined;
}

/** The headings over a passage; undefined where there is none, or the passage is gone. */
export async function headingOf(
  { library }: Pick<SearchServices, 'library'>,
  place: PassagePlace,
): Promise<string | undefined> {
  const passages = await library.passages(place.documentId, place);
  const passage = passages.find(({ passageId }) => passageId === place.passageId);
  return joinPath(passage?.path ?? []);
}

/** The stored text of a span with its place. `text` is that slice, nothing else. */
export function cite(text: string, pages: Page[], span: Span, heading?: string): CitationAnswer {
  return {
    text: text.slice(span.start, span.end),
    char_start: span.start,
    char_end: span.end,
    page_start: pageAt(pages, span.start),
    page_end: pageAt(pages, Math.max(span.start, span.end - 1)),
    ...(heading === undefined ? {} : { heading }),
  };
}

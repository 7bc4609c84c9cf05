import type { Page, Section, Span } from '../domain/documents.ts';
import { partitionPoint } from '../domain/partition-point.ts';
import type { PassageLocation } from '../store/records.ts';
import type { Citation } from './response-schemas.ts';
import type { SearchContext } from './context.ts';

/** The number of the page on which `offset` stands (pages cover the text; binary search). */
export function pageAt(pages: Page[], offset: number): number {
  const begun = partitionPoint(pages, ({ start }) => start <= offset);
  return pages[Math.max(0, begun - 1)]?.number ?? 1;
}

/** The headings over `offset`, from the top, joined for reading; undefined where there is none. */
export function headingAt(sections: Section[], offset: number): string | undefined {
  let innermost: Section | undefined;
  for (const section of sections) {
    if (section.start > offset) break;
    if (offset < section.end) innermost = section;
  }
  return joinHeadings(innermost?.path ?? []);
}

function joinHeadings(path: string[]): string | undefined {
  return path.length > 0 ? path.join(' › ') : undefined;
}

/** The headings over each passage, by passage id; no entry for one without headings or that is gone. */
export async function headingsOf(
  { scopedIndex }: Pick<SearchContext, 'scopedIndex'>,
  passages: PassageLocation[],
): Promise<Map<number, string>> {
  const ids = new Set(passages.map(({ passageId }) => passageId));
  const found = (await scopedIndex.passages(passages)).flat();
  return new Map(
    found.flatMap(({ passageId, path }) => {
      const heading = joinHeadings(path);
      return heading !== undefined && ids.has(passageId) ? [[passageId, heading]] : [];
    }),
  );
}

/** The stored text of a span with its place. `text` is that slice, nothing else. */
export function cite(text: string, pages: Page[], span: Span, heading?: string): Citation {
  return {
    text: text.slice(span.start, span.end),
    char_start: span.start,
    char_end: span.end,
    page_start: pageAt(pages, span.start),
    page_end: pageAt(pages, Math.max(span.start, span.end - 1)),
    ...(heading === undefined ? {} : { heading }),
  };
}

import type { FileParts, Page, Reading, UnreadPages } from './documents.ts';

/** More parts are one entry that counts them. */
const maxListedParts = 20;

/** What was read of a file, from how its pages were. */
export function readingOf(pages: Page[], parts: FileParts): Reading {
  const { unreadParts = [], openRevisions = 0, comments = 0 } = parts;
  const further = unreadParts.slice(maxListedParts);
  return {
    pages: pages.length,
    ocrPages: pages.filter(({ reading }) => reading?.how === 'ocr').length,
    unreadPages: joinUnread(pages),
    unreadParts: [
      ...unreadParts.slice(0, maxListedParts),
      ...(further[0] ? [{ name: `${further.length} more`, reason: further[0].reason }] : []),
    ],
    openRevisions,
    comments,
  };
}

/** Unread pages one after the other with the same reason, as ranges. */
function joinUnread(pages: Page[]): UnreadPages[] {
  const ranges: UnreadPages[] = [];
  for (const { number, reading } of pages) {
    if (reading?.how !== 'unread') continue;
    const { reason } = reading;
    const previous = ranges.at(-1);
    if (previous?.last === number - 1 && previous.reason === reason) previous.last = number;
    else ranges.push({ first: number, last: number, reason });
  }
  return ranges;
}

/** How many pages were not read. */
export function unreadPageCount({ unreadPages }: Pick<Reading, 'unreadPages'>): number {
  return unreadPages.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** Whether something of a file was not read, so that nothing can be said to be absent from it. */
export function isReadInPart(reading: Reading | undefined): boolean {
  return (
    reading !== undefined && (reading.unreadPages.length > 0 || reading.unreadParts.length > 0)
  );
}

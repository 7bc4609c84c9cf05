import type { Reading, UnreadReason } from '../domain/documents.ts';
import { quoted } from '../encode/visible.ts';
import type { DocumentFilter, UnreadTotals } from '../store/records.ts';
import type { SearchContext } from './context.ts';
import { documentName, joinNames } from './join-names.ts';
import type { DocumentSummary } from './response-schemas.ts';

/** What is said of files of which something was not read: nothing is absent from what nobody read. */

const reasons: Record<UnreadReason, string> = {
  no_text: 'a scan or a picture without text',
  garbled_text: 'garbled text, whose fonts do not say which characters they show',
  placeholder: 'a placeholder for contents that another program shows',
  attachment: 'attached',
  dynamic_form: 'a dynamic form',
  picture: 'a large picture',
};

/** "3 pages". */
export const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;

/** How a document was read, as responses show it. */
export type ReadingSummary = NonNullable<DocumentSummary['reading']>;

export function summarizeReading(reading: Reading): ReadingSummary {
  const { pages, ocrPages, unreadPages, unreadParts, openRevisions, comments } = reading;
  return {
    pages,
    ocr_pages: ocrPages,
    unread_pages: unreadPages,
    unread_parts: unreadParts,
    open_revisions: openRevisions,
    comments,
  };
}

export const hasUnread = (reading: ReadingSummary | undefined): reading is ReadingSummary =>
  reading !== undefined && (reading.unread_pages.length > 0 || reading.unread_parts.length > 0);

/**
 * "pages 2–21 (a scan or a picture without text); "annex.pdf" (attached)": what was not read, and why.
 * @param show a name in it, as the text around it is encoded
 */
export function unreadInWords(
  { unread_pages: pages, unread_parts: parts }: ReadingSummary,
  show: (name: string) => string = quoted,
): string {
  return [
    ...pages.map(({ first, last, reason }) => {
      const numbers = first === last ? `page ${first}` : `pages ${first}–${last}`;
      return `${numbers} (${reasons[reason]})`;
    }),
    ...parts.map(({ name, reason }) => `${show(name)} (${reasons[reason]})`),
  ].join('; ');
}

/** "41 pages and 1 part were not read". */
export function unreadTotalsInWords({ pages, parts }: UnreadTotals): string {
  const what = [
    ...(pages > 0 ? [counted(pages, 'page')] : []),
    ...(parts > 0 ? [counted(parts, 'attached or embedded part')] : []),
  ];
  return `${what.join(' and ')} ${pages + parts === 1 ? 'was' : 'were'} not read`;
}

/** "3 tracked changes, 1 comment"; undefined where nothing is open. */
export function openItemsInWords({ open_revisions, comments }: ReadingSummary): string | undefined {
  const items = [
    ...(open_revisions > 0 ? [counted(open_revisions, 'tracked change')] : []),
    ...(comments > 0 ? [counted(comments, 'comment')] : []),
  ];
  return items.length > 0 ? items.join(', ') : undefined;
}

/** Notes on documents that an answer is about: what of them was not read, and what is open in them. */
export function readingNotes(documents: Iterable<DocumentSummary>): string[] {
  const notes: string[] = [];
  for (const document of documents) {
    const { reading } = document;
    if (hasUnread(reading)) {
      notes.push(
        `Not read of ${documentName(document)}: ${unreadInWords(reading)}. What stands there is not known: what was ` +
          'not found is not_read, not absent. Say so.',
      );
    }
    const open = reading && openItemsInWords(reading);
    if (open !== undefined) {
      notes.push(
        `Open in ${documentName(document)}: ${open}. Its text is that with all tracked changes accepted and without ` +
          'comments; nobody has accepted or rejected them yet.',
      );
    }
  }
  return notes;
}

/** Contracts of which something was not read, among those that pass a filter. */
async function listReadInPart(
  { scopedIndex, disclosure }: SearchContext,
  filter: DocumentFilter,
): Promise<{ total: number; names: string } | undefined> {
  const { total, documents } = await scopedIndex.documents(
    { ...filter, readInPart: true },
    { sort: 'title', limit: 5 },
  );
  if (total === 0) return undefined;
  disclosure.recordDocuments(documents.map(({ documentId }) => documentId));
  const names = documents.map(({ analysis, file }) =>
    documentName({ title: analysis.title, file_name: file.fileName }),
  );
  return { total, names: joinNames(names, total) };
}

/**
 * Notes on what an answer cannot know: contracts that were searched and not read whole, and contracts that a
 * condition of absence leaves out for that.
 * @param searched the filter of the contracts that were searched, without conditions on what they say
 */
export async function unreadNotes(
  context: SearchContext,
  { searched, filter }: { searched: DocumentFilter; filter: DocumentFilter },
): Promise<string[]> {
  const unread = await listReadInPart(context, searched);
  if (!unread) return [];
  const notes: string[] = [];
  if ((filter.lacksClauses ?? []).length > 0) {
    const left = await listReadInPart(context, filter);
    if (left) {
      notes.push(
        `Not judged: ${counted(left.total, 'contract')} of which pages or parts were not read, so that it is not known ` +
          `what they lack: ${left.names}. get_document says which pages and why.`,
      );
    }
  }
  if (filter.status === 'expired') {
    const expires = filter.expires ?? { to: filter.statusDay ?? filter.today };
    const left = await listReadInPart(context, { ...filter, status: 'unknown', expires });
    if (left) {
      notes.push(
        `Not judged: ${counted(left.total, 'contract')} of which pages or parts were not read, on which a renewal may ` +
          `stand: ${left.names}.`,
      );
    }
  }
  const words = unread.total === 1 ? 'Of one contract' : `Of ${unread.total} contracts`;
  notes.push(
    `${words} searched, pages or parts were not read, and what stands there is not found: ${unread.names}. ` +
      'get_document says which pages and why.',
  );
  return notes;
}

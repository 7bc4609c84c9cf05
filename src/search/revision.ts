import { DeedboxError } from '../errors/errors.ts';
import { readConsistently, replaced } from '../store/read-consistently.ts';
import type { StoredDocument, StoredText } from '../store/records.ts';
import type { SearchContext } from './context.ts';
import { documentsById } from './summary.ts';

/** @throws DeedboxError `not_found`, with the same text for an unknown id and one that the principal may not read */
async function requireDocument(
  context: Pick<SearchContext, 'scopedIndex' | 'today'>,
  documentId: string,
): Promise<StoredDocument> {
  const document = (await documentsById(context, [documentId])).get(documentId);
  if (document) return document;
  throw new DeedboxError('not_found', `There is no document "${documentId}".`, {
    hint: 'search_documents lists the documents with their ids.',
  });
}

/**
 * A document, what `read` returns for it, and its text, all of one revision: a document that a worker
 * replaces meanwhile is read again.
 * @throws DeedboxError `not_found` as `requireDocument` does; `not_ready` when it is replaced again and again
 */
export async function readRevision<T>(
  context: Pick<SearchContext, 'scopedIndex' | 'today'>,
  documentId: string,
  read: (document: StoredDocument) => Promise<T>,
): Promise<{ document: StoredDocument; stored: StoredText; value: T }> {
  return readConsistently(async () => {
    const document = await requireDocument(context, documentId);
    const value = await read(document);
    const stored = await context.scopedIndex.text(documentId);
    return stored?.revision === document.revision ? { document, stored, value } : replaced;
  });
}

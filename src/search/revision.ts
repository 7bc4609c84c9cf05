import { DeedboxError } from '../errors/errors.ts';
import type { StoredDocument, StoredText } from '../store/records.ts';
import type { SearchContext } from './context.ts';
import { documentsById } from './summary.ts';

/** @throws DeedboxError `not_found`, the same for an unknown id and one that may not be read */
export async function requireDocument(
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
 * A document, what `read` gives of it, and its text, all of one revision: a document that a worker
 * replaces meanwhile is read again. Throws `not_found` as `knownDocument` does.
 */
export async function readRevision<T>(
  context: Pick<SearchContext, 'scopedIndex' | 'today'>,
  documentId: string,
  read: (document: StoredDocument) => Promise<T>,
): Promise<{ document: StoredDocument; stored: StoredText; value: T }> {
  for (;;) {
    const document = await requireDocument(context, documentId);
    const value = await read(document);
    const stored = await context.scopedIndex.text(documentId);
    if (stored?.revision === document.revision) return { document, stored, value };
  }
}

import type { PassageHit, StoredText } from '../store/records.ts';
import type { SearchPassagesResponse } from './response-schemas.ts';
import { cite, headingOf } from './citations.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { resolveFilters } from './filters.ts';
import { responseNotes } from './response-notes.ts';
import { rankPassages } from './rank.ts';
import type { SearchPassagesRequest } from './request-schemas.ts';
import type { SearchContext } from './context.ts';
import { documentsById, resourceUri } from './summary.ts';

type Passages = SearchPassagesResponse['passages'];

/** The hits with their text; `undefined` when a document was written after it was searched. */
async function citeHits(context: SearchContext, hits: PassageHit[]): Promise<Passages | undefined> {
  const ids = hits.map((hit) => hit.documentId);
  const documents = await documentsById(context, ids);
  const texts = new Map<string, StoredText>();
  for (const id of new Set(ids)) {
    const stored = await context.scopedIndex.text(id);
    if (stored) texts.set(id, stored);
  }
  const passages: Passages = [];
  for (const hit of hits) {
    const stored = texts.get(hit.documentId);
    const document = documents.get(hit.documentId);
    if (!stored || !document) continue; // removed since
    if (stored.revision !== hit.revision) return undefined;
    passages.push({
      document_id: hit.documentId,
      title: document.analysis.title,
      resource_uri: resourceUri(hit.documentId),
      ...(document.file.webUrl === undefined ? {} : { web_url: document.file.webUrl }),
      score: Number(hit.score.toFixed(4)),
      ...cite(stored.text, stored.pages, hit, await headingOf(context, hit)),
    });
  }
  for (const passage of passages) context.disclosure.recordSpans(passage.document_id, [passage]);
  return passages;
}

/** The passages that answer a question, each verbatim with its place. */
export async function searchPassages(
  context: SearchContext,
  request: SearchPassagesRequest,
): Promise<SearchPassagesResponse> {
  const offset = readCursor(request);
  const { filter, notes } = await resolveFilters(context, request);
  const end = offset + request.limit;
  for (;;) {
    const ranked = filter ? await rankPassages(context, request.query, filter) : [];
    const passages = await citeHits(context, ranked.slice(offset, end));
    if (!passages) continue; // a document was replaced meanwhile: search its new revision
    return {
      passages,
      ...(end < ranked.length ? { next_cursor: writeCursor(request, end) } : {}),
      ...(await responseNotes(context, request, { filter, found: ranked.length, notes })),
    };
  }
}

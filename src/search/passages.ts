import type { PassageHit, StoredText } from '../store/records.ts';
import type { SearchPassagesAnswer } from './answers.ts';
import { cite, headingOf } from './citations.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { resolveFilters } from './filters.ts';
import { notesOn } from './notes.ts';
import { rankPassages } from './rank.ts';
import type { SearchPassagesRequest } from './requests.ts';
import type { SearchServices } from './search.ts';
import { documentsById, resourceUri } from './summary.ts';

type Passages = SearchPassagesAnswer['passages'];

/** The hits with their text; `undefined` when a document was written after it was searched. */
async function quote(services: SearchServices, hits: PassageHit[]): Promise<Passages | undefined> {
  const ids = hits.map((hit) => hit.documentId);
  const known = await documentsById(services, ids);
  const texts = new Map<string, StoredText>();
  for (const id of new Set(ids)) {
    const stored = await services.library.text(id);
    if (stored) texts.set(id, stored);
  }
  const passages: Passages = [];
  for (const hit of hits) {
    const stored = texts.get(hit.documentId);
    const document = known.get(hit.documentId);
    if (!stored || !document) continue; // removed since
    if (stored.revision !== hit.revision) return undefined;
    passages.push({
      document_id: hit.documentId,
      title: document.analysis.title,
      resource_uri: resourceUri(hit.documentId),
      ...(document.file.webUrl === undefined ? {} : { web_url: document.file.webUrl }),
      score: Number(hit.score.toFixed(4)),
      ...cite(stored.text, stored.pages, hit, await headingOf(services, hit)),
    });
  }
  return passages;
}

/** The passages that answer a question, each verbatim with its place. */
export async function searchPassages(
  services: SearchServices,
  request: SearchPassagesRequest,
): Promise<SearchPassagesAnswer> {
  const offset = readCursor(request);
  const { filter, notes } = await resolveFilters(services, request);
  const end = offset + request.limit;
  for (;;) {
    const ranked = filter ? await rankPassages(services, request.query, filter) : [];
    const passages = await quote(services, ranked.slice(offset, end));
    if (!passages) continue; // a document was replaced meanwhile: search its new revision
    return {
      passages,
      ...(end < ranked.length ? { next_cursor: writeCursor(request, end) } : {}),
      ...(await notesOn(services, request, { filter, found: ranked.length, notes })),
    };
  }
}

import type { SearchPassagesAnswer } from './answers.ts';
import { cite, joinPath } from './citations.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { notesOn, resolveFilters } from './filters.ts';
import { rankPassages, type RankedPassage } from './rank.ts';
import type { SearchPassagesRequest } from './requests.ts';
import type { SearchServices } from './search.ts';
import { documentsById, resourceUri } from './summary.ts';

async function answer(services: SearchServices, ranked: RankedPassage[]) {
  const known = await documentsById(
    services,
    ranked.map((hit) => hit.documentId),
  );
  const texts = new Map<string, Awaited<ReturnType<typeof services.store.text>>>();
  const passages: SearchPassagesAnswer['passages'] = [];
  for (const hit of ranked) {
    if (!texts.has(hit.documentId))
      texts.set(hit.documentId, await services.store.text(hit.documentId));
    const stored = texts.get(hit.documentId);
    const document = known.get(hit.documentId);
    if (!stored || !document) continue; // removed since it was ranked
    passages.push({
      document_id: hit.documentId,
      title: document.analysis.title,
      resource_uri: resourceUri(hit.documentId),
      ...(document.file.webUrl === undefined ? {} : { web_url: document.file.webUrl }),
      score: Number(hit.score.toFixed(4)),
      ...cite(stored.text, stored.pages, hit, joinPath(hit.path)),
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
  const ranked = filter ? await rankPassages(services, request.query, filter) : [];
  const end = offset + request.limit;
  return {
    passages: await answer(services, ranked.slice(offset, end)),
    ...(end < ranked.length ? { next_cursor: writeCursor(request, end) } : {}),
    ...(await notesOn(services, ranked.length, notes)),
  };
}

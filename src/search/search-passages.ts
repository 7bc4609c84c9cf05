import type { PassageHit, StoredText } from '../store/records.ts';
import { readConsistently, replaced } from '../store/read-consistently.ts';
import type { SearchPassagesResponse } from './response-schemas.ts';
import { cite, headingsOf } from './citations.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { amendmentNotes } from './amendments.ts';
import { resolveFilters } from './filters.ts';
import { holdNotes, responseNotes } from './response-notes.ts';
import { rankPassages } from './rank.ts';
import type { SearchPassagesRequest } from './request-schemas.ts';
import type { SearchContext } from './context.ts';
import { documentsById, resourceUri, summarize } from './summary.ts';
import { understoodScope } from './understanding/passage-scope.ts';

type Passages = SearchPassagesResponse['passages'];

/** The hits with their text; `replaced` when a document was written after it was ranked. */
async function citeHits(
  context: SearchContext,
  hits: PassageHit[],
): Promise<Passages | typeof replaced> {
  const ids = hits.map((hit) => hit.documentId);
  const documents = await documentsById(context, ids);
  const texts = new Map<string, StoredText>();
  for (const id of new Set(ids)) {
    const stored = await context.scopedIndex.text(id);
    if (stored) texts.set(id, stored);
  }
  const headings = await headingsOf(context, hits);
  const passages: Passages = [];
  for (const hit of hits) {
    const stored = texts.get(hit.documentId);
    const document = documents.get(hit.documentId);
    if (!stored || !document) continue; // removed meanwhile
    if (stored.revision !== hit.revision) return replaced;
    passages.push({
      document_id: hit.documentId,
      title: document.analysis.title,
      file_name: document.file.fileName,
      parties: document.analysis.parties.map(({ name }) => name),
      resource_uri: resourceUri(hit.documentId),
      ...(document.file.webUrl === undefined ? {} : { web_url: document.file.webUrl }),
      score: Number(hit.score.toFixed(4)),
      ...cite(stored.text, stored.pages, hit, headings.get(hit.passageId)),
    });
  }
  for (const passage of passages) context.disclosure.recordSpans(passage.document_id, [passage]);
  return passages;
}

/**
 * The passages that answer a question, each verbatim with its place. Throws `invalid_request` for
 * contradictory conditions, and `not_ready` when a document is replaced again and again meanwhile.
 */
export async function searchPassages(
  context: SearchContext,
  request: SearchPassagesRequest,
): Promise<SearchPassagesResponse> {
  const offset = readCursor(request);
  const { filter: given, notes } = await resolveFilters(context, request);
  const scope = given && (await understoodScope(context, request, given));
  const filter = scope?.filter ?? given;
  notes.unshift(...(scope?.notes ?? []));
  const end = offset + request.limit;
  const { passages, found } = await readConsistently(async () => {
    const ranked = filter ? await rankPassages(context, request.query, filter) : [];
    const cited = await citeHits(context, ranked.slice(offset, end));
    return cited === replaced ? replaced : { passages: cited, found: ranked.length };
  });
  const cited = await documentsById(
    context,
    passages.map(({ document_id: id }) => id),
  );
  const summaries = [...cited.values()].map((one) => summarize(one, context.today()));
  notes.push(...holdNotes(summaries), ...(await amendmentNotes(context, summaries)));
  return {
    ...(scope?.summary === undefined ? {} : { summary: scope.summary }),
    passages,
    ...(scope?.understood === undefined ? {} : { understood: scope.understood }),
    ...(end < found ? { next_cursor: writeCursor(request, end) } : {}),
    ...(await responseNotes(context, request, { filter, found, notes })),
  };
}

import type { DocumentFilter, PassageHit, StoredDocument } from '../store/records.ts';
import type { SearchDocumentsAnswer } from './answers.ts';
import { cite, joinPath } from './citations.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { amendmentNotes } from './amendments.ts';
import { resolveFilters } from './filters.ts';
import { notesOn, termNotes } from './notes.ts';
import { rankPassages } from './rank.ts';
import type { SearchDocumentsRequest } from './requests.ts';
import type { SearchServices } from './search.ts';
import { documentsById, summarize } from './summary.ts';
import { queryTerms } from './terms.ts';

/** Passages quoted for each document found by a query. */
const quoted = 2;
/** Documents that a query by relevance considers at most. */
const considered = 1000;
/** A document is found when it scores at least this share of what the best one scores. */
const relevant = 0.35;
/** What a document's own name counts beside its best passage. */
const nameWeight = 1;

interface RankedDocument {
  documentId: string;
  score: number;
  passages: PassageHit[];
}

/** Documents by their names and by their best passage, the best first. */
async function rankDocuments(
  services: SearchServices,
  query: string,
  filter: DocumentFilter,
): Promise<RankedDocument[]> {
  const [named, passages] = await Promise.all([
    services.store.searchDocuments(queryTerms(query), filter, considered),
    rankPassages(services, query, filter),
  ]);
  const ranked = new Map<string, RankedDocument>();
  const at = (documentId: string): RankedDocument => {
    const found = ranked.get(documentId) ?? { documentId, score: 0, passages: [] };
    ranked.set(documentId, found);
    return found;
  };
  const best = named[0]?.score ?? 1;
  for (const hit of named) at(hit.documentId).score += nameWeight * (hit.score / best);
  for (const hit of passages) {
    const document = at(hit.documentId);
    if (document.passages.length === 0) document.score += hit.score;
    if (document.passages.length < quoted) document.passages.push(hit);
  }
  const most = Math.max(...[...ranked.values()].map((document) => document.score));
  return [...ranked.values()]
    .filter((document) => document.score >= most * relevant)
    .sort((a, b) => b.score - a.score || a.documentId.localeCompare(b.documentId));
}

async function matches(services: SearchServices, ranked: RankedDocument) {
  const stored = await services.store.text(ranked.documentId);
  if (!stored) return [];
  return ranked.passages
    .filter((hit) => hit.revision === stored.revision)
    .map((hit) => cite(stored.text, stored.pages, hit, joinPath(hit.path)));
}

async function byRelevance(
  services: SearchServices,
  query: string,
  filter: DocumentFilter,
  page: { offset: number; limit: number },
) {
  const ranked = await rankDocuments(services, query, filter);
  const shown = ranked.slice(page.offset, page.offset + page.limit);
  const known = await documentsById(
    services,
    shown.map((document) => document.documentId),
  );
  const documents: SearchDocumentsAnswer['documents'] = [];
  for (const document of shown) {
    const stored = known.get(document.documentId);
    if (!stored) continue; // removed since it was ranked
    documents.push({
      ...summarize(stored, services.today()),
      score: Number(document.score.toFixed(4)),
      matches: await matches(services, document),
    });
  }
  return { total: ranked.length, documents };
}

/** Contracts by what they are, who is in them, what they say and when they end. */
export async function searchDocuments(
  services: SearchServices,
  request: SearchDocumentsRequest,
): Promise<SearchDocumentsAnswer> {
  const offset = readCursor(request);
  const { filter, notes } = await resolveFilters(services, request);
  if (!filter) {
    const found = { filter, found: 0, notes };
    return { total: 0, documents: [], ...(await notesOn(services, request, found)) };
  }
  const page = { offset, limit: request.limit };
  const sort = request.sort ?? (request.query === undefined ? 'title' : 'relevance');

  const found =
    request.query !== undefined && sort === 'relevance'
      ? await byRelevance(services, request.query, filter, page)
      : await sorted(services, request.query, filter, sort === 'relevance' ? 'title' : sort, page);
  if (request.query !== undefined && found.total >= considered) {
    notes.push(
      `Only the ${considered} contracts nearest to the words were considered; filters narrow it.`,
    );
  }
  notes.push(...termNotes(found.documents, services.today()));
  notes.push(...(await amendmentNotes(services, found.documents)));
  const end = offset + request.limit;
  return {
    ...found,
    ...(end < found.total ? { next_cursor: writeCursor(request, end) } : {}),
    ...(await notesOn(services, request, { filter, found: found.total, notes })),
  };
}

/** In the order of a field; a query then says only which documents, not in which order. */
async function sorted(
  services: SearchServices,
  query: string | undefined,
  filter: DocumentFilter,
  sort: 'expiration_date' | 'effective_date' | 'modified' | 'title',
  page: { offset: number; limit: number },
) {
  const among =
    query === undefined
      ? filter
      : {
          ...filter,
          documentIds: (await rankDocuments(services, query, filter)).map((d) => d.documentId),
        };
  const { total, documents } = await services.store.documents(among, { sort, ...page });
  const summaries = documents.map((document: StoredDocument) =>
    summarize(document, services.today()),
  );
  return { total, documents: summaries };
}

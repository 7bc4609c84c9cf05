import type { DocumentFilter, PassageHit, StoredDocument } from '../store/records.ts';
import type { Citation, SearchDocumentsResponse } from './response-schemas.ts';
import { cite, headingsOf } from './citations.ts';
import { absencesOf } from './clause-presence.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { amendmentNotes } from './amendments.ts';
import { resolveFilters } from './filters.ts';
import { holdNotes, responseNotes, termNotes } from './response-notes.ts';
import { rankPassages } from './rank.ts';
import type { SearchDocumentsRequest } from './request-schemas.ts';
import type { SearchContext } from './context.ts';
import { documentsById, summarize } from './summary.ts';
import { queryTerms } from './query-tokens.ts';

/** Passages quoted for each document found by a query. */
const maxQuotedPassages = 2;
/** Documents that a query by relevance considers, at most. */
const topK = 1000;
/** A document is found when it scores at least this share of what the best one scores. */
const minRelativeScore = 0.35;
/** Weight of the names of a document; that of its best passage is 1. */
const nameWeight = 1;

/** A document found; with its score and quotations where the query ranked it. */
interface DocumentResult {
  stored: StoredDocument;
  ranked?: Pick<SearchDocumentsResponse['documents'][number], 'score' | 'matches'>;
}

interface RankedDocument {
  documentId: string;
  score: number;
  passages: PassageHit[];
}

/** Documents by their names and by their best passage, the best first. */
async function rankDocuments(
  context: SearchContext,
  query: string,
  filter: DocumentFilter,
): Promise<RankedDocument[]> {
  const [nameHits, passages] = await Promise.all([
    context.scopedIndex.searchDocuments(queryTerms(query), filter, topK),
    rankPassages(context, query, filter),
  ]);
  const ranked = new Map<string, RankedDocument>();
  const getOrCreate = (documentId: string): RankedDocument => {
    const document = ranked.get(documentId) ?? { documentId, score: 0, passages: [] };
    ranked.set(documentId, document);
    return document;
  };
  const best = nameHits[0]?.score ?? 1;
  for (const hit of nameHits) getOrCreate(hit.documentId).score += nameWeight * (hit.score / best);
  for (const hit of passages) {
    const document = getOrCreate(hit.documentId);
    if (document.passages.length === 0) document.score += hit.score;
    if (document.passages.length < maxQuotedPassages) document.passages.push(hit);
  }
  const maxScore = Math.max(...[...ranked.values()].map((document) => document.score));
  return [...ranked.values()]
    .filter((document) => document.score >= maxScore * minRelativeScore)
    .sort((a, b) => b.score - a.score || a.documentId.localeCompare(b.documentId));
}

/** The best passages of a document, verbatim; without those of a revision that was replaced meanwhile. */
async function citeMatches(
  { scopedIndex }: SearchContext,
  { documentId, passages }: RankedDocument,
  headings: Map<number, string>,
): Promise<Citation[]> {
  const stored = await scopedIndex.text(documentId);
  if (!stored) return [];
  return passages
    .filter((hit) => hit.revision === stored.revision)
    .map((hit) => cite(stored.text, stored.pages, hit, headings.get(hit.passageId)));
}

async function rankByRelevance(
  context: SearchContext,
  query: string,
  filter: DocumentFilter,
  paging: { offset: number; limit: number },
): Promise<{ total: number; documents: DocumentResult[] }> {
  const ranked = await rankDocuments(context, query, filter);
  const pageItems = ranked.slice(paging.offset, paging.offset + paging.limit);
  const storedById = await documentsById(
    context,
    pageItems.map((document) => document.documentId),
  );
  const headings = await headingsOf(
    context,
    pageItems.flatMap(({ passages }) => passages),
  );
  const documents: DocumentResult[] = [];
  for (const document of pageItems) {
    const stored = storedById.get(document.documentId);
    if (!stored) continue; // removed since it was ranked
    documents.push({
      stored,
      ranked: {
        score: Number(document.score.toFixed(4)),
        matches: await citeMatches(context, document, headings),
      },
    });
  }
  return { total: ranked.length, documents };
}

/** A found document as the response shows it, with the confidence of each absence that was requested. */
async function toResponseItem(
  context: SearchContext,
  { stored, ranked }: DocumentResult,
  lackedClauses: string[] | undefined,
): Promise<SearchDocumentsResponse['documents'][number]> {
  const absences =
    lackedClauses && lackedClauses.length > 0
      ? await absencesOf(context, stored, [...new Set(lackedClauses)])
      : undefined;
  const citations = [
    ...(ranked?.matches ?? []),
    ...(absences ?? []).flatMap(({ nearest }) => nearest ?? []),
  ];
  context.disclosure.recordDocuments([stored.documentId]);
  context.disclosure.recordSpans(stored.documentId, citations);
  return {
    ...summarize(stored, context.today()),
    ...ranked,
    ...(absences === undefined ? {} : { absences }),
  };
}

/** Contracts by metadata and by words, in the order requested. Throws `invalid_request` for contradictory conditions. */
export async function searchDocuments(
  context: SearchContext,
  request: SearchDocumentsRequest,
): Promise<SearchDocumentsResponse> {
  const offset = readCursor(request);
  const { filter, notes } = await resolveFilters(context, request);
  if (!filter) {
    const counts = { filter, found: 0, notes };
    return { total: 0, documents: [], ...(await responseNotes(context, request, counts)) };
  }
  const paging = { offset, limit: request.limit };
  const sort = request.sort ?? (request.query === undefined ? 'title' : 'relevance');

  const { total, documents: found } =
    request.query !== undefined && sort === 'relevance'
      ? await rankByRelevance(context, request.query, filter, paging)
      : await listSorted(
          context,
          request.query,
          filter,
          sort === 'relevance' ? 'title' : sort,
          paging,
        );
  const documents = await Promise.all(
    found.map((one) => toResponseItem(context, one, request.lacks_clauses)),
  );
  if (request.query !== undefined && total >= topK) {
    notes.push(
      `Only the ${topK} contracts nearest to the words were considered; filters narrow it.`,
    );
  }
  notes.push(...termNotes(documents, context.today()), ...holdNotes(documents));
  notes.push(...(await amendmentNotes(context, documents)));
  const end = offset + request.limit;
  return {
    total,
    documents,
    ...(end < total ? { next_cursor: writeCursor(request, end) } : {}),
    ...(await responseNotes(context, request, { filter, found: total, notes })),
  };
}

/** Documents in the order of a field; a query then restricts them and does not order them. */
async function listSorted(
  context: SearchContext,
  query: string | undefined,
  filter: DocumentFilter,
  sort: 'expiration_date' | 'effective_date' | 'modified' | 'title',
  paging: { offset: number; limit: number },
): Promise<{ total: number; documents: DocumentResult[] }> {
  const narrowedFilter =
    query === undefined
      ? filter
      : {
          ...filter,
          documentIds: (await rankDocuments(context, query, filter)).map((d) => d.documentId),
        };
  const { total, documents } = await context.scopedIndex.documents(narrowedFilter, {
    sort,
    ...paging,
  });
  return { total, documents: documents.map((stored) => ({ stored })) };
}

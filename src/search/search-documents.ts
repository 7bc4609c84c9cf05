import type { DocumentFilter, PassageHit, StoredDocument } from '../store/records.ts';
import type { Citation, SearchDocumentsResponse } from './response-schemas.ts';
import { cite, headingsOf } from './citations.ts';
import { absencesOf } from './clause-presence.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { amendmentNotes } from './amendments.ts';
import { resolveFilters } from './filters.ts';
import { holdNotes, responseNotes, termNotes } from './response-notes.ts';
import { nearestOnlyNote } from './likely-answer.ts';
import { rankQuery } from './rank.ts';
import type { SearchDocumentsRequest } from './request-schemas.ts';
import type { SearchContext } from './context.ts';
import { documentsById, summarize } from './summary.ts';
import { queryTerms } from './query-tokens.ts';
import { withConditions } from './understanding/condition-filter.ts';
import {
  conditionsOnDocuments,
  type Condition,
  type Understanding,
} from './understanding/conditions.ts';
import { understoodNote, understoodOf } from './understanding/descriptions.ts';
import { answerNotFound, findContracts, summarizeFound } from './understanding/find.ts';
import { givenConditions } from './understanding/given-conditions.ts';
import { givenInWords, withoutGiven } from './understanding/given-filters.ts';
import { understand } from './understanding/understand.ts';

/** Passages quoted for each document found by a query. */
const maxQuotedPassages = 2;
/** Documents that a query by relevance considers, at most. */
const topK = 1000;
/** A document is found when it scores at least this share of what the best one scores. */
const minRelativeScore = 0.35;
/** A query is a name where a document's names and first page have this share of its words, by their rarity. */
const minNameCoverage = 0.9;
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

/**
 * Documents by their names and by their best passage, the best first.
 * @param minShare the least score, as a share of the best one
 */
async function rankDocuments(
  context: SearchContext,
  query: string,
  filter: DocumentFilter,
  minShare = minRelativeScore,
): Promise<{ ranked: RankedDocument[]; isAnswered: boolean }> {
  const [nameHits, ranking] = await Promise.all([
    context.scopedIndex.searchDocuments(queryTerms(query), filter, topK),
    rankQuery(context, query, filter),
  ]);
  const { passages } = ranking;
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
  const isNamed = ranking.namesDocuments || (nameHits[0]?.coverage ?? 0) >= minNameCoverage;
  return {
    ranked: [...ranked.values()]
      .filter((document) => document.score >= maxScore * minShare)
      .sort((a, b) => b.score - a.score || a.documentId.localeCompare(b.documentId)),
    isAnswered: isNamed || ranking.isAnswered,
  };
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

/** A page of documents, and whether what ranked them is likely to answer. */
interface Listed {
  total: number;
  documents: DocumentResult[];
  isAnswered?: boolean;
}

async function rankByRelevance(
  context: SearchContext,
  query: string,
  filter: DocumentFilter,
  paging: { offset: number; limit: number },
): Promise<Listed> {
  const { ranked, isAnswered } = await rankDocuments(context, query, filter);
  const documents = await citeRanked(context, ranked, paging);
  return { total: ranked.length, documents, isAnswered };
}

/** One page of ranked documents, with quotations. */
async function citeRanked(
  context: SearchContext,
  ranked: RankedDocument[],
  paging: { offset: number; limit: number },
): Promise<DocumentResult[]> {
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
  return documents;
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

/**
 * Contracts by metadata and by words, in the order requested. What the words of the query say about which
 * contracts are meant becomes filters (`understand`), unless the request states these itself. Throws
 * `invalid_request` for contradictory conditions.
 */
export async function searchDocuments(
  context: SearchContext,
  request: SearchDocumentsRequest,
): Promise<SearchDocumentsResponse> {
  if (request.query === undefined) return listDocuments(context, request);
  const understanding = await understand(context, request.query);
  const conditions = withoutGiven(conditionsOnDocuments(understanding), request);
  if (conditions.length === 0) return listDocuments(context, request);
  const { filter, notes } = await resolveFilters(context, request);
  // the party that the request names is not known: its notes say so
  if (!filter) return listDocuments(context, request);
  return answerUnderstood(context, request, { base: filter, notes, conditions, understanding });
}

/** The same without looking at what the query says beside its words. */
export async function listDocuments(
  context: SearchContext,
  request: SearchDocumentsRequest,
): Promise<SearchDocumentsResponse> {
  const offset = readCursor(request);
  const { filter, notes } = await resolveFilters(context, request);
  if (!filter) {
    const counts = { filter, found: 0, notes };
    return {
      ...(await nearGiven(context, request)),
      total: 0,
      documents: [],
      ...(await responseNotes(context, request, counts)),
    };
  }
  const paging = { offset, limit: request.limit };
  const sort = request.sort ?? (request.query === undefined ? 'title' : 'relevance');

  const listed: Listed =
    request.query !== undefined && sort === 'relevance'
      ? await rankByRelevance(context, request.query, filter, paging)
      : await listSorted(
          context,
          request.query,
          filter,
          sort === 'relevance' ? 'title' : sort,
          paging,
        );
  const { total, documents: found } = listed;
  if (listed.isAnswered === false && found.length > 0) notes.unshift(nearestOnlyNote);
  if (request.query !== undefined && total >= topK) {
    notes.push(
      `Only the ${topK} contracts nearest to the words were considered; filters narrow it.`,
    );
  }
  const shown = await showResults(context, request, found, total, notes);
  return {
    ...(total === 0 ? await nearGiven(context, request) : {}),
    total,
    ...shown,
    ...(await responseNotes(context, request, { filter, found: total, notes })),
  };
}

/** Where the filters of a request leave nothing: that in a sentence, and what is near to it. */
async function nearGiven(
  context: SearchContext,
  request: SearchDocumentsRequest,
): Promise<Pick<SearchDocumentsResponse, 'summary' | 'related'>> {
  const { conditions, base } = await givenConditions(context, request);
  if (conditions.length === 0) return {};
  // the words of a query may be what nothing has
  const given =
    request.query === undefined ? givenInWords(pickOthers(request)) : ' for these words';
  return answerNotFound(context, base, conditions, { limit: request.limit, given });
}

/** The filters that are no conditions of a question. */
const pickOthers = ({ folder, modified_from, modified_to }: SearchDocumentsRequest) => ({
  folder,
  modified_from,
  modified_to,
});

/** One page of results, with the cursor of the next; what must be said about them is added to `notes`. */
async function showResults(
  context: SearchContext,
  request: SearchDocumentsRequest,
  found: DocumentResult[],
  total: number,
  notes: string[],
  lackedClauses = request.lacks_clauses,
): Promise<Pick<SearchDocumentsResponse, 'documents' | 'next_cursor'>> {
  const documents = await Promise.all(
    found.map((one) => toResponseItem(context, one, lackedClauses)),
  );
  notes.push(...termNotes(documents, context.today()), ...holdNotes(documents));
  notes.push(...(await amendmentNotes(context, documents)));
  const end = readCursor(request) + request.limit;
  return { documents, ...(end < total ? { next_cursor: writeCursor(request, end) } : {}) };
}

/** A request whose query states conditions, and the filter that it states itself. */
interface UnderstoodRequest {
  base: DocumentFilter;
  notes: string[];
  conditions: Condition[];
  understanding: Understanding;
}

/** The contracts that meet the conditions of a query; where none does, that first, and what is near. */
async function answerUnderstood(
  context: SearchContext,
  request: SearchDocumentsRequest,
  { base, notes: givenNotes, conditions, understanding }: UnderstoodRequest,
): Promise<SearchDocumentsResponse> {
  const paging = { offset: readCursor(request), limit: request.limit };
  const understood = understoodOf(conditions);
  const given = givenInWords(request);
  const found = await findContracts(context, base, conditions);
  const notes = [understoodNote(understood), ...givenNotes, ...found.notes];
  const noteFilter = withConditions(base, conditions);
  const withoutQuery = { ...request, query: undefined };
  if (found.total === 0) {
    const near = await answerNotFound(context, base, conditions, { limit: request.limit, given });
    const counts = { filter: noteFilter, found: 0, notes };
    return {
      ...near,
      total: 0,
      documents: [],
      understood,
      ...(await responseNotes(context, withoutQuery, counts)),
    };
  }
  // other words of the query narrow the list; a question about one contract is about all that meet it
  const narrows = understanding.asksForContracts && understanding.rest !== '';
  const sort = request.sort ?? defaultSort(conditions, narrows);
  const minShare = narrows ? minRelativeScore : 0;
  const { total, documents } =
    sort === 'relevance' && found.total <= topK
      ? await rankAll(context, request.query!, found.filter, { ...paging, minShare })
      : await listSorted(
          context,
          narrows ? request.query : undefined,
          found.filter,
          sort === 'relevance' ? 'title' : sort,
          paging,
        );
  const lackedClauses = [
    ...(request.lacks_clauses ?? []),
    ...conditions.flatMap((one) => (one.filter === 'lacks_clauses' ? one.clauses : [])),
  ];
  const shown = await showResults(context, request, documents, total, notes, lackedClauses);
  return {
    summary: await summarizeFound(context, found, conditions, given),
    total,
    ...shown,
    understood,
    ...(await responseNotes(context, withoutQuery, { filter: noteFilter, found: total, notes })),
  };
}

/** Dates that are asked for are the order of the answer. */
function defaultSort(conditions: Condition[], narrows: boolean): 'relevance' | 'expiration_date' {
  const isDated = conditions.some(({ filter }) => filter === 'expires' || filter === 'notice');
  return isDated && !narrows ? 'expiration_date' : 'relevance';
}

/** Documents that pass a filter, those that match the query first; with `minShare` above 0, these alone. */
async function rankAll(
  context: SearchContext,
  query: string,
  filter: DocumentFilter,
  { minShare, ...paging }: { offset: number; limit: number; minShare: number },
): Promise<{ total: number; documents: DocumentResult[] }> {
  const { ranked } = await rankDocuments(context, query, filter, minShare);
  if (minShare === 0) {
    const known = new Set(ranked.map(({ documentId }) => documentId));
    const { documents } = await context.scopedIndex.documents(filter, {
      sort: 'title',
      limit: topK,
    });
    for (const { documentId } of documents)
      if (!known.has(documentId)) ranked.push({ documentId, score: 0, passages: [] });
  }
  return { total: ranked.length, documents: await citeRanked(context, ranked, paging) };
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
          documentIds: (await rankDocuments(context, query, filter)).ranked.map(
            (d) => d.documentId,
          ),
        };
  const { total, documents } = await context.scopedIndex.documents(narrowedFilter, {
    sort,
    ...paging,
  });
  return { total, documents: documents.map((stored) => ({ stored })) };
}

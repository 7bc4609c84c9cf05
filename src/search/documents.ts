import type { DocumentFilter, PassageHit, StoredDocument } from '../store/records.ts';
import type { SearchDocumentsAnswer } from './answers.ts';
import { cite, headingOf } from './citations.ts';
import { absencesOf } from './clause-presence.ts';
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

/** A document of an answer, and what a query by relevance adds to it. */
interface Found {
  stored: StoredDocument;
  ranked?: Pick<SearchDocumentsAnswer['documents'][number], 'score' | 'matches'>;
}

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
    services.library.searchDocuments(queryTerms(query), filter, considered),
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
  const stored = await services.library.text(ranked.documentId);
  if (!stored) return [];
  const hits = ranked.passages.filter((hit) => hit.revision === stored.revision);
  return Promise.all(
    hits.map(async (hit) => cite(stored.text, stored.pages, hit, await headingOf(services, hit))),
  );
}

async function byRelevance(
  services: SearchServices,
  query: string,
  filter: DocumentFilter,
  page: { offset: number; limit: number },
): Promise<{ total: number; documents: Found[] }> {
  const ranked = await rankDocuments(services, query, filter);
  const shown = ranked.slice(page.offset, page.offset + page.limit);
  const known = await documentsById(
    services,
    shown.map((document) => document.documentId),
  );
  const documents: Found[] = [];
  for (const document of shown) {
    const stored = known.get(document.documentId);
    if (!stored) continue; // removed since it was ranked
    documents.push({
      stored,
      ranked: {
        score: Number(document.score.toFixed(4)),
        matches: await matches(services, document),
      },
    });
  }
  return { total: ranked.length, documents };
}

/** A found document as it is answered; where a clause must be absent, with how sure that is. */
async function answerOf(
  services: SearchServices,
  { stored, ranked }: Found,
  lacks: string[] | undefined,
): Promise<SearchDocumentsAnswer['documents'][number]> {
  const absences =
    lacks && lacks.length > 0 ? await absencesOf(services, stored, [...new Set(lacks)]) : undefined;
  return {
    ...summarize(stored, services.today()),
    ...ranked,
    ...(absences === undefined ? {} : { absences }),
  };
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

  const { total, documents: found } =
    request.query !== undefined && sort === 'relevance'
      ? await byRelevance(services, request.query, filter, page)
      : await sorted(services, request.query, filter, sort === 'relevance' ? 'title' : sort, page);
  const documents = await Promise.all(
    found.map((one) => answerOf(services, one, request.lacks_clauses)),
  );
  if (request.query !== undefined && total >= considered) {
    notes.push(
      `Only the ${considered} contracts nearest to the words were considered; filters narrow it.`,
    );
  }
  notes.push(...termNotes(documents, services.today()));
  notes.push(...(await amendmentNotes(services, documents)));
  const end = offset + request.limit;
  return {
    total,
    documents,
    ...(end < total ? { next_cursor: writeCursor(request, end) } : {}),
    ...(await notesOn(services, request, { filter, found: total, notes })),
  };
}

/** In the order of a field; a query then says only which documents, not in which order. */
async function sorted(
  services: SearchServices,
  query: string | undefined,
  filter: DocumentFilter,
  sort: 'expiration_date' | 'effective_date' | 'modified' | 'title',
  page: { offset: number; limit: number },
): Promise<{ total: number; documents: Found[] }> {
  const among =
    query === undefined
      ? filter
      : {
          ...filter,
          documentIds: (await rankDocuments(services, query, filter)).map((d) => d.documentId),
        };
  const { total, documents } = await services.library.documents(among, { sort, ...page });
  return { total, documents: documents.map((stored) => ({ stored })) };
}

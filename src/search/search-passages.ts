import { findHeadersAndFooters } from '../segment/headers-and-footers.ts';
import { indexText } from '../segment/index-text.ts';
import type { Span } from '../domain/documents.ts';
import type { StoredDocument, StoredText } from '../store/records.ts';
import { readConsistently, replaced } from '../store/read-consistently.ts';
import type { SearchPassagesResponse } from './response-schemas.ts';
import { cite, headingsOf, pageAt } from './citations.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { amendmentNotes } from './amendments.ts';
import { resolveFilters } from './filters.ts';
import type { RankedPassage } from './fusion.ts';
import { findHighlights } from './highlight.ts';
import { nearestOnlyNote } from './likely-answer.ts';
import { countQueryWords } from './query-words.ts';
import { holdNotes, responseNotes } from './response-notes.ts';
import { rankQuery, type Ranking } from './rank.ts';
import type { SearchPassagesRequest } from './request-schemas.ts';
import type { SearchContext } from './context.ts';
import { selectPassages, spreadDocuments } from './select-passages.ts';
import { documentsById, resourceUri, summarize } from './summary.ts';
import { understoodScope } from './understanding/passage-scope.ts';

type Passages = SearchPassagesResponse['passages'];

/** A page of the ranking with its text; `replaced` when a document was written after it was ranked. */
async function citePage(
  context: SearchContext,
  ranking: Ranking,
  page: { offset: number; limit: number },
): Promise<{ passages: Passages; documents: StoredDocument[]; end: number } | typeof replaced> {
  const texts = new Map<string, StoredText | undefined>();
  let isReplaced = false;
  const textOf = async ({ documentId, revision }: RankedPassage) => {
    if (!texts.has(documentId)) texts.set(documentId, await context.scopedIndex.text(documentId));
    const stored = texts.get(documentId);
    if (!stored || stored.revision === revision) return stored;
    isReplaced = true;
    return undefined;
  };
  const { selected, end } = await selectPassages(ranking.passages, page, textOf);
  if (isReplaced) return replaced;
  const found = selected.map(({ passage }) => passage);
  const documents = await documentsById(
    context,
    found.map(({ documentId }) => documentId),
  );
  const headings = await headingsOf(context, found);
  const highlights = await findHighlights(
    context,
    ranking,
    selected.map(({ passage, stored }) => ({ passage, text: stored.text })),
  );
  const passages = selected.flatMap(({ passage, stored, sameWording }, index) => {
    const document = documents.get(passage.documentId);
    if (!document) return []; // removed meanwhile
    const { start, end: highlightEnd } = highlights[index]!;
    return {
      document_id: passage.documentId,
      title: document.analysis.title,
      file_name: document.file.fileName,
      parties: document.analysis.parties.map(({ name }) => name),
      resource_uri: resourceUri(passage.documentId),
      ...(document.file.webUrl === undefined ? {} : { web_url: document.file.webUrl }),
      score: Number(passage.score.toFixed(4)),
      ...cite(stored.text, stored.pages, passage, headings.get(passage.passageId)),
      highlight: {
        text: readableText(stored, highlights[index]!),
        char_start: start,
        char_end: highlightEnd,
      },
      ...(sameWording.length > 0 ? { same_wording: sameWording } : {}),
    };
  });
  for (const passage of passages) {
    context.disclosure.recordSpans(passage.document_id, [passage]);
    context.disclosure.recordDocuments(passage.same_wording ?? []);
  }
  return { passages, documents: [...documents.values()], end };
}

/** A part of a text in one line, without headers and footers where it runs over pages. */
function readableText({ text, pages }: StoredText, span: Span): string {
  const isOnOnePage = pageAt(pages, span.start) === pageAt(pages, span.end - 1);
  return indexText(text, span, isOnOnePage ? [] : findHeadersAndFooters(text, pages));
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
  const { passages, documents, found, end, isAnswered } = await readConsistently(async () => {
    if (!filter) return { passages: [], documents: [], found: 0, end: 0, isAnswered: true };
    const ranking = await rankQuery(context, request.query, filter);
    const isOverAll = !ranking.namesDocuments && filter.documentIds?.length !== 1;
    if (isOverAll) ranking.passages = spreadDocuments(ranking.passages);
    const cited = await citePage(context, ranking, { offset, limit: request.limit });
    if (cited === replaced) return replaced;
    return { ...cited, isAnswered: ranking.isAnswered, found: ranking.passages.length };
  });
  const summaries = documents.map((one) => summarize(one, context.today()));
  notes.push(...holdNotes(summaries), ...(await amendmentNotes(context, summaries)));
  if (!isAnswered && passages.length > 0) notes.unshift(nearestOnlyNote);
  const words = filter ? await countQueryWords(context, request.query, filter) : [];
  return {
    ...(scope?.summary === undefined ? {} : { summary: scope.summary }),
    passages,
    ...(isAnswered ? {} : { nearest_only: true as const }),
    ...(words.length > 0 ? { words } : {}),
    ...(scope?.understood === undefined ? {} : { understood: scope.understood }),
    ...(end < found ? { next_cursor: writeCursor(request, end) } : {}),
    ...(await responseNotes(context, request, { filter, found, notes })),
  };
}

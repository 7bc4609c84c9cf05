import { DeedboxError } from '../errors/errors.ts';
import { amendmentNotes } from './amendments.ts';
import type { GetDocumentResponse } from './response-schemas.ts';
import { collectFacts } from './facts.ts';
import { redactionNotes } from './redaction-notes.ts';
import { readingNotes } from './reading-notes.ts';
import type { GetDocumentRequest } from './request-schemas.ts';
import { holdNotes } from './response-notes.ts';
import { readRevision } from './revision.ts';
import type { SearchContext } from './context.ts';
import { summarize } from './summary.ts';

type PageText = GetDocumentResponse['pages'][number];

/** The span of a page's text, for the record of disclosures. */
export function pageSpan({ page, char_start, char_end }: PageText) {
  return { char_start, char_end, page_start: page, page_end: page };
}

/** Characters of page text in one answer. The first page is given whole, however long. */
const maxTextCharacters = 24_000;

/**
 * One document: its summary, each fact with its citations, and the text of some of its pages.
 * @throws DeedboxError `not_found` for an unknown id; `invalid_request` for pages that do not exist;
 * `not_ready` when the document is replaced again and again meanwhile
 */
export async function getDocument(
  context: SearchContext,
  request: GetDocumentRequest,
): Promise<GetDocumentResponse> {
  const { document, stored } = await readRevision(context, request.document_id, async () => {});
  const from = request.page_from ?? 1;
  const to = request.page_to ?? Math.max(from, stored.pages.length);
  if (from > to || from > stored.pages.length) {
    throw new DeedboxError(
      'invalid_request',
      `${from === to ? `Page ${from} was` : `Pages ${from} to ${to} were`} requested; the document has ${stored.pages.length}.`,
      {
        hint: `page_from lies between 1 and ${stored.pages.length}, and page_to is not before it.`,
      },
    );
  }

  const pages: GetDocumentResponse['pages'] = [];
  let characters = 0;
  let nextPage: number | undefined;
  for (const page of stored.pages.slice(from - 1, to)) {
    if (pages.length > 0 && characters + page.end - page.start > maxTextCharacters) {
      nextPage = page.number;
      break;
    }
    pages.push({
      page: page.number,
      char_start: page.start,
      char_end: page.end,
      text: stored.text.slice(page.start, page.end),
    });
    characters += page.end - page.start;
  }
  const summary = summarize(document, context.today());
  const facts = collectFacts(document, stored, context.today());
  context.disclosure.recordDocuments([summary.document_id]);
  context.disclosure.recordSpans(summary.document_id, [
    ...facts.facts.flatMap(({ citations }) => citations),
    ...pages.map(pageSpan),
  ]);
  const notes = [
    ...redactionNotes(context),
    ...(await amendmentNotes(context, [summary])),
    ...holdNotes([summary]),
    ...readingNotes([summary]),
  ];
  return {
    document: summary,
    ...facts,
    pages,
    ...(nextPage === undefined ? {} : { next_page: nextPage }),
    ...(notes.length === 0 ? {} : { notes }),
  };
}

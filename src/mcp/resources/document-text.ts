import type { Page } from '../../domain/documents.ts';
import type { Disclosure } from '../../settings/disclosure.ts';
import { extractClauses } from '../../search/extract-clauses.ts';
import { redactionNotes } from '../../search/redaction-notes.ts';
import { readRevision } from '../../search/revision.ts';
import { documentsById, resourceUri, summarize } from '../../search/summary.ts';
import { DeedboxError } from '../../errors/errors.ts';
import type { DisclosedSpan } from '../../audit/record.ts';
import { clausesText, formatPage, summaryText } from '../render.ts';
import type { McpServices } from '../services.ts';
import {
  annotateMissingClauses,
  reducedCount,
  truncateClauses,
  truncationPoint,
} from '../truncate.ts';

async function load(services: McpServices, documentId: string) {
  const { document, stored } = await readRevision(services, documentId, async () => {});
  return { summary: summarize(document, services.today()), ...stored };
}

/** Characters of one resource that are reserved for notes on redaction and on how to read on. */
const reservedCharacters = 1000;

const formatRedactionNotes = (services: McpServices) =>
  redactionNotes(services).map((note) => `Note: ${note}`);

/** A page under its mark, in at most `maxCharacters`; one that is longer says how to read on. */
function renderPage(documentId: string, page: Page, text: string, maxCharacters: number) {
  const pageText = text.slice(page.start, page.end);
  const whole = formatPage(page.number, pageText);
  let end = pageText.length;
  let part = whole;
  // fences and shown characters make it longer than the text by as much as the text has of them
  while (part.length > maxCharacters && end > 2) {
    const maxTextCharacters = reducedCount(end, maxCharacters / part.length);
    end = truncationPoint(pageText, Math.max(2, maxTextCharacters));
    part = formatPage(page.number, pageText.slice(0, end));
  }
  const span: DisclosedSpan = {
    char_start: page.start,
    char_end: page.start + end,
    page_start: page.number,
    page_end: page.number,
  };
  if (part === whole) return { part, span };
  const readOn =
    `This page goes on: call get_document with document_id "${documentId}", page_from ${page.number} ` +
    `and page_offset ${end}.`;
  return { part: `${part}\n\n${readOn}`, span };
}

/**
 * A contract as Markdown: its facts, then its text with page marks. A long one is cut at the end of a
 * page, or within its first page, and says how to read on.
 */
export async function documentMarkdown(
  services: McpServices,
  { maxCharacters: characters }: Disclosure,
  documentId: string,
): Promise<string> {
  const { summary, text, pages } = await load(services, documentId);
  const sections = [[summaryText(summary), ...formatRedactionNotes(services)].join('\n\n')];
  services.disclosure.recordDocuments([documentId]);
  let maxCharacters = characters - reservedCharacters - sections[0]!.length;
  for (const page of pages) {
    const { part, span } = renderPage(
      documentId,
      page,
      text,
      sections.length === 1 ? maxCharacters : Infinity,
    );
    if (part.length > maxCharacters && sections.length > 1) {
      sections.push(
        `This address ends here. Pages ${page.number} to ${pages.length} are at ` +
          `${resourceUri(documentId)}/pages/${page.number} and following.`,
      );
      break;
    }
    sections.push(part);
    services.disclosure.recordSpans(documentId, [span]);
    maxCharacters -= part.length + 2;
  }
  return sections.join('\n\n');
}

/** One page of a contract, its text between fences, under its mark; a very long one in part. */
export async function pageMarkdown(
  services: McpServices,
  { maxCharacters: characters }: Disclosure,
  documentId: string,
  number: string,
): Promise<string> {
  const { text, pages } = await load(services, documentId);
  const page = pages.find((candidate) => String(candidate.number) === number);
  if (!page) {
    throw new DeedboxError('not_found', `Document ${documentId} has no page ${number}.`, {
      hint: `Its pages are 1 to ${pages.length}.`,
    });
  }
  const { part, span } = renderPage(documentId, page, text, characters - reservedCharacters);
  services.disclosure.recordSpans(documentId, [span]);
  return [part, ...formatRedactionNotes(services)].join('\n\n');
}

/** The likeliest clauses of every type found in a contract; where they are too long, some of them. */
export async function clausesMarkdown(
  services: McpServices,
  { maxCharacters: characters }: Disclosure,
  documentId: string,
): Promise<string> {
  const request = { document_ids: [documentId], max_per_type: 3 };
  const full = await extractClauses(services, request);
  let truncated = full;
  for (;;) {
    const annotated =
      truncated === full ? full : await annotateMissingClauses(services, full, truncated);
    const text = clausesText(annotated);
    if (text.length < characters) return text;
    const shorterAnswer = await truncateClauses(services, truncated, characters / text.length);
    if (!shorterAnswer) return text;
    truncated = shorterAnswer;
  }
}

/** How many pages a contract has; 0 for an unknown one. */
export async function pageCount(services: McpServices, documentId: string): Promise<number> {
  return (await documentsById(services, [documentId])).get(documentId)?.pages ?? 0;
}

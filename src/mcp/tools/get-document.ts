import * as z from 'zod/v4';
import { DeedboxError } from '../../errors/errors.ts';
import { getDocumentResponseSchema } from '../../search/response-schemas.ts';
import { getDocument, pageSpan } from '../../search/get-document.ts';
import { getDocumentRequestSchema } from '../../search/request-schemas.ts';
import { markdownName, markdownSentence } from '../../encode/markdown.ts';
import { formatFooter, formatCitation, formatPage, summaryText } from '../render.ts';
import type { McpServices } from '../services.ts';
import {
  annotateMissingCitations,
  countCitedCharacters,
  dedupeCitations,
  dropLongestCitation,
  reducedCount,
  truncationPoint,
} from '../truncate.ts';
import { defineTool, privacyNotice } from './tool.ts';

/** Characters of one page in one answer; a file without page breaks is one page of any length. */
const maxPageCharacters = 20_000;
/** Characters of quotations beyond which they are truncated before the text: an answer has them twice. */
const maxCitedCharacters = (characters: number) => (characters - 12_000) / 3;

const input = getDocumentRequestSchema.extend({
  page_offset: z
    .int()
    .nonnegative()
    .optional()
    .describe('next_page_offset of the previous answer, to go on within a very long page'),
});
const output = getDocumentResponseSchema.extend({
  next_page_offset: z.int().positive().optional(),
});

type Answer = z.output<typeof output>;

type PageText = Answer['pages'][number];

/** The pages of an answer replaced by fewer, or by a part of one. */
function replacePages(services: McpServices, answer: Answer, pages: PageText[]): Answer {
  const { document_id: id } = answer.document;
  services.disclosure.retractSpans(id, answer.pages.map(pageSpan));
  services.disclosure.recordSpans(id, pages.map(pageSpan));
  return { ...answer, pages };
}

/** A page from one offset in its given text to another. */
function slicePage(page: PageText, from: number, to = page.text.length): PageText {
  const { char_start: start } = page;
  const text = page.text.slice(from, to);
  return { ...page, char_start: start + from, char_end: start + from + text.length, text };
}

async function read(services: McpServices, args: z.output<typeof input>): Promise<Answer> {
  const { page_offset: offset = 0, ...request } = args;
  const answer = await getDocument(services, request);
  const [first] = answer.pages;
  const remainingText = first?.text.slice(offset) ?? '';
  if (first && offset > 0 && remainingText === '') {
    throw new DeedboxError(
      'invalid_request',
      `Page ${first.page} has ${first.text.length} characters, so page_offset ${offset} is past its end.`,
      { hint: 'Use next_page and next_page_offset as the previous answer gave them.' },
    );
  }
  if (!first || (offset === 0 && remainingText.length <= maxPageCharacters)) return answer;
  if (remainingText.length <= maxPageCharacters) {
    return replacePages(services, answer, [slicePage(first, offset), ...answer.pages.slice(1)]);
  }
  const end = truncationPoint(remainingText, maxPageCharacters);
  return {
    ...replacePages(services, answer, [slicePage(first, offset, offset + end)]),
    next_page: first.page,
    next_page_offset: offset + end,
  };
}

/** Fewer pages, or less of the only one, which begins at `offset`; undefined when little is left. */
function truncateText(
  services: McpServices,
  offset: number,
  answer: Answer,
  share: number,
): Answer | undefined {
  const [first] = answer.pages;
  if (!first) return undefined;
  if (answer.pages.length > 1) {
    const count = Math.max(1, reducedCount(answer.pages.length, share));
    const next_page = answer.pages[count]!.page;
    return { ...replacePages(services, answer, answer.pages.slice(0, count)), next_page };
  }
  if (first.text.length <= 2) return undefined;
  const end = truncationPoint(first.text, Math.max(2, reducedCount(first.text.length, share)));
  return {
    ...replacePages(services, answer, [slicePage(first, 0, end)]),
    next_page: first.page,
    next_page_offset: offset + end,
  };
}

export const getDocumentTool = defineTool({
  name: 'get_document',
  title: 'Read a contract',
  description:
    'Read one contract: its facts (parties, dates, law, signature) each with the quotations that prove ' +
    'it and how it was computed, and the text of pages page_from to page_to. Use it to verify a fact or ' +
    'to read around a passage. Where next_page is given, call again with page_from = next_page (and ' +
    'page_offset = next_page_offset, if given). ' +
    'not_found lists facts the contract does not state: say so, never guess them; not_read, those that ' +
    'may stand on what was not read: never call them absent. ' +
    privacyNotice,
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  input,
  output,
  run: read,
  text(answer) {
    const facts = answer.facts.map((fact) => {
      const value = fact.value === undefined ? '' : `: ${markdownName(fact.value)}`;
      const basis = fact.basis === undefined ? '' : ` (${fact.basis})`;
      const explanation =
        fact.explanation === undefined ? '' : ` — ${markdownSentence(fact.explanation)}`;
      return [
        `${fact.fact}${value}${basis}${explanation}`,
        ...fact.citations.map(formatCitation),
      ].join('\n');
    });
    return [
      summaryText(answer.document),
      ...facts,
      answer.not_found.length > 0 ? `Not stated: ${answer.not_found.join(', ')}` : undefined,
      answer.not_read
        ? `Not found, and not all was read: ${answer.not_read.join(', ')}`
        : undefined,
      ...answer.pages.map((page) => formatPage(page.page, page.text)),
      answer.next_page === undefined
        ? undefined
        : `More: call again with page_from ${answer.next_page}${answer.next_page_offset === undefined ? '' : ` and page_offset ${answer.next_page_offset}`}.`,
      ...formatFooter(answer),
    ]
      .filter((part) => part !== undefined)
      .join('\n\n');
  },
  truncate: (services, args, answer, share, { maxCharacters: characters }) =>
    countCitedCharacters(answer) > maxCitedCharacters(characters)
      ? (dedupeCitations(services, answer) ?? dropLongestCitation(services, answer))
      : (truncateText(services, args.page_offset ?? 0, answer, share) ??
        dedupeCitations(services, answer) ??
        dropLongestCitation(services, answer)),
  annotate: annotateMissingCitations,
});

import type { Page } from '../../documents.ts';
import type { Disclosure } from '../../disclosure-settings.ts';
import { extractClauses } from '../../search/clauses.ts';
import { redactionNotes } from '../../search/redaction-notes.ts';
import { readRevision } from '../../search/revision.ts';
import { documentsById, resourceUri, summarize } from '../../search/summary.ts';
import { DeedboxError } from '../../errors.ts';
import type { DisclosedSpan } from '../../audit/record.ts';
import type { Disclosing } from '../answered.ts';
import { clausesText } from '../clauses-text.ts';
import { disclosedIn } from '../disclosed.ts';
import { fewerClauses, noteMissingClauses } from '../fewer-clauses.ts';
import { summaryText } from '../render.ts';
import type { McpServices } from '../services.ts';
import { partEnd } from '../text-part.ts';

async function load(services: McpServices, documentId: string) {
  const { document, stored } = await readRevision(services, documentId, async () => {});
  return { summary: summarize(document, services.today()), ...stored };
}

const mark = (page: number) => `— page ${page} —`;

/** Of the characters of one resource, what is left free for a word on what is hidden and where it goes on. */
const reserve = 1000;

const notesOf = (services: McpServices) => redactionNotes(services).map((note) => `Note: ${note}`);

/** A page under its mark, in at most `room` characters; one that is longer says how to read on. */
function pagePart(documentId: string, page: Page, text: string, room: number) {
  const whole = text.slice(page.start, page.end);
  const head = `${mark(page.number)}\n\n`;
  const end = partEnd(whole, Math.max(2, room - head.length));
  const span: DisclosedSpan = {
    char_start: page.start,
    char_end: page.start + end,
    page_start: page.number,
    page_end: page.number,
  };
  if (end === whole.length) return { part: head + whole, span };
  const part =
    `${head}${whole.slice(0, end)}\n\nThis page goes on: call get_document with document_id ` +
    `"${documentId}", page_from ${page.number} and page_offset ${end}.`;
  return { part, span };
}

/**
 * A contract as Markdown: its facts, then its text with page marks. A long one ends at a page's end,
 * or within its first page, and says where it goes on.
 */
export async function documentMarkdown(
  services: McpServices,
  { characters }: Disclosure,
  documentId: string,
): Promise<Disclosing<string>> {
  const { summary, text, pages } = await load(services, documentId);
  const parts = [[summaryText(summary), ...notesOf(services)].join('\n\n')];
  const spans: DisclosedSpan[] = [];
  let room = characters - reserve - parts[0]!.length;
  for (const page of pages) {
    const { part, span } = pagePart(documentId, page, text, parts.length === 1 ? room : Infinity);
    if (part.length > room && parts.length > 1) {
      parts.push(
        `This address ends here. Pages ${page.number} to ${pages.length} are at ` +
          `${resourceUri(documentId)}/pages/${page.number} and following.`,
      );
      break;
    }
    parts.push(part);
    spans.push(span);
    room -= part.length + 2;
  }
  return { answer: parts.join('\n\n'), disclosed: [{ document_id: documentId, spans }] };
}

/** One page of a contract, its text as it is stored, under its mark; a very long one in part. */
export async function pageMarkdown(
  services: McpServices,
  { characters }: Disclosure,
  documentId: string,
  number: string,
): Promise<Disclosing<string>> {
  const { text, pages } = await load(services, documentId);
  const page = pages.find((candidate) => String(candidate.number) === number);
  if (!page) {
    throw new DeedboxError('not_found', `Document ${documentId} has no page ${number}.`, {
      hint: `Its pages are 1 to ${pages.length}.`,
    });
  }
  const { part, span } = pagePart(documentId, page, text, characters - reserve);
  return {
    answer: [part, ...notesOf(services)].join('\n\n'),
    disclosed: [{ document_id: documentId, spans: [span] }],
  };
}

/** The likeliest clauses of every type found in a contract; where they are too long, some of them. */
export async function clausesMarkdown(
  services: McpServices,
  { characters }: Disclosure,
  documentId: string,
): Promise<Disclosing<string>> {
  const request = { document_ids: [documentId], max_per_type: 3 };
  const named: string[] = [];
  const alsoNamed = (ids: string[]) => void named.push(...ids);
  const whole = await extractClauses({ ...services, alsoNamed }, request);
  let shown = whole;
  for (;;) {
    const told = shown === whole ? whole : await noteMissingClauses(services, whole, shown);
    const text = clausesText(told);
    const made = { answer: text, disclosed: disclosedIn(told, named) };
    if (text.length < characters) return made;
    const shorter = await fewerClauses(services, shown, characters / text.length);
    if (!shorter) return made;
    shown = shorter;
  }
}

/** How many pages a contract has; 0 for an unknown one. */
export async function pageCount(services: McpServices, documentId: string): Promise<number> {
  return (await documentsById(services, [documentId])).get(documentId)?.pages ?? 0;
}

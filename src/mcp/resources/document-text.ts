import { extractClauses } from '../../search/clauses.ts';
import { documentsById, resourceUri, summarize } from '../../search/summary.ts';
import { DeedboxError } from '../../errors.ts';
import { clausesText } from '../clauses-text.ts';
import { summaryText } from '../render.ts';
import type { McpServices } from '../services.ts';
import { answerLimit } from '../tools/tool.ts';

async function load(services: McpServices, documentId: string) {
  const [documents, stored] = await Promise.all([
    documentsById(services, [documentId]),
    services.store.text(documentId),
  ]);
  const document = documents.get(documentId);
  if (!document || !stored) {
    throw new DeedboxError('not_found', `There is no document ${documentId}.`, {
      hint: 'search_documents and resources/list give the ids.',
    });
  }
  return { summary: summarize(document, services.today()), ...stored };
}

const mark = (page: number) => `— page ${page} —`;

/**
 * A contract as Markdown: its facts, then its text with page marks. A long one ends at a page's end
 * and says where it goes on.
 */
export async function documentMarkdown(services: McpServices, documentId: string): Promise<string> {
  const { summary, text, pages } = await load(services, documentId);
  const parts = [summaryText(summary)];
  let length = parts[0]!.length;
  for (const page of pages) {
    const part = `${mark(page.number)}\n\n${text.slice(page.start, page.end)}`;
    if (parts.length > 1 && length + part.length > answerLimit) {
      parts.push(
        `This address ends here. Pages ${page.number} to ${pages.length} are at ` +
          `${resourceUri(documentId)}/pages/${page.number} and following.`,
      );
      break;
    }
    parts.push(part);
    length += part.length;
  }
  return parts.join('\n\n');
}

/** One page of a contract, its text as it is stored, under its mark. */
export async function pageMarkdown(
  services: McpServices,
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
  return `${mark(page.number)}\n\n${text.slice(page.start, page.end)}`;
}

/** The likeliest clauses of every type found in a contract. */
export async function clausesMarkdown(services: McpServices, documentId: string): Promise<string> {
  const request = { document_ids: [documentId], max_per_type: 3 };
  const whole = clausesText(await extractClauses(services, request));
  if (whole.length < answerLimit) return whole;
  const short = clausesText(await extractClauses(services, { ...request, max_per_type: 1 }));
  return `${short}\n\nOnly the likeliest clause of each type is shown; extract_clauses gives more.`;
}

/** How many pages a contract has; 0 for an unknown one. */
export async function pageCount(services: McpServices, documentId: string): Promise<number> {
  return (await documentsById(services, [documentId])).get(documentId)?.pages ?? 0;
}

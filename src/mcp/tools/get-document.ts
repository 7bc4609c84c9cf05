import { getDocumentAnswer } from '../../search/answers.ts';
import { getDocument } from '../../search/document.ts';
import { getDocumentRequest } from '../../search/requests.ts';
import { quote, summaryText } from '../render.ts';
import { defineTool } from './tool.ts';

export const getDocumentTool = defineTool({
  name: 'get_document',
  title: 'Read a contract',
  description:
    'Read one contract: its facts (parties, dates, law, signature) each with the quotations that prove ' +
    'it and how it was computed, and the text of pages page_from to page_to. Use it to verify a fact or ' +
    'to read around a passage. Where next_page is given, call again with page_from = next_page. ' +
    'not_found lists facts the contract does not state: say so, never guess them.',
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  input: getDocumentRequest,
  output: getDocumentAnswer,
  run: getDocument,
  text(answer) {
    const facts = answer.facts.map((fact) => {
      const value = fact.value === undefined ? '' : `: ${fact.value}`;
      const basis = fact.basis === undefined ? '' : ` (${fact.basis})`;
      const how = fact.explanation === undefined ? '' : ` — ${fact.explanation}`;
      return [`${fact.fact}${value}${basis}${how}`, ...fact.citations.map(quote)].join('\n');
    });
    return [
      summaryText(answer.document),
      ...facts,
      answer.not_found.length > 0 ? `Not stated: ${answer.not_found.join(', ')}` : undefined,
      ...answer.pages.map((page) => `— page ${page.page} —\n${page.text}`),
      answer.next_page === undefined
        ? undefined
        : `More: call again with page_from ${answer.next_page}.`,
    ]
      .filter((part) => part !== undefined)
      .join('\n\n');
  },
  narrow(args, answer, share) {
    const [first] = answer.pages;
    if (!first || answer.pages.length <= 1) return undefined;
    const count = Math.max(
      1,
      Math.min(answer.pages.length - 1, Math.floor(answer.pages.length * share * 0.95)),
    );
    return { ...args, page_from: first.page, page_to: first.page + count - 1 };
  },
});

import { searchPassagesResponseSchema } from '../../search/response-schemas.ts';
import { searchPassages } from '../../search/search-passages.ts';
import { searchPassagesRequestSchema } from '../../search/request-schemas.ts';
import {
  formatFooter,
  formatPassage,
  formatSummary,
  formatWords,
  sourceText,
  titleLink,
} from '../render.ts';
import { defineTool, reduceLimit, privacyNotice } from './tool.ts';

export const searchPassagesTool = defineTool({
  name: 'search_passages',
  title: 'Search contract text',
  description:
    'Find the passages that answer a question in free words, over all contracts or document_ids, with ' +
    'the filters of search_documents. Returns verbatim text with page, offsets and the ' +
    'contract it is from, the best first. Quote verbatim with page. For a known kind of clause ' +
    'extract_clauses is more exact; get_document shows what stands around a passage. ' +
    privacyNotice,
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  input: searchPassagesRequestSchema,
  output: searchPassagesResponseSchema,
  run: searchPassages,
  text(answer) {
    const passages = answer.passages.map(
      (passage, index) =>
        `${index + 1}. **${titleLink(passage)}** (${sourceText(passage)}) — document_id \`${passage.document_id}\`\n${formatPassage(passage)}`,
    );
    return [
      ...formatSummary(answer),
      passages.length === 0 ? 'No passage matches.' : undefined,
      ...passages,
      ...formatWords(answer),
      ...formatFooter(answer),
    ]
      .filter((part) => part !== undefined)
      .join('\n\n');
  },
  limitDocuments(args, { passages }, documents) {
    const seenIds = new Set<string>();
    const limit = passages.findIndex(({ document_id: id, same_wording: others = [] }) => {
      for (const one of [id, ...others]) seenIds.add(one);
      return seenIds.size > documents;
    });
    if (limit < 0 || args.limit === 1) return undefined;
    return {
      args: { ...args, limit: Math.max(1, limit) },
      remainderHint: 'call again with next_cursor.',
    };
  },
  reduceQuery(args, answer, share) {
    const limit = reduceLimit(args.limit, answer.passages.length, share);
    return limit === undefined ? undefined : { ...args, limit };
  },
});

import { searchPassagesAnswer } from '../../search/answers.ts';
import { searchPassages } from '../../search/passages.ts';
import { searchPassagesRequest } from '../../search/requests.ts';
import { closing, quote, titleLink } from '../render.ts';
import { defineTool, lowerLimit, whereItGoes } from './tool.ts';

export const searchPassagesTool = defineTool({
  name: 'search_passages',
  title: 'Search contract text',
  description:
    'Find the passages that answer a question in free words, over all contracts or document_ids, with ' +
    'the filters of search_documents. Returns verbatim text with page, offsets and the ' +
    'contract it is from, the best first. Quote verbatim with page. For a known kind of clause ' +
    'extract_clauses is more exact; get_document shows what stands around a passage. ' +
    whereItGoes,
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  input: searchPassagesRequest,
  output: searchPassagesAnswer,
  run: searchPassages,
  text(answer) {
    const passages = answer.passages.map(
      (passage, index) =>
        `${index + 1}. **${titleLink(passage)}** — document_id \`${passage.document_id}\`\n${quote(passage)}`,
    );
    return [
      passages.length === 0 ? 'No passage matches.' : undefined,
      ...passages,
      ...closing(answer),
    ]
      .filter((part) => part !== undefined)
      .join('\n\n');
  },
  bound(args, { passages }, documents) {
    const known = new Set<string>();
    const limit = passages.findIndex(({ document_id: id }) => known.add(id).size > documents);
    if (limit < 0) return undefined;
    return { args: { ...args, limit }, others: 'call again with next_cursor.' };
  },
  narrow(args, answer, share) {
    const limit = lowerLimit(args.limit, answer.passages.length, share);
    return limit === undefined ? undefined : { ...args, limit };
  },
});

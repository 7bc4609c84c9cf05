import {
  searchDocumentsResponseSchema,
  type ClauseAbsence,
} from '../../search/response-schemas.ts';
import { searchDocuments } from '../../search/search-documents.ts';
import { searchDocumentsRequestSchema } from '../../search/request-schemas.ts';
import { formatFooter, formatCitation, summaryText } from '../render.ts';
import { defineTool, reduceLimit, privacyNotice } from './tool.ts';

function absenceText({ clause_type, confidence, nearest }: ClauseAbsence): string {
  const absence = `No ${clause_type} (confidence of the absence ${confidence.toFixed(2)})`;
  return nearest === undefined
    ? `${absence}; nothing came near.`
    : `${absence}; nearest to one is:\n${formatCitation(nearest)}`;
}

export const searchDocumentsTool = defineTool({
  name: 'search_documents',
  title: 'Find contracts',
  description:
    'Find which contracts exist: by words, party, type, governing law, status, dates, or clauses they ' +
    'have or lack. Use it first for "have we signed an NDA with X?" or "what expires by June?"; without ' +
    'query it lists the register. Returns facts of each contract and matching quotations, and total; ' +
    'with lacks_clauses also how sure each absence is. ' +
    'Then use extract_clauses or get_document with the document_id for proof. ' +
    privacyNotice,
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  input: searchDocumentsRequestSchema,
  output: searchDocumentsResponseSchema,
  run: searchDocuments,
  text(answer) {
    const documents = answer.documents.map((document, index) =>
      [
        `${index + 1}. ${summaryText(document)}`,
        ...(document.matches ?? []).map(formatCitation),
        ...(document.absences ?? []).map(absenceText),
      ].join('\n'),
    );
    const count =
      answer.total === 0
        ? 'No contract matches.'
        : `${answer.total} contract${answer.total === 1 ? '' : 's'} match${answer.total === 1 ? 'es' : ''}; ${answer.documents.length} shown.`;
    return [count, ...documents, ...formatFooter(answer)].join('\n\n');
  },
  limitDocuments: (args, answer, documents) =>
    answer.documents.length > documents
      ? { args: { ...args, limit: documents }, remainderHint: 'call again with next_cursor.' }
      : undefined,
  reduceQuery(args, answer, share) {
    const limit = reduceLimit(args.limit, answer.documents.length, share);
    return limit === undefined ? undefined : { ...args, limit };
  },
});

import {
  searchDocumentsResponseSchema,
  type ClauseAbsence,
} from '../../search/response-schemas.ts';
import { searchDocuments } from '../../search/search-documents.ts';
import { searchDocumentsRequestSchema } from '../../search/request-schemas.ts';
import {
  formatFooter,
  formatCitation,
  formatSummary,
  relatedText,
  summaryText,
} from '../render.ts';
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
    'have or lack. Use it first for "have we signed an NDA with X?" or "what expires by June?": what the ' +
    'query names becomes filters (understood). Without query it lists the register. Returns a summary to ' +
    'read first, facts and quotations of each match, and total; related is near, but no match. ' +
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
    const matching = `${answer.total} contract${answer.total === 1 ? '' : 's'} match${answer.total === 1 ? 'es' : ''}; ${answer.documents.length} shown.`;
    const none = answer.summary === undefined ? ['No contract matches.'] : [];
    return [
      ...formatSummary(answer),
      ...(answer.total === 0 ? none : [matching]),
      ...documents,
      ...relatedText(answer.related),
      ...formatFooter(answer),
    ].join('\n\n');
  },
  limitDocuments: (args, answer, documents) =>
    Math.max(answer.documents.length, answer.related?.length ?? 0) > documents
      ? { args: { ...args, limit: documents }, remainderHint: 'call again with next_cursor.' }
      : undefined,
  reduceQuery(args, answer, share) {
    const shown = Math.max(answer.documents.length, answer.related?.length ?? 0);
    const limit = reduceLimit(args.limit, shown, share);
    return limit === undefined ? undefined : { ...args, limit };
  },
});

import { extractClausesResponseSchema } from '../../search/response-schemas.ts';
import { extractClauses } from '../../search/extract-clauses.ts';
import { extractClausesRequestSchema } from '../../search/request-schemas.ts';
import { clausesText } from '../render.ts';
import { annotateMissingClauses, truncateClauses } from '../truncate.ts';
import { defineTool, privacyNotice } from './tool.ts';

export const extractClausesTool = defineTool({
  name: 'extract_clauses',
  title: 'Extract clauses',
  description:
    'Read chosen contracts (document_ids from search_documents) for clauses of given types, or for a ' +
    'question in free words. Returns each clause verbatim with page, offsets and confidence from 0 to 1, ' +
    'and not_found for types without one (not_read: unknown, as not all was read). ' +
    'Say so where confidence is low, and check a surprising not_found with search_passages. ' +
    privacyNotice,
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  input: extractClausesRequestSchema,
  output: extractClausesResponseSchema,
  run: extractClauses,
  text: clausesText,
  limitDocuments(args, answer, documents) {
    if (answer.documents.length <= documents) return undefined;
    const ids = answer.documents.map((document) => document.document_id);
    const remainingIds = JSON.stringify(ids.slice(documents));
    const remainderHint = `call extract_clauses with document_ids ${remainingIds} too.`;
    return { args: { ...args, document_ids: ids.slice(0, documents) }, remainderHint };
  },
  truncate: (services, _args, answer, share) => truncateClauses(services, answer, share),
  annotate: annotateMissingClauses,
});

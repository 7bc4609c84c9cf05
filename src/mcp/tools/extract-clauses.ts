import { extractClausesAnswer } from '../../search/answers.ts';
import { extractClauses } from '../../search/clauses.ts';
import { extractClausesRequest } from '../../search/requests.ts';
import { clausesText } from '../clauses-text.ts';
import { fewerClauses, noteMissingClauses } from '../fewer-clauses.ts';
import { defineTool, whereItGoes } from './tool.ts';

export const extractClausesTool = defineTool({
  name: 'extract_clauses',
  title: 'Extract clauses',
  description:
    'Read chosen contracts (document_ids from search_documents) for clauses of given types, or for a ' +
    'question in free words. Returns each clause verbatim with page, offsets and confidence from 0 to 1, ' +
    'and not_found for types without one. Say so where confidence is low, and check ' +
    'a surprising not_found with search_passages. ' +
    whereItGoes,
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  input: extractClausesRequest,
  output: extractClausesAnswer,
  run: extractClauses,
  text: clausesText,
  bound(args, answer, documents) {
    if (answer.documents.length <= documents) return undefined;
    const ids = answer.documents.map((document) => document.document_id);
    const rest = JSON.stringify(ids.slice(documents));
    const others = `call extract_clauses with document_ids ${rest} too.`;
    return { args: { ...args, document_ids: ids.slice(0, documents) }, others };
  },
  shorten: (services, _args, answer, share) => fewerClauses(services, answer, share),
  explain: noteMissingClauses,
});

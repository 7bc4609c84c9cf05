import { clauseTypeIds } from '../../analyse/clause-types.ts';
import { extractClausesAnswer } from '../../search/answers.ts';
import { extractClauses } from '../../search/clauses.ts';
import { extractClausesRequest } from '../../search/requests.ts';
import { clausesText } from '../clauses-text.ts';
import { defineTool } from './tool.ts';

export const extractClausesTool = defineTool({
  name: 'extract_clauses',
  title: 'Extract clauses',
  description:
    'Read chosen contracts (document_ids from search_documents) for clauses of given types, or for a ' +
    'question in free words. Returns each clause verbatim with page, offsets and confidence from 0 to 1, ' +
    'and not_found for types without one. Quote verbatim with page; say so where confidence is low, and ' +
    'check a surprising not_found with search_passages before relying on it.',
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  input: extractClausesRequest,
  output: extractClausesAnswer,
  run: extractClauses,
  text: clausesText,
  narrow(args, _answer, share) {
    const ids = args.document_ids;
    if (ids.length > 1) {
      const count = Math.max(1, Math.min(ids.length - 1, Math.floor(ids.length * share * 0.95)));
      return { ...args, document_ids: ids.slice(0, count) };
    }
    if (args.max_per_type > 1) return { ...args, max_per_type: 1 };
    const types = args.clause_types ?? (args.question === undefined ? clauseTypeIds : []);
    if (types.length <= 1) return undefined;
    return {
      ...args,
      clause_types: types.slice(0, Math.max(1, Math.floor(types.length * share * 0.95))),
    };
  },
  complete(asked, narrowed, answer) {
    const notes = [...(answer.notes ?? [])];
    const left = asked.document_ids.slice(narrowed.document_ids.length);
    if (left.length > 0) {
      notes.push(
        `Answered for the first ${narrowed.document_ids.length} of ${asked.document_ids.length} documents, ` +
          `because the whole would be too large. Call again with document_ids ${JSON.stringify(left)}.`,
      );
    }
    if (narrowed.max_per_type < asked.max_per_type) {
      notes.push(
        'Only the likeliest clause of each type is shown, because the whole would be too large.',
      );
    }
    const types = asked.clause_types ?? clauseTypeIds;
    if (narrowed.clause_types && narrowed.clause_types.length < types.length) {
      const rest = types.slice(narrowed.clause_types.length);
      notes.push(
        'Only some clause types are answered, because the whole would be too large. Call again ' +
          `with clause_types ${JSON.stringify(rest)}.`,
      );
    }
    return { ...answer, notes };
  },
});

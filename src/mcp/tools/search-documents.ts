import { searchDocumentsAnswer, type AbsenceAnswer } from '../../search/answers.ts';
import { searchDocuments } from '../../search/documents.ts';
import { searchDocumentsRequest } from '../../search/requests.ts';
import { closing, quote, summaryText } from '../render.ts';
import { defineTool, lowerLimit, whereItGoes } from './tool.ts';

function absenceText({ clause_type, confidence, nearest }: AbsenceAnswer): string {
  const absent = `No ${clause_type} (confidence of the absence ${confidence.toFixed(2)})`;
  return nearest === undefined
    ? `${absent}; nothing came near.`
    : `${absent}; nearest to one is:\n${quote(nearest)}`;
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
    whereItGoes,
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  input: searchDocumentsRequest,
  output: searchDocumentsAnswer,
  run: searchDocuments,
  text(answer) {
    const documents = answer.documents.map((document, index) =>
      [
        `${index + 1}. ${summaryText(document)}`,
        ...(document.matches ?? []).map(quote),
        ...(document.absences ?? []).map(absenceText),
      ].join('\n'),
    );
    const count =
      answer.total === 0
        ? 'No contract matches.'
        : `${answer.total} contract${answer.total === 1 ? '' : 's'} match${answer.total === 1 ? 'es' : ''}; ${answer.documents.length} shown.`;
    return [count, ...documents, ...closing(answer)].join('\n\n');
  },
  bound: (args, answer, documents) =>
    answer.documents.length > documents
      ? { args: { ...args, limit: documents }, others: 'call again with next_cursor.' }
      : undefined,
  narrow(args, answer, share) {
    const limit = lowerLimit(args.limit, answer.documents.length, share);
    return limit === undefined ? undefined : { ...args, limit };
  },
});

import type { ExtractClausesResponse } from '../search/response-schemas.ts';
import { formatFooter, formatCitation, titleLink } from './render.ts';

/** Extracted clauses for reading: each with its type, confidence and quotation. */
export function clausesText(answer: ExtractClausesResponse): string {
  const documents = answer.documents.map((document) =>
    [
      `**${titleLink(document)}** — document_id \`${document.document_id}\``,
      ...document.clauses.map((clause) => {
        const value = clause.value === undefined ? '' : `: ${clause.value}`;
        return `${clause.clause_type}${value} (confidence ${clause.confidence.toFixed(2)})\n${formatCitation(clause)}`;
      }),
      ...(document.not_found.length > 0 ? [`Not found: ${document.not_found.join(', ')}`] : []),
    ].join('\n\n'),
  );
  return [...documents, ...formatFooter(answer)].join('\n\n');
}

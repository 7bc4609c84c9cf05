import { clauseTypeIds } from '../analyse/clause-types.ts';
import type { ExtractClausesResponse } from '../search/response-schemas.ts';
import { pageAt } from '../search/citations.ts';
import type { McpServices } from './services.ts';
import { reducedCount, truncationPoint, formatReadPosition } from './truncate-text.ts';

type Documents = ExtractClausesResponse['documents'];
type Clause = Documents[number]['clauses'][number];

function bestClausePerType(clauses: Clause[]): Clause[] {
  const seen = new Set<string>();
  return clauses.filter(({ clause_type: type }) => !seen.has(type) && seen.add(type));
}

/**
 * About that share (0 to 1) of extracted clauses: fewer documents, or of the only one fewer clauses,
 * or the beginning of the only clause. Undefined when there is nothing more to leave out.
 */
export async function truncateClauses(
  services: McpServices,
  answer: ExtractClausesResponse,
  share: number,
): Promise<ExtractClausesResponse | undefined> {
  const [first] = answer.documents;
  if (!first) return undefined;
  if (answer.documents.length > 1) {
    const count = Math.max(1, reducedCount(answer.documents.length, share));
    return { ...answer, documents: answer.documents.slice(0, count) };
  }
  const withClauses = (clauses: Clause[]) => ({ ...answer, documents: [{ ...first, clauses }] });
  const bestClauses = bestClausePerType(first.clauses);
  if (bestClauses.length < first.clauses.length) return withClauses(bestClauses);
  const [clause] = first.clauses;
  if (first.clauses.length > 1) {
    return withClauses(
      first.clauses.slice(0, Math.max(1, reducedCount(first.clauses.length, share))),
    );
  }
  if (!clause || clause.text.length <= 2) return undefined;
  const text = clause.text.slice(
    0,
    truncationPoint(clause.text, Math.max(2, reducedCount(clause.text.length, share))),
  );
  const char_end = clause.char_start + text.length;
  const pages = (await services.scopedIndex.text(first.document_id))?.pages ?? [];
  return withClauses([{ ...clause, text, char_end, page_end: pageAt(pages, char_end - 1) }]);
}

/** The shortened answer with notes of what it leaves out of the whole, and how to get that. */
export async function annotateMissingClauses(
  services: McpServices,
  full: ExtractClausesResponse,
  truncated: ExtractClausesResponse,
): Promise<ExtractClausesResponse> {
  const notes = [...(full.notes ?? [])];
  const omittedIds = full.documents
    .slice(truncated.documents.length)
    .map((document) => document.document_id);
  if (omittedIds.length > 0) {
    notes.push(
      `Answered for the first ${truncated.documents.length} of ${full.documents.length} documents, ` +
        `because the whole would be too large. Call extract_clauses with document_ids ${JSON.stringify(omittedIds)}.`,
    );
  }
  const [all, document] = [full.documents[0], truncated.documents[0]];
  if (!all || !document) return { ...truncated, notes };

  const bestClauses = bestClausePerType(all.clauses);
  if (bestClauses.length < all.clauses.length && document.clauses.length <= bestClauses.length) {
    notes.push(
      'Only the likeliest clause of each type is shown, because the whole would be too large. ' +
        'Call extract_clauses for one clause type to see more of it.',
    );
  }
  const types = bestClauses.slice(document.clauses.length).map((clause) => clause.clause_type);
  const omittedTypes = types.filter((type) => (clauseTypeIds as readonly string[]).includes(type));
  if (omittedTypes.length > 0) {
    notes.push(
      `These clauses were found and are left out, because the whole would be too large: ${omittedTypes.join(', ')}. ` +
        `Call extract_clauses with clause_types ${JSON.stringify(omittedTypes)}.`,
    );
  }
  if (omittedTypes.length < types.length) {
    notes.push(
      'Ask the question without clause_types: its passages did not fit in beside the clauses.',
    );
  }
  const [fullClause, clause] = [bestClauses[0], document.clauses[0]];
  if (fullClause && clause && clause.char_end < fullClause.char_end) {
    const pages = (await services.scopedIndex.text(document.document_id))?.pages ?? [];
    notes.push(
      `The text of ${clause.clause_type} is cut: it is chars ${clause.char_start}–${clause.char_end} of ` +
        `${fullClause.char_start}–${fullClause.char_end}. Read on with get_document, document_id ` +
        `"${document.document_id}", ${formatReadPosition(pages, clause.char_end)}.`,
    );
  }
  return { ...truncated, notes };
}

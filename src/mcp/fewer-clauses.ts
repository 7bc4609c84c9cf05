import { clauseTypeIds } from '../analyse/clause-types.ts';
import type { ExtractClausesAnswer } from '../search/answers.ts';
import { pageAt } from '../search/citations.ts';
import type { McpServices } from './services.ts';
import { fewer, partEnd, readingFrom } from './text-part.ts';

type Documents = ExtractClausesAnswer['documents'];
type Clause = Documents[number]['clauses'][number];

function likeliest(clauses: Clause[]): Clause[] {
  const seen = new Set<string>();
  return clauses.filter(({ clause_type: type }) => !seen.has(type) && seen.add(type));
}

/**
 * About that share (0 to 1) of extracted clauses: fewer documents, or of the only one fewer clauses,
 * or the beginning of the only clause. Undefined when there is nothing more to leave out.
 */
export async function fewerClauses(
  services: McpServices,
  answer: ExtractClausesAnswer,
  share: number,
): Promise<ExtractClausesAnswer | undefined> {
  const [first] = answer.documents;
  if (!first) return undefined;
  if (answer.documents.length > 1) {
    const count = Math.max(1, fewer(answer.documents.length, share));
    return { ...answer, documents: answer.documents.slice(0, count) };
  }
  const only = (clauses: Clause[]) => ({ ...answer, documents: [{ ...first, clauses }] });
  const likely = likeliest(first.clauses);
  if (likely.length < first.clauses.length) return only(likely);
  const [clause] = first.clauses;
  if (first.clauses.length > 1) {
    return only(first.clauses.slice(0, Math.max(1, fewer(first.clauses.length, share))));
  }
  if (!clause || clause.text.length <= 2) return undefined;
  const text = clause.text.slice(
    0,
    partEnd(clause.text, Math.max(2, fewer(clause.text.length, share))),
  );
  const char_end = clause.char_start + text.length;
  const pages = (await services.library.text(first.document_id))?.pages ?? [];
  return only([{ ...clause, text, char_end, page_end: pageAt(pages, char_end - 1) }]);
}

/** The shortened answer with notes of what it leaves out of the whole, and how to get that. */
export async function noteMissingClauses(
  services: McpServices,
  whole: ExtractClausesAnswer,
  shown: ExtractClausesAnswer,
): Promise<ExtractClausesAnswer> {
  const notes = [...(whole.notes ?? [])];
  const left = whole.documents
    .slice(shown.documents.length)
    .map((document) => document.document_id);
  if (left.length > 0) {
    notes.push(
      `Answered for the first ${shown.documents.length} of ${whole.documents.length} documents, ` +
        `because the whole would be too large. Call extract_clauses with document_ids ${JSON.stringify(left)}.`,
    );
  }
  const [all, document] = [whole.documents[0], shown.documents[0]];
  if (!all || !document) return { ...shown, notes };

  const likely = likeliest(all.clauses);
  if (likely.length < all.clauses.length && document.clauses.length <= likely.length) {
    notes.push(
      'Only the likeliest clause of each type is shown, because the whole would be too large. ' +
        'Call extract_clauses for one clause type to see more of it.',
    );
  }
  const types = likely.slice(document.clauses.length).map((clause) => clause.clause_type);
  const rest = types.filter((type) => (clauseTypeIds as readonly string[]).includes(type));
  if (rest.length > 0) {
    notes.push(
      `These clauses were found and are left out, because the whole would be too large: ${rest.join(', ')}. ` +
        `Call extract_clauses with clause_types ${JSON.stringify(rest)}.`,
    );
  }
  if (rest.length < types.length) {
    notes.push(
      'Ask the question without clause_types: its passages did not fit in beside the clauses.',
    );
  }
  const [before, clause] = [likely[0], document.clauses[0]];
  if (before && clause && clause.char_end < before.char_end) {
    const pages = (await services.library.text(document.document_id))?.pages ?? [];
    notes.push(
      `The text of ${clause.clause_type} is cut: it is chars ${clause.char_start}–${clause.char_end} of ` +
        `${before.char_start}–${before.char_end}. Read on with get_document, document_id ` +
        `"${document.document_id}", ${readingFrom(pages, clause.char_end)}.`,
    );
  }
  return { ...shown, notes };
}

import { clauseTypeIds } from '../analyse/clause-types.ts';
import type { Page } from '../domain/documents.ts';
import { pageAt } from '../search/citations.ts';
import type {
  Citation,
  ExtractClausesResponse,
  GetDocumentResponse,
} from '../search/response-schemas.ts';
import { formatPages } from './render.ts';
import type { McpServices } from './services.ts';

/** How an answer that is too large is cut down, and what is said of what it leaves out. */

/**
 * The end of a first part of a text, of at most `maxCharacters` (2 or more): after white space where
 * there is some, and never within a character. The whole length where it all fits.
 */
export function truncationPoint(text: string, maxCharacters: number): number {
  if (text.length <= maxCharacters) return text.length;
  const lastWhitespace = text.slice(0, maxCharacters).search(/\s\S*$/);
  if (lastWhitespace > 0) return lastWhitespace + 1;
  return /[\uD800-\uDBFF]/.test(text[maxCharacters - 1]!) ? maxCharacters - 1 : maxCharacters;
}

/** A smaller number than `count`, about that share (0 to 1) of it. */
export function reducedCount(count: number, share: number): number {
  return Math.min(count - 1, Math.floor(count * share * 0.95));
}

/** The arguments of get_document with which a text is read from an offset on. */
function formatReadPosition(pages: Page[], offset: number): string {
  const number = pageAt(pages, offset);
  const start = pages.find((page) => page.number === number)?.start ?? 0;
  return `page_from ${number} and page_offset ${offset - start}`;
}

type DisclosureContext = Pick<McpServices, 'disclosure'>;

const spanKey = (citation: Citation) => `${citation.char_start}–${citation.char_end}`;

/** Characters of all quotations of the facts. */
export function countCitedCharacters({ facts }: Pick<GetDocumentResponse, 'facts'>): number {
  const citations = facts.flatMap((fact) => fact.citations);
  return citations.reduce((sum, citation) => sum + citation.text.length, 0);
}

/** Each passage quoted under the first fact that rests on it; undefined when that is so already. */
export function dedupeCitations<A extends GetDocumentResponse>(
  { disclosure }: DisclosureContext,
  answer: A,
): A | undefined {
  const seen = new Set<string>();
  const repeated: Citation[] = [];
  const facts = answer.facts.map((fact) => ({
    ...fact,
    citations: fact.citations.filter((citation) => {
      const span = spanKey(citation);
      if (!seen.has(span)) return seen.add(span);
      repeated.push(citation);
      return false;
    }),
  }));
  if (countCitedCharacters({ facts }) >= countCitedCharacters(answer)) return undefined;
  disclosure.retractSpans(answer.document.document_id, repeated);
  return { ...answer, facts };
}

/** Without the longest quotation; undefined when none is left. */
export function dropLongestCitation<A extends GetDocumentResponse>(
  { disclosure }: DisclosureContext,
  answer: A,
): A | undefined {
  const [longest] = answer.facts
    .flatMap((fact) => fact.citations)
    .toSorted((a, b) => b.text.length - a.text.length);
  if (!longest) return undefined;
  const facts = answer.facts.map((fact) => ({
    ...fact,
    citations: fact.citations.filter((citation) => citation !== longest),
  }));
  disclosure.retractSpans(answer.document.document_id, [longest]);
  return { ...answer, facts };
}

/** The truncated answer with a note of each quotation of the full one that it leaves out. */
export async function annotateMissingCitations<A extends GetDocumentResponse>(
  services: McpServices,
  full: A,
  truncated: A,
): Promise<A> {
  const factsBySpan = new Map<string, string>();
  for (const { fact, citations } of truncated.facts) {
    for (const citation of citations) factsBySpan.set(spanKey(citation), fact);
  }
  const missing = full.facts.flatMap(({ fact, citations }, index) =>
    citations
      .filter((citation) => !truncated.facts[index]!.citations.includes(citation))
      .map((citation) => ({ fact, citation })),
  );
  if (missing.length === 0) return truncated;
  const pages = (await services.scopedIndex.text(full.document.document_id))?.pages ?? [];
  const notes = missing.map(({ fact, citation }) => {
    const location = `the passage at chars ${spanKey(citation)} (${formatPages(citation)})`;
    const quotedUnder = factsBySpan.get(spanKey(citation));
    return quotedUnder === undefined
      ? `${fact} rests on ${location}, which is too long to be quoted here: call get_document with ` +
          `${formatReadPosition(pages, citation.char_start)} to read it.`
      : `${fact} rests on ${location} too, which is quoted under ${quotedUnder}.`;
  });
  return { ...truncated, notes: [...(truncated.notes ?? []), ...new Set(notes)] };
}

type ExtractedDocument = ExtractClausesResponse['documents'][number];
type Clause = ExtractedDocument['clauses'][number];

function bestClausePerType(clauses: Clause[]): Clause[] {
  const seen = new Set<string>();
  return clauses.filter(({ clause_type: type }) => !seen.has(type) && seen.add(type));
}

/** The passages nearest to clauses that were not found. */
const nearestOf = ({ absences = [] }: ExtractedDocument) =>
  absences.flatMap(({ nearest }) => nearest ?? []);

/**
 * About that share (0 to 1) of extracted clauses: fewer documents, or of the only one fewer clauses,
 * or the beginning of the only clause. Undefined when there is nothing more to leave out.
 */
export async function truncateClauses(
  services: McpServices,
  answer: ExtractClausesResponse,
  share: number,
): Promise<ExtractClausesResponse | undefined> {
  const { disclosure } = services;
  const [first] = answer.documents;
  if (!first) return undefined;
  const { document_id: id, clauses } = first;
  if (answer.documents.length > 1) {
    const count = Math.max(1, reducedCount(answer.documents.length, share));
    for (const omitted of answer.documents.slice(count)) {
      disclosure.retractDocument(omitted.document_id);
      disclosure.retractSpans(omitted.document_id, [...omitted.clauses, ...nearestOf(omitted)]);
    }
    return { ...answer, documents: answer.documents.slice(0, count) };
  }
  const replaceClauses = (remaining: Clause[]) => {
    disclosure.retractSpans(id, clauses);
    disclosure.recordSpans(id, remaining);
    return { ...answer, documents: [{ ...first, clauses: remaining }] };
  };
  if (nearestOf(first).length > 0) {
    disclosure.retractSpans(id, nearestOf(first));
    const absences = (first.absences ?? []).map(({ nearest: _, ...absence }) => absence);
    return { ...answer, documents: [{ ...first, absences }] };
  }
  const bestClauses = bestClausePerType(clauses);
  if (bestClauses.length < clauses.length) return replaceClauses(bestClauses);
  if (clauses.length > 1) {
    return replaceClauses(clauses.slice(0, Math.max(1, reducedCount(clauses.length, share))));
  }
  const [clause] = clauses;
  if (!clause || clause.text.length <= 2) return undefined;
  const maxCharacters = Math.max(2, reducedCount(clause.text.length, share));
  const text = clause.text.slice(0, truncationPoint(clause.text, maxCharacters));
  const char_end = clause.char_start + text.length;
  const pages = (await services.scopedIndex.text(id))?.pages ?? [];
  return replaceClauses([{ ...clause, text, char_end, page_end: pageAt(pages, char_end - 1) }]);
}

/** The truncated answer with notes of what it leaves out of the full one, and how to get that. */
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

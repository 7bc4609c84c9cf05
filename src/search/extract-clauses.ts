import { detectAnsweringClauseTypes } from '../analyse/query-clause-types.ts';
import { clauseTypeIds } from '../analyse/clause-types.ts';
import type { Clause } from '../domain/documents.ts';
import { isReadInPart } from '../domain/reading.ts';
import type { StoredDocument, StoredText } from '../store/records.ts';
import { amendmentNotes } from './amendments.ts';
import type { ClauseAbsence, DocumentSummary, ExtractClausesResponse } from './response-schemas.ts';
import { cite, headingAt } from './citations.ts';
import { absencesOf } from './clause-presence.ts';
import { languageNotes } from './language-notes.ts';
import { citePassages, questionType, rankWithin } from './question-passages.ts';
import { readingNotes } from './reading-notes.ts';
import { redactionNotes } from './redaction-notes.ts';
import type { ExtractClausesRequest } from './request-schemas.ts';
import { holdNotes } from './response-notes.ts';
import { readRevision } from './revision.ts';
import type { SearchContext } from './context.ts';
import { summarize } from './summary.ts';

type ClauseResults = ExtractClausesResponse['documents'][number]['clauses'];

/** The `min_confidence` of a request that names none. */
const defaultConfidence = 0.3;

/** From this confidence on, the passage nearest to a clause that is not there is not quoted. */
const sureAbsence = 0.95;

/** The clauses in the order of their types, the most probable first, at most `perType` of each. */
function topClauses(clauses: Clause[], perType: number): Clause[] {
  const counts = new Map<string, number>();
  return clauses
    .toSorted((a, b) => b.confidence - a.confidence || a.start - b.start)
    .filter((clause) => {
      const rank = (counts.get(clause.type) ?? 0) + 1;
      counts.set(clause.type, rank);
      return rank <= perType;
    })
    .toSorted((a, b) => clauseTypeOrder(a.type) - clauseTypeOrder(b.type));
}

function clauseTypeOrder(type: string): number {
  return (clauseTypeIds as readonly string[]).indexOf(type);
}

/** A clause with its verbatim text. */
export function citeClause(stored: StoredText, clause: Clause): ClauseResults[number] {
  return {
    clause_type: clause.type,
    confidence: clause.confidence,
    ...(clause.value === undefined ? {} : { value: clause.value }),
    ...cite(stored.text, stored.pages, clause, headingAt(stored.sections, clause.start)),
  };
}

/** The clause types to look for: those requested, else those that answer the question, else all. */
function typesFor({ clause_types: requestedTypes, question }: ExtractClausesRequest): string[] {
  if (requestedTypes !== undefined) return [...new Set(requestedTypes)];
  return question === undefined ? [...clauseTypeIds] : detectAnsweringClauseTypes(question);
}

/** Notes on how to read the answer to a question in free words. */
function questionNotes(
  { clause_types: requestedTypes }: ExtractClausesRequest,
  types: string[],
): string[] {
  return [
    ...(requestedTypes === undefined && types.length > 0
      ? [
          `The question was read as asking for ${types.join(', ')}: clauses of these types are given with ` +
            'their confidence; clause_types asks for others.',
        ]
      : []),
    `What is given as "${questionType}" are other passages near to the question. Their confidence is the ` +
      'probability that the passage answers it, judged by how far it stands out in its document; the nearest ' +
      'is given however low that is.',
  ];
}

/**
 * How sure it is that a document has no clause of each type, with the passage that is nearest to one where that
 * is worth a look. None where the document was replaced meanwhile.
 */
async function likelyAbsences(
  context: SearchContext,
  document: StoredDocument,
  types: string[],
): Promise<ClauseAbsence[]> {
  if (types.length === 0) return [];
  const absences = (await absencesOf(context, document, types)) ?? [];
  return absences.map(({ nearest, ...absence }) => ({
    ...absence,
    ...(nearest && absence.confidence < sureAbsence ? { nearest } : {}),
  }));
}

/**
 * Verbatim clauses of the requested types and the passages nearest to the question. Where the request has
 * a question and no types, clauses of the types that answer it.
 * @throws DeedboxError `not_found` when one of the ids is unknown; `not_ready` when one of the documents
 * is replaced again and again meanwhile
 */
export async function extractClauses(
  context: SearchContext,
  request: ExtractClausesRequest,
): Promise<ExtractClausesResponse> {
  const { question } = request;
  const types = typesFor(request);
  const minConfidence = request.min_confidence ?? defaultConfidence;
  const results: ExtractClausesResponse['documents'] = [];
  const summaries: DocumentSummary[] = [];
  for (const id of new Set(request.document_ids)) {
    const { document, stored, value } = await readRevision(context, id, async () => ({
      clauses: (await context.scopedIndex.clauses([id], { types, minConfidence })).get(id) ?? [],
      passages: question === undefined ? undefined : await rankWithin(context, id, question),
    }));
    const found = topClauses(value.clauses, request.max_per_type);
    const foundTypes = new Set(found.map((clause) => clause.type));
    const missing = types.filter((type) => !foundTypes.has(type));
    const isUnsure = isReadInPart(document.analysis.reading);
    const absences = isUnsure ? [] : await likelyAbsences(context, document, missing);
    summaries.push(summarize(document, context.today()));
    const clauses = [
      ...found.map((clause) => citeClause(stored, clause)),
      ...(value.passages
        ? await citePassages(context, stored, value.passages, found, request.min_confidence)
        : []),
    ];
    context.disclosure.recordDocuments([id]);
    context.disclosure.recordSpans(id, [
      ...clauses,
      ...absences.flatMap(({ nearest }) => nearest ?? []),
    ]);
    results.push({
      document_id: id,
      title: document.analysis.title,
      ...(document.file.webUrl === undefined ? {} : { web_url: document.file.webUrl }),
      clauses,
      not_found: isUnsure ? [] : missing,
      ...(isUnsure && missing.length > 0 ? { not_read: missing } : {}),
      ...(absences.length > 0 ? { absences } : {}),
    });
  }
  const notes = [
    ...redactionNotes(context),
    ...(await amendmentNotes(context, summaries)),
    ...holdNotes(summaries),
    ...readingNotes(summaries),
  ];
  if (question !== undefined) {
    notes.push(...languageNotes(question), ...questionNotes(request, types));
  }
  return { documents: results, ...(notes.length > 0 ? { notes } : {}) };
}

import { clauseTypeIds } from '../analyse/clause-types.ts';
import type { Clause } from '../documents.ts';
import type { PassageHit, StoredText } from '../store/records.ts';
import { amendmentNotes } from './amendments.ts';
import type { DocumentSummary, ExtractClausesAnswer } from './answers.ts';
import { cite, headingAt, joinPath } from './citations.ts';
import { anyDocument } from './filters.ts';
import { rankPassages } from './rank.ts';
import type { ExtractClausesRequest } from './requests.ts';
import { readRevision } from './revision.ts';
import type { SearchServices } from './search.ts';
import { summarize } from './summary.ts';

type ClauseAnswers = ExtractClausesAnswer['documents'][number]['clauses'];

/** Clauses less certain than this are shown only when a lower `min_confidence` is asked for. */
const defaultConfidence = 0.3;

/** Passages given for a question in one document. */
const passagesPerQuestion = 5;

/** The `clause_type` of a passage that answers a question in free words. */
const questionType = 'question';

/** The clauses of each type, the surest first, at most so many of each. */
function best(clauses: Clause[], perType: number): Clause[] {
  const counts = new Map<string, number>();
  return clauses
    .toSorted((a, b) => b.confidence - a.confidence || a.start - b.start)
    .filter((clause) => {
      const count = (counts.get(clause.type) ?? 0) + 1;
      counts.set(clause.type, count);
      return count <= perType;
    })
    .toSorted((a, b) => clauseTypeOrder(a.type) - clauseTypeOrder(b.type));
}

function clauseTypeOrder(type: string): number {
  return (clauseTypeIds as readonly string[]).indexOf(type);
}

/** A clause with the verbatim text it stands for. */
export function citeClause(stored: StoredText, clause: Clause): ClauseAnswers[number] {
  return {
    clause_type: clause.type,
    confidence: clause.confidence,
    ...(clause.value === undefined ? {} : { value: clause.value }),
    ...cite(stored.text, stored.pages, clause, headingAt(stored.sections, clause.start)),
  };
}

/** The passages of a document nearest to a question, with a confidence relative to the best. */
function citePassages(stored: StoredText, ranked: PassageHit[]): ClauseAnswers {
  const most = ranked[0]?.score || 1;
  return ranked.slice(0, passagesPerQuestion).map((hit) => ({
    clause_type: questionType,
    confidence: Number((0.5 * (hit.score / most)).toFixed(3)),
    ...cite(stored.text, stored.pages, hit, joinPath(hit.path)),
  }));
}

function rankIn(services: SearchServices, documentId: string, question: string) {
  return rankPassages(services, question, {
    ...anyDocument(services),
    documentIds: [documentId],
  });
}

/**
 * Verbatim clauses of the types asked for, and passages that answer a question in free words.
 * Throws `not_found` when one of the ids is unknown.
 */
export async function extractClauses(
  services: SearchServices,
  request: ExtractClausesRequest,
): Promise<ExtractClausesAnswer> {
  const { question } = request;
  const types = request.clause_types ?? (question === undefined ? [...clauseTypeIds] : []);
  const minConfidence = request.min_confidence ?? defaultConfidence;
  const answers: ExtractClausesAnswer['documents'] = [];
  const summaries: DocumentSummary[] = [];
  for (const id of new Set(request.document_ids)) {
    const { document, stored, value } = await readRevision(services, id, async () => ({
      clauses: (await services.store.clauses([id], { types, minConfidence })).get(id) ?? [],
      passages: question === undefined ? [] : await rankIn(services, id, question),
    }));
    const found = best(value.clauses, request.max_per_type);
    const present = new Set(found.map((clause) => clause.type));
    summaries.push(summarize(document, services.today()));
    answers.push({
      document_id: id,
      title: document.analysis.title,
      ...(document.file.webUrl === undefined ? {} : { web_url: document.file.webUrl }),
      clauses: [
        ...found.map((clause) => citeClause(stored, clause)),
        ...citePassages(stored, value.passages),
      ],
      not_found: types.filter((type) => !present.has(type)),
    });
  }
  const notes = await amendmentNotes(services, summaries);
  if (question !== undefined) {
    notes.push(
      `The passages given as "${questionType}" are the nearest to the question, the best first. Their ` +
        'confidence says how near each comes to the best, 0.5 being that; it is no probability, and a ' +
        'document that does not answer the question has nearest passages too.',
    );
  }
  return { documents: answers, ...(notes.length > 0 ? { notes } : {}) };
}

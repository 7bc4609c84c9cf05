import { clauseTypeIds } from '../analyse/clause-types.ts';
import type { Clause } from '../documents.ts';
import type { StoredDocument } from '../store/records.ts';
import type { ExtractClausesAnswer } from './answers.ts';
import { cite, headingAt, joinPath } from './citations.ts';
import { knownDocument } from './document.ts';
import { anyDocument } from './filters.ts';
import { rankPassages } from './rank.ts';
import type { ExtractClausesRequest } from './requests.ts';
import type { SearchServices } from './search.ts';

type ClauseAnswers = ExtractClausesAnswer['documents'][number]['clauses'];

/** Clauses less certain than this are shown only when a lower `min_confidence` is asked for. */
export const defaultConfidence = 0.3;

/** The `clause_type` of a passage that answers a question in free words. */
export const questionType = 'question';

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

async function answerQuestion(
  services: SearchServices,
  document: StoredDocument,
  question: string,
  count: number,
): Promise<ClauseAnswers> {
  const stored = await services.store.text(document.documentId);
  if (!stored) return [];
  const ranked = await rankPassages(services, question, {
    ...anyDocument(services),
    documentIds: [document.documentId],
  });
  const most = ranked[0]?.score ?? 1;
  return ranked.slice(0, count).map((hit) => ({
    clause_type: questionType,
    confidence: Number((0.5 * (hit.score / most)).toFixed(3)),
    ...cite(stored.text, stored.pages, hit, joinPath(hit.path)),
  }));
}

/**
 * Verbatim clauses of the types asked for, and passages that answer a question in free words.
 * Throws `not_found` when one of the ids is unknown.
 */
export async function extractClauses(
  services: SearchServices,
  request: ExtractClausesRequest,
): Promise<ExtractClausesAnswer> {
  const documents = await Promise.all(
    [...new Set(request.document_ids)].map((id) => knownDocument(services, id)),
  );
  const types = request.clause_types ?? (request.question === undefined ? [...clauseTypeIds] : []);
  const minConfidence = request.min_confidence ?? defaultConfidence;
  const found = await services.store.clauses(
    documents.map((document) => document.documentId),
    { types, minConfidence },
  );
  const answers: ExtractClausesAnswer['documents'] = [];
  for (const document of documents) {
    const stored = await services.store.text(document.documentId);
    if (!stored) continue;
    const clauses: ClauseAnswers = best(
      found.get(document.documentId) ?? [],
      request.max_per_type,
    ).map((clause) => ({
      clause_type: clause.type,
      confidence: clause.confidence,
      ...(clause.value === undefined ? {} : { value: clause.value }),
      ...cite(stored.text, stored.pages, clause, headingAt(stored.sections, clause.start)),
    }));
    const present = new Set(clauses.map((clause) => clause.clause_type));
    if (request.question !== undefined) {
      clauses.push(...(await answerQuestion(services, document, request.question, 5)));
    }
    answers.push({
      document_id: document.documentId,
      title: document.analysis.title,
      ...(document.file.webUrl === undefined ? {} : { web_url: document.file.webUrl }),
      clauses,
      not_found: types.filter((type) => !present.has(type)),
    });
  }
  if (request.question === undefined) return { documents: answers };
  const notes = [
    `The passages given as "${questionType}" are the nearest to the question, the best first. Their ` +
      'confidence says how near each comes to the best, 0.5 being that; it is no probability, and a ' +
      'document that does not answer the question has nearest passages too.',
  ];
  return { documents: answers, notes };
}

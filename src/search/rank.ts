import { detectClauseTypes } from '../analyse/query-clause-types.ts';
import type { DocumentFilter, PassageHit, PassageLocation } from '../store/records.ts';
import { interpretQuery, type QueryInterpretation } from './query-understanding.ts';
import type { SearchContext } from './context.ts';

/**
 * How much each kind of evidence counts. Text and vector scores are scaled to 0–1 among the
 * candidates of one query, the others lie in 0–1 by themselves. Chosen with `npm run bench`.
 */
export const weights = { text: 0.2, vector: 0.8, clause: 1, document: 1 };

/** Candidates taken from each kind of search. */
const topK = 100;
/** Clauses of the type asked for are looked up in the focus and in this many documents beside it. */
const maxClauseDocuments = 20;

interface Candidate extends PassageLocation {
  text: number;
  vector: number | undefined;
  clause: number;
}

class Candidates {
  private readonly byId = new Map<number, Candidate>();

  getOrCreate({
    passageId,
    documentId,
    revision,
    ordinal,
    start,
    end,
  }: PassageLocation): Candidate {
    let candidate = this.byId.get(passageId);
    if (!candidate) {
      const location = { passageId, documentId, revision, ordinal, start, end };
      candidate = { ...location, text: 0, vector: undefined, clause: 0 };
      this.byId.set(passageId, candidate);
    }
    return candidate;
  }

  all(): Candidate[] {
    return [...this.byId.values()];
  }
}

async function generateCandidates(
  context: SearchContext,
  interpretation: QueryInterpretation,
  filter: DocumentFilter,
): Promise<Candidates> {
  const candidates = new Candidates();
  const vector = await context.embedder.embedQuery(interpretation.question);
  const scope =
    interpretation.targetDocuments.length > 0
      ? {
          ...filter,
          documentIds: interpretation.targetDocuments.map((document) => document.documentId),
        }
      : filter;
  const [text, vectors] = await Promise.all([
    context.scopedIndex.searchText(interpretation.terms, scope, topK),
    context.scopedIndex.searchVectors(vector, context.embedder.identity, scope, topK),
  ]);
  for (const hit of text) candidates.getOrCreate(hit).text = hit.score;
  for (const hit of vectors) candidates.getOrCreate(hit).vector = hit.score;
  await addClauseScores(context, interpretation, candidates);
  return candidates;
}

/** Raises the passages that hold a clause of a type the query asks for. */
async function addClauseScores(
  context: SearchContext,
  interpretation: QueryInterpretation,
  candidates: Candidates,
): Promise<void> {
  const types = detectClauseTypes(interpretation.question).slice(0, 2);
  if (types.length === 0) return;
  const documentIds = new Set(
    interpretation.targetDocuments.map((document) => document.documentId),
  );
  for (const candidate of candidates.all()) {
    if (documentIds.size >= maxClauseDocuments + interpretation.targetDocuments.length) break;
    documentIds.add(candidate.documentId);
  }
  const clauses = await context.scopedIndex.clauses([...documentIds], {
    types,
    minConfidence: 0.02,
  });
  for (const [documentId, found] of clauses) {
    for (const clause of found) {
      for (const hit of await context.scopedIndex.passages(documentId, clause)) {
        const candidate = candidates.getOrCreate(hit);
        candidate.clause = Math.max(candidate.clause, clause.confidence);
      }
    }
  }
}

/** Passages that answer a query, the best first: full text, vectors, clause types and names, fused. */
export async function rankPassages(
  context: SearchContext,
  query: string,
  filter: DocumentFilter,
): Promise<PassageHit[]> {
  const interpretation = await interpretQuery(context, query, filter);
  const candidates = (await generateCandidates(context, interpretation, filter)).all();
  const targetWeights = new Map(
    interpretation.targetDocuments.map((document) => [document.documentId, document.weight]),
  );
  const maxText = Math.max(...candidates.map((c) => c.text), Number.MIN_VALUE);
  const vectors = candidates.flatMap((c) => (c.vector === undefined ? [] : [c.vector]));
  const maxVector = Math.max(...vectors, 0);
  const minVector = Math.min(...vectors, maxVector);
  const vectorRange = maxVector - minVector || 1;
  return candidates
    .map(({ text, vector, clause, ...hit }) => ({
      ...hit,
      score:
        weights.text * (text / maxText) +
        weights.vector * (((vector ?? minVector) - minVector) / vectorRange) +
        weights.clause * clause +
        weights.document * (targetWeights.get(hit.documentId) ?? 0),
    }))
    .sort((a, b) => b.score - a.score || a.passageId - b.passageId);
}

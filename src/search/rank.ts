import { clauseTypesAskedFor } from '../analyse/asked-types.ts';
import type { DocumentFilter, PassageHit, PassagePlace } from '../store/records.ts';
import { routeQuery, type Route } from './route.ts';
import type { SearchServices } from './search.ts';

/**
 * How much each kind of evidence counts. Text and vector scores are scaled to 0–1 among the
 * candidates of one query, the others lie in 0–1 by themselves. Chosen with `npm run bench`.
 */
export const weights = { text: 0.2, vector: 0.8, clause: 1, document: 1 };

/** Candidates taken from each kind of search. */
const breadth = 100;
/** Clauses of the type asked for are looked up in the focus and in this many documents beside it. */
const clauseDocuments = 20;

interface Candidate extends PassagePlace {
  text: number;
  vector: number | undefined;
  clause: number;
}

class Candidates {
  private readonly byId = new Map<number, Candidate>();

  at({ passageId, documentId, revision, ordinal, start, end }: PassagePlace): Candidate {
    let candidate = this.byId.get(passageId);
    if (!candidate) {
      const place = { passageId, documentId, revision, ordinal, start, end };
      candidate = { ...place, text: 0, vector: undefined, clause: 0 };
      this.byId.set(passageId, candidate);
    }
    return candidate;
  }

  all(): Candidate[] {
    return [...this.byId.values()];
  }
}

async function collect(
  services: SearchServices,
  route: Route,
  filter: DocumentFilter,
): Promise<Candidates> {
  const candidates = new Candidates();
  const vector = await services.embedder.embedQuery(route.question);
  const scope =
    route.focus.length > 0
      ? { ...filter, documentIds: route.focus.map((document) => document.documentId) }
      : filter;
  const [text, vectors] = await Promise.all([
    services.library.searchText(route.terms, scope, breadth),
    services.library.searchVectors(vector, services.embedder.identity, scope, breadth),
  ]);
  for (const hit of text) candidates.at(hit).text = hit.score;
  for (const hit of vectors) candidates.at(hit).vector = hit.score;
  await addClauses(services, route, candidates);
  return candidates;
}

/** Raises the passages that hold a clause of a type the query asks for. */
async function addClauses(
  services: SearchServices,
  route: Route,
  candidates: Candidates,
): Promise<void> {
  const types = clauseTypesAskedFor(route.question).slice(0, 2);
  if (types.length === 0) return;
  const near = new Set(route.focus.map((document) => document.documentId));
  for (const candidate of candidates.all()) {
    if (near.size >= clauseDocuments + route.focus.length) break;
    near.add(candidate.documentId);
  }
  const clauses = await services.library.clauses([...near], { types, minConfidence: 0.02 });
  for (const [documentId, found] of clauses) {
    for (const clause of found) {
      for (const hit of await services.library.passages(documentId, clause)) {
        const candidate = candidates.at(hit);
        candidate.clause = Math.max(candidate.clause, clause.confidence);
      }
    }
  }
}

/** Passages that answer a query, the best first: full text, vectors, clause types and names, fused. */
export async function rankPassages(
  services: SearchServices,
  query: string,
  filter: DocumentFilter,
): Promise<PassageHit[]> {
  const route = await routeQuery(services, query, filter);
  const candidates = (await collect(services, route, filter)).all();
  const focus = new Map(route.focus.map((document) => [document.documentId, document.weight]));
  const textMost = Math.max(...candidates.map((c) => c.text), Number.MIN_VALUE);
  const vectors = candidates.flatMap((c) => (c.vector === undefined ? [] : [c.vector]));
  const vectorMost = Math.max(...vectors, 0);
  const vectorLeast = Math.min(...vectors, vectorMost);
  const spread = vectorMost - vectorLeast || 1;
  return candidates
    .map(({ text, vector, clause, ...hit }) => ({
      ...hit,
      score:
        weights.text * (text / textMost) +
        weights.vector * (((vector ?? vectorLeast) - vectorLeast) / spread) +
        weights.clause * clause +
        weights.document * (focus.get(hit.documentId) ?? 0),
    }))
    .sort((a, b) => b.score - a.score || a.passageId - b.passageId);
}

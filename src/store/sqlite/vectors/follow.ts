import { DeedboxError } from '../../../errors.ts';
import type { Connection } from '../connection.ts';
import { changeNumber } from '../state.ts';
import { type DocumentVectors, vectorsOf } from './exact.ts';
import { HnswGraph } from './hnsw.ts';

/** How long a slice may hold up the process. */
const sliceMs = 8;

/** Passages looked up at once, in about a millisecond. */
const pageSize = 200;

/** A graph that holds nothing yet, with room for what is stored now. */
export function emptyGraph(connection: Connection, dimensions: number): HnswGraph {
  return connection.read(() => {
    const row = connection.get<{ passages: number; removed: number }>(
      `SELECT (SELECT coalesce(sum(passages), 0) FROM documents) AS passages,
         max((SELECT coalesce(max(seq), 0) FROM removals), removals_pruned) AS removed FROM state`,
    );
    return HnswGraph.empty(dimensions, row?.passages ?? 0, row?.removed ?? 0);
  });
}

/** Whether removals that the graph has not seen are no longer listed. */
export function hasFallenBehind(connection: Connection, graph: HnswGraph): boolean {
  const row = connection.get<{ pruned: number }>('SELECT removals_pruned AS pruned FROM state');
  return graph.followed.removalSeq < (row?.pruned ?? 0);
}

/** Brings one graph in step with the database, slice by slice. */
export class Follower {
  readonly #connection: Connection;
  readonly #graph: HnswGraph;
  /** Of the document that the last slice ended in: reading them may take longer than a slice. */
  #vectors: DocumentVectors | undefined;

  constructor(connection: Connection, graph: HnswGraph) {
    this.#connection = connection;
    this.#graph = graph;
  }

  /**
   * One slice of what the graph has missed, in a transaction: removals first, then the passages added
   * since, oldest first, at least one of either. Returns whether nothing is left.
   */
  catchUp(): boolean {
    const { followed } = this.#graph;
    if (hasFallenBehind(this.#connection, this.#graph)) return true;
    const current = changeNumber(this.#connection);
    if (followed.changeNumber === current) return true;
    const until = performance.now() + sliceMs;
    if (!this.#applyRemovals(until) || !this.#addPassages(until)) return false;
    followed.changeNumber = current;
    return true;
  }

  #applyRemovals(until: number): boolean {
    const { followed } = this.#graph;
    const removals = this.#connection.iterate<{ seq: number; first: number; passages: number }>(
      'SELECT seq, first_passage AS first, passages FROM removals WHERE seq > ? ORDER BY seq',
      followed.removalSeq,
    );
    for (const { seq, first, passages } of removals) {
      this.#graph.remove(first, passages);
      followed.removalSeq = seq;
      if (performance.now() > until) return false;
    }
    return true;
  }

  #addPassages(until: number): boolean {
    for (;;) {
      const page = this.#connection.all<{ id: number; document: number; twin: number | null }>(
        `SELECT id, document, (SELECT min(t.id) FROM passages t
           WHERE t.vector_key = p.vector_key AND t.id < p.id) AS twin
         FROM passages p WHERE id > ? ORDER BY id LIMIT ${pageSize}`,
        this.#graph.followed.lastAdded,
      );
      for (const { id, document, twin } of page) {
        this.#graph.add(id, this.#vectorOf(id, document), twin);
        if (performance.now() > until) return false;
      }
      if (page.length < pageSize) return true;
    }
  }

  #vectorOf(passage: number, document: number): Float32Array {
    const { dimensions } = this.#graph;
    // A passage's id never comes back, so what was read for it in an earlier slice still holds.
    if (!this.#vectors || passage >= this.#vectors.first + this.#vectors.passages) {
      this.#vectors = vectorsOf(this.#connection, document);
    }
    const { first, passages, floats } = this.#vectors ?? damaged();
    if (floats.length !== passages * dimensions) damaged();
    const start = (passage - first) * dimensions;
    return floats.subarray(start, start + dimensions);
  }
}

function damaged(): never {
  throw new DeedboxError('storage_error', 'The vectors of a document are damaged.', {
    hint: 'Run `deedbox verify` to see which, then `deedbox reindex`.',
  });
}

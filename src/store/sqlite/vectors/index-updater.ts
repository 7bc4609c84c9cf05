import { DeedboxError } from '../../../errors/errors.ts';
import type { Connection } from '../connection.ts';
import { currentSequenceNumber } from '../state.ts';
import { type DocumentVectors, vectorsOf } from './exact-search.ts';
import { HnswGraph } from './hnsw.ts';

/** How long a slice may block the event loop, in milliseconds. */
const sliceMs = 8;

/** Passages read per query, in about a millisecond. */
const batchSize = 200;

/** An empty graph with capacity for all stored passages. */
export function emptyGraph(connection: Connection, dimensions: number): HnswGraph {
  return connection.read(() => {
    const row = connection.get<{ passages: number; removed: number }>(
      `SELECT (SELECT coalesce(sum(passages), 0) FROM documents) AS passages,
         max((SELECT coalesce(max(seq), 0) FROM tombstones), tombstones_pruned) AS removed FROM state`,
    );
    return HnswGraph.empty(dimensions, row?.passages ?? 0, row?.removed ?? 0);
  });
}

/** Whether tombstones that the graph has not applied were pruned. */
export function isStale(connection: Connection, graph: HnswGraph): boolean {
  const row = connection.get<{ pruned: number }>('SELECT tombstones_pruned AS pruned FROM state');
  return graph.position.tombstoneSeq < (row?.pruned ?? 0);
}

/** Applies the changes of the database to one graph, slice by slice. */
export class IndexUpdater {
  readonly #connection: Connection;
  readonly #graph: HnswGraph;
  /** Vectors of the document in which the last slice ended; reading them again may take longer than a slice. */
  #vectors: DocumentVectors | undefined;

  constructor(connection: Connection, graph: HnswGraph) {
    this.#connection = connection;
    this.#graph = graph;
  }

  /**
   * Applies one slice of the pending changes, in a transaction: first tombstones, then added passages,
   * oldest first, at least one of either. Returns whether nothing is left.
   */
  applyPending(): boolean {
    const { position } = this.#graph;
    if (isStale(this.#connection, this.#graph)) return true;
    const current = currentSequenceNumber(this.#connection);
    if (position.sequenceNumber === current) return true;
    const deadline = performance.now() + sliceMs;
    if (!this.#applyTombstones(deadline) || !this.#addPassages(deadline)) return false;
    position.sequenceNumber = current;
    return true;
  }

  #applyTombstones(deadline: number): boolean {
    const { position } = this.#graph;
    const tombstones = this.#connection.iterate<{ seq: number; first: number; passages: number }>(
      'SELECT seq, first_passage AS first, passages FROM tombstones WHERE seq > ? ORDER BY seq',
      position.tombstoneSeq,
    );
    for (const { seq, first, passages } of tombstones) {
      this.#graph.remove(first, passages);
      position.tombstoneSeq = seq;
      if (performance.now() > deadline) return false;
    }
    return true;
  }

  #addPassages(deadline: number): boolean {
    for (;;) {
      const batch = this.#connection.all<{
        id: number;
        document: number;
        duplicate_of: number | null;
      }>(
        `SELECT id, document, (SELECT min(t.id) FROM passages t
           WHERE t.vector_key = p.vector_key AND t.id < p.id) AS duplicate_of
         FROM passages p WHERE id > ? ORDER BY id LIMIT ${batchSize}`,
        this.#graph.position.lastAdded,
      );
      for (const { id, document, duplicate_of: duplicateOf } of batch) {
        this.#graph.add(id, this.#vectorOf(id, document), duplicateOf);
        if (performance.now() > deadline) return false;
      }
      if (batch.length < batchSize) return true;
    }
  }

  #vectorOf(passage: number, document: number): Float32Array {
    const { dimensions } = this.#graph;
    // Passage ids are never reused, so vectors read in an earlier slice are still valid.
    if (!this.#vectors || passage >= this.#vectors.first + this.#vectors.passages) {
      this.#vectors = vectorsOf(this.#connection, document);
    }
    const { first, passages, floats } = this.#vectors ?? throwDamaged();
    if (floats.length !== passages * dimensions) throwDamaged();
    if (passage < first || passage >= first + passages) throwDamaged();
    const start = (passage - first) * dimensions;
    return floats.subarray(start, start + dimensions);
  }
}

function throwDamaged(): never {
  throw new DeedboxError('storage_error', 'The vectors of a document are damaged.', {
    hint: 'Run `deedbox verify` to see which, then `deedbox reindex`.',
  });
}

import { DeedboxError } from '../../../errors.ts';
import type { Connection } from '../connection.ts';
import { changeNumber } from '../state.ts';
import { asFloats, vectorsAfter } from './exact.ts';
import { HnswGraph } from './hnsw.ts';

/** How long a slice may hold up the process. */
const sliceMs = 8;

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

/**
 * One slice of what the graph has missed, in a transaction: removals first, then the passages added
 * since, oldest first. Returns whether nothing is left.
 */
export function catchUp(connection: Connection, graph: HnswGraph): boolean {
  const { followed } = graph;
  if (hasFallenBehind(connection, graph)) return true;
  const current = changeNumber(connection);
  if (followed.changeNumber === current) return true;
  const until = performance.now() + sliceMs;
  const removals = connection.iterate<{ seq: number; first: number; passages: number }>(
    'SELECT seq, first_passage AS first, passages FROM removals WHERE seq > ? ORDER BY seq',
    followed.removalSeq,
  );
  for (const { seq, first, passages } of removals) {
    graph.remove(first, passages);
    followed.removalSeq = seq;
    if (performance.now() > until) return false;
  }
  for (const row of vectorsAfter(connection, followed.lastAdded)) {
    const floats = asFloats(row.vectors);
    const dimensions = floats.length / row.passages;
    if (dimensions !== graph.dimensions) throw damagedVectors();
    const added = connection.all<{ id: number; twin: number | null }>(
      `SELECT id, (SELECT min(t.id) FROM passages t
         WHERE t.vector_key = p.vector_key AND t.id < p.id) AS twin
       FROM passages p WHERE document = ? AND id > ? ORDER BY id`,
      row.document,
      followed.lastAdded,
    );
    for (const { id, twin } of added) {
      if (performance.now() > until) return false;
      const start = (id - row.first) * dimensions;
      graph.add(id, floats.subarray(start, start + dimensions), twin);
    }
  }
  followed.changeNumber = current;
  return true;
}

function damagedVectors(): DeedboxError {
  return new DeedboxError('storage_error', 'The vectors of a document are damaged.', {
    hint: 'Run `deedbox verify` to see which, then `deedbox reindex`.',
  });
}

import hnswlib from 'hnswlib-node';
import type { ScoredPassage } from '../passage-hits.ts';

/**
 * Neighbours a node keeps; candidates looked at when adding and when searching. On 36,747 passages of
 * contracts with the bundled model these find 0.998 of the ten nearest in 0.35 ms.
 */
const M = 16;
const efConstruction = 200;
const efSearch = 200;

/** Changes whenever graphs built before must not be used any more. */
export const graphFormat = `ip-${M}-${efConstruction}`;

/** How far a graph has followed the database. */
export interface Followed {
  /** Every passage up to this id that was there is in the graph. */
  lastAdded: number;
  /** Every removal up to this one is applied. */
  removalSeq: number;
  /** The state of the database that the graph holds in full. */
  changeNumber: number;
  /** Passages marked as removed that still take up room. */
  removed: number;
}

/** The graph over the vectors of all passages, in memory. Labels are passage ids. */
export class HnswGraph {
  readonly #graph: hnswlib.HierarchicalNSW;
  readonly followed: Followed;

  private constructor(graph: hnswlib.HierarchicalNSW, followed: Followed) {
    this.#graph = graph;
    this.followed = followed;
  }

  static empty(dimensions: number, capacity: number, removalSeq: number): HnswGraph {
    const graph = new hnswlib.HierarchicalNSW('ip', dimensions);
    graph.initIndex({ maxElements: Math.max(capacity, 1024), m: M, efConstruction });
    return new HnswGraph(graph, { lastAdded: 0, removalSeq, changeNumber: 0, removed: 0 });
  }

  /** Rejects when the file is missing or cut short. */
  static async load(file: string, dimensions: number, followed: Followed): Promise<HnswGraph> {
    const graph = new hnswlib.HierarchicalNSW('ip', dimensions);
    await graph.readIndex(file);
    return new HnswGraph(graph, { ...followed });
  }

  /** Passages in the graph, those marked as removed among them. */
  get count(): number {
    return this.#graph.getCurrentCount();
  }

  add(passage: number, vector: Float32Array): void {
    const capacity = this.#graph.getMaxElements();
    if (this.count >= capacity) this.#graph.resizeIndex(Math.ceil(capacity * 1.5));
    this.#graph.addPoint(Array.from(vector), passage);
    this.followed.lastAdded = passage;
  }

  /** Takes the passages of one document out, as far as they were ever put in. */
  remove(first: number, passages: number): void {
    const last = Math.min(first + passages - 1, this.followed.lastAdded);
    for (let passage = first; passage <= last; passage += 1) {
      if (!this.has(passage)) continue;
      this.#graph.markDelete(passage);
      this.followed.removed += 1;
    }
  }

  has(passage: number): boolean {
    try {
      return this.#graph.getPoint(passage).length > 0;
    } catch {
      return false;
    }
  }

  /** Ids of all passages that a search can find. */
  passages(): number[] {
    return this.#graph.getIdsList().filter((passage) => this.has(passage));
  }

  /** Nearest first; approximate. */
  search(
    query: Float32Array,
    limit: number,
    passes?: (passage: number) => boolean,
  ): ScoredPassage[] {
    if (this.count === 0) return [];
    const wanted = Math.min(limit, this.count);
    this.#graph.setEf(Math.max(efSearch, wanted));
    const { neighbors, distances } = this.#graph.searchKnn(Array.from(query), wanted, passes);
    return neighbors.map((passage, index) => ({ passage, score: 1 - (distances[index] ?? 1) }));
  }

  /** Nothing may be added or removed until the promise resolves. */
  async save(file: string): Promise<void> {
    await this.#graph.writeIndex(file);
  }
}

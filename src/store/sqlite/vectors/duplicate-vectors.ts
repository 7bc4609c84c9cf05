/**
 * Passages with equal vectors, such as boilerplate, share one node of the graph: equal nodes would use up
 * each other's links, and the graph would become disconnected.
 */
export class DuplicateVectors {
  /** The node of each passage that shares one. */
  readonly #nodes = new Map<number, number>();
  /** The passages of each shared node; may lack that of the node's own id, if it was removed. */
  readonly #passages = new Map<number, Set<number>>();

  /** Reads what `pairs` wrote. */
  static from(pairs: Buffer): DuplicateVectors {
    const duplicates = new DuplicateVectors();
    for (let at = 0; at + 7 < pairs.length; at += 8) {
      duplicates.#put(pairs.readUInt32LE(at), pairs.readUInt32LE(at + 4));
    }
    return duplicates;
  }

  /** Passage and node, 32 bits each, for all passages of shared nodes. */
  pairs(): Buffer {
    const all = [...this.#passages].flatMap(([node, passages]) =>
      [...passages].flatMap((passage) => [passage, node]),
    );
    return Buffer.from(Uint32Array.from(all).buffer);
  }

  nodeOf(passage: number): number {
    return this.#nodes.get(passage) ?? passage;
  }

  passagesOf(node: number): Iterable<number> {
    return this.#passages.get(node) ?? [node];
  }

  /** Adds a passage to a node. */
  join(passage: number, node: number): void {
    if (!this.#passages.has(node)) this.#put(node, node);
    this.#put(passage, node);
  }

  /** Removes a passage; returns its node if no passage is left on it. */
  leave(passage: number): number | undefined {
    const node = this.nodeOf(passage);
    const passages = this.#passages.get(node);
    if (!passages) return node;
    passages.delete(passage);
    this.#nodes.delete(passage);
    if (passages.size > 0) return undefined;
    this.#passages.delete(node);
    return node;
  }

  #put(passage: number, node: number): void {
    const passages = this.#passages.get(node) ?? new Set();
    this.#passages.set(node, passages.add(passage));
    if (passage !== node) this.#nodes.set(passage, node);
  }
}

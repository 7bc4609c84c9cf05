/**
 * Passages whose vectors are equal, as those of boilerplate are, share one node of the graph: equal
 * nodes would use up each other's links, and the graph would fall apart into islands.
 */
export class DuplicateVectors {
  /** Of each passage that has no node of its own. */
  readonly #nodes = new Map<number, number>();
  /** Of each node that stands for others; its own passage may be removed and missing here. */
  readonly #passages = new Map<number, Set<number>>();

  /** Reads what `pairs` wrote. */
  static from(pairs: Buffer): DuplicateVectors {
    const duplicates = new DuplicateVectors();
    for (let at = 0; at + 7 < pairs.length; at += 8) {
      duplicates.#put(pairs.readUInt32LE(at), pairs.readUInt32LE(at + 4));
    }
    return duplicates;
  }

  /** Passage and node, 32 bits each, for every node that stands for others. */
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

  /** Makes a node of the graph stand for another passage as well. */
  join(passage: number, node: number): void {
    if (!this.#passages.has(node)) this.#put(node, node);
    this.#put(passage, node);
  }

  /** Takes a passage away; returns its node where that stands for none any more. */
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

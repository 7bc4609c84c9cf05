/** The `limit` highest-scored of those offered, kept in order while they come. */
export class TopK<T extends { score: number }> {
  readonly #limit: number;
  readonly #entries: T[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** What a candidate must exceed to be kept. */
  get threshold(): number {
    if (this.#entries.length < this.#limit) return -Infinity;
    return this.#entries.at(-1)?.score ?? Infinity;
  }

  offer(candidate: T): void {
    if (candidate.score <= this.threshold) return;
    let index = this.#entries.length;
    while (index > 0 && (this.#entries[index - 1]?.score ?? Infinity) < candidate.score) index -= 1;
    this.#entries.splice(index, 0, candidate);
    if (this.#entries.length > this.#limit) this.#entries.pop();
  }

  /** Highest first. */
  get sorted(): T[] {
    return this.#entries;
  }
}

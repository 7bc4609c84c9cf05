/** The `limit` highest-scored candidates, sorted. */
export class TopK<T extends { score: number }> {
  readonly #limit: number;
  readonly #entries: T[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The score that a candidate must exceed. */
  get threshold(): number {
    if (this.#entries.length < this.#limit) return -Infinity;
    return this.#entries.at(-1)?.score ?? Infinity;
  }

  offer(candidate: T): void {
    if (candidate.score <= this.threshold) return;
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle]!.score >= candidate.score) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, candidate);
    if (this.#entries.length > this.#limit) this.#entries.pop();
  }

  /** Highest first. */
  get sorted(): T[] {
    return this.#entries;
  }
}

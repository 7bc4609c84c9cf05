/** The `limit` highest-scored of those offered, kept in order while they come. */
export class Best<T extends { score: number }> {
  readonly #limit: number;
  readonly #kept: T[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** What a candidate must exceed to be kept. */
  get threshold(): number {
    if (this.#kept.length < this.#limit) return -Infinity;
    return this.#kept.at(-1)?.score ?? Infinity;
  }

  offer(candidate: T): void {
    if (candidate.score <= this.threshold) return;
    let place = this.#kept.length;
    while (place > 0 && (this.#kept[place - 1]?.score ?? Infinity) < candidate.score) place -= 1;
    this.#kept.splice(place, 0, candidate);
    if (this.#kept.length > this.#limit) this.#kept.pop();
  }

  /** Highest first. */
  get inOrder(): T[] {
    return this.#kept;
  }
}

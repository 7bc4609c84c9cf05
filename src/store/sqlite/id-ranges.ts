import { partitionPoint } from '../../domain/partition-point.ts';

/** Whole numbers that follow each other. */
export interface IdRange {
  first: number;
  /** How many; at least 1. */
  count: number;
}

/** A set of row ids as sorted ranges, which do not touch each other. */
export class IdRanges {
  readonly #firsts: number[] = [];
  /** The last id of each range. */
  readonly #lasts: number[] = [];
  /** How many ids stand before each range. */
  readonly #before: number[] = [];
  readonly size: number;

  /** @param sorted by their first id, not overlapping */
  constructor(sorted: Iterable<IdRange>) {
    let size = 0;
    for (const { first, count } of sorted) {
      if (this.#lasts.at(-1) === first - 1) {
        this.#lasts[this.#lasts.length - 1] = first + count - 1;
      } else {
        this.#firsts.push(first);
        this.#lasts.push(first + count - 1);
        this.#before.push(size);
      }
      size += count;
    }
    this.size = size;
  }

  has(id: number): boolean {
    const at = this.#at(id);
    return at >= 0 && id <= this.#lasts[at]!;
  }

  /** How many ids of the set are at most `id`. */
  countUpTo(id: number): number {
    const at = this.#at(id);
    if (at < 0) return 0;
    return this.#before[at]! + Math.min(id, this.#lasts[at]!) - this.#firsts[at]! + 1;
  }

  /** A test whether ids are in the set, for ids that rise from call to call. */
  ascending(): (id: number) => boolean {
    let at = 0;
    return (id) => {
      while (at < this.#lasts.length && this.#lasts[at]! < id) at += 1;
      return at < this.#lasts.length && this.#firsts[at]! <= id;
    };
  }

  /** The range that begins last at or before the id. */
  #at(id: number): number {
    return partitionPoint(this.#firsts, (first) => first <= id) - 1;
  }
}

import { LRUCache } from 'lru-cache';
import type { Connection } from './connection.ts';

/** A word with the number of rows in which it occurs, at most `maxCounted`. */
export interface CountedWord {
  word: string;
  count: number;
}

/** Higher numbers are not counted: words that common are chosen last. FTS5 counts 25 rows a microsecond. */
export const maxCounted = 400_000;

/** How many rows of a full-text index have a word; only used to choose words, so it may be out of date. */
export class WordFrequencies {
  readonly #connection: Connection;
  readonly #table: string;
  readonly #scope: string;
  readonly #counts = new LRUCache<string, number>({ max: 10_000 });
  #rows = 0;

  /** @param scope what stands before the words of a query: the columns in which they are counted */
  constructor(connection: Connection, table: string, scope = '') {
    this.#connection = connection;
    this.#table = table;
    this.#scope = scope;
  }

  /**
   * The words that occur, the rarest first.
   * @param rows about how many rows the index has
   */
  count(words: string[], rows: number): CountedWord[] {
    if (rows > this.#rows * 1.2 || rows < this.#rows / 1.2) {
      this.#counts.clear();
      this.#rows = rows;
    }
    return searchableTerms(words)
      .map((word) => ({ word, count: this.#countOf(word) }))
      .filter(({ count }) => count > 0)
      .sort((one, other) => one.count - other.count);
  }

  #countOf(word: string): number {
    const known = this.#counts.get(word);
    if (known !== undefined) return known;
    const row = this.#connection.get<{ n: number }>(
      `SELECT count(*) AS n FROM (
         SELECT 1 FROM ${this.#table} WHERE ${this.#table} MATCH ? LIMIT ${maxCounted})`,
      `${this.#scope}(${quote(word)})`,
    );
    const count = row?.n ?? 0;
    // The next document may have a word that occurs nowhere yet.
    if (count > 0) this.#counts.set(word, count);
    return count;
  }
}

/** The rarest words, as many as have at most `occurrences` in total, and at least one. */
export function chooseRarest(counted: CountedWord[], occurrences: number): CountedWord[] {
  let budget = occurrences;
  return counted.filter(({ count }, index) => {
    budget -= count;
    return index === 0 || budget >= 0;
  });
}

/** A word in an FTS5 expression, so that operators in it have no effect. */
export const quote = (word: string): string => `"${word.replaceAll('"', '""')}"`;

/** The distinct words with a letter or a digit, at most 64. */
function searchableTerms(words: string[]): string[] {
  const clean = words
    .map((word) => word.replaceAll('\0', ' ').trim())
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  return [...new Set(clean)].slice(0, 64);
}

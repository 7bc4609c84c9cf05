import { LRUCache } from 'lru-cache';
import type { Connection } from './connection.ts';

/** Gives words as a full-text index has them, by its own tokenizer. */
export class Stemmer {
  readonly #connection: Connection;
  readonly #name: string;
  readonly #stems = new LRUCache<string, string[]>({ max: 10_000 });

  /**
   * @param name of the temporary tables
   * @param tokenizer as in the definition of the index
   */
  constructor(connection: Connection, name: string, tokenizer: string) {
    this.#connection = connection;
    this.#name = name;
    connection.run(
      `CREATE VIRTUAL TABLE IF NOT EXISTS temp.${name} USING fts5 (
         word, content = '', tokenize = '${tokenizer}')`,
    );
    connection.run(
      `CREATE VIRTUAL TABLE IF NOT EXISTS temp.${name}_words USING fts5vocab (temp, ${name}, row)`,
    );
  }

  /** The distinct stems of some words, of which at most the first 64 count. */
  stems(words: string[]): string[] {
    return [...new Set(words.slice(0, 64).flatMap((word) => this.#stemsOf(word)))];
  }

  #stemsOf(word: string): string[] {
    const known = this.#stems.get(word);
    if (known) return known;
    const name = this.#name;
    this.#connection.run(`INSERT INTO temp.${name} (rowid, word) VALUES (1, ?)`, word);
    const rows = this.#connection.all<{ term: string }>(`SELECT term FROM temp.${name}_words`);
    this.#connection.run(`INSERT INTO temp.${name} (${name}) VALUES ('delete-all')`);
    const stems = rows.map(({ term }) => term);
    this.#stems.set(word, stems);
    return stems;
  }
}

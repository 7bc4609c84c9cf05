import { LRUCache } from 'lru-cache';
import type { Connection } from './connection.ts';
import { documentTokenizer } from './full-text.ts';

/** A word as a full-text index has it, with a word that has this stem. */
export interface Stem {
  stem: string;
  /** For expressions of FTS5, which stem their words: the stem itself may have another one ("purpos", "purpo"). */
  word: string;
}

/** Gives words as a full-text index has them, by its own tokenizer. */
export class Stemmer {
  readonly #connection: Connection;
  readonly #name: string;
  readonly #stems = new LRUCache<string, Stem[]>({ max: 10_000 });

  /**
   * @param name of the temporary tables
   * @param tokenizer as in the definition of the index: `documentTokenizer`, or one that stems its words
   */
  constructor(connection: Connection, name: string, tokenizer: string) {
    this.#connection = connection;
    this.#name = name;
    const tables = { [name]: tokenizer, [`${name}_split`]: documentTokenizer };
    for (const [table, tableTokenizer] of Object.entries(tables)) {
      connection.run(
        `CREATE VIRTUAL TABLE IF NOT EXISTS temp.${table} USING fts5 (
           word, content = '', tokenize = '${tableTokenizer}')`,
      );
      connection.run(
        `CREATE VIRTUAL TABLE IF NOT EXISTS temp.${table}_words USING fts5vocab (temp, ${table}, row)`,
      );
    }
  }

  /** The distinct stems of some words, of which at most the first 64 count. */
  stems(words: string[]): Stem[] {
    const stems = words.slice(0, 64).flatMap((word) => this.#stemsOf(word));
    return [...new Map(stems.map((one) => [one.stem, one])).values()];
  }

  #stemsOf(text: string): Stem[] {
    const known = this.#stems.get(text);
    if (known) return known;
    const stems = this.#tokens(`${this.#name}_split`, text).flatMap((word) =>
      this.#tokens(this.#name, word).map((stem) => ({ stem, word })),
    );
    this.#stems.set(text, stems);
    return stems;
  }

  #tokens(table: string, text: string): string[] {
    this.#connection.run(`INSERT INTO temp.${table} (rowid, word) VALUES (1, ?)`, text);
    const rows = this.#connection.all<{ term: string }>(`SELECT term FROM temp.${table}_words`);
    this.#connection.run(`INSERT INTO temp.${table} (${table}) VALUES ('delete-all')`);
    return rows.map(({ term }) => term);
  }
}

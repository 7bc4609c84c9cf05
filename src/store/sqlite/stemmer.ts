import { LRUCache } from 'lru-cache';
import type { Connection } from './connection.ts';

/** A word of a query, and how a full-text index has it. The stem of a stem may be another one. */
export interface Stem {
  word: string;
  stem: string;
}

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
  stems(words: string[]): Stem[] {
    const byStem = new Map<string, Stem>();
    for (const word of words.flatMap(splitWords).slice(0, 64)) {
      for (const stem of this.#stemsOf(word)) {
        if (!byStem.has(stem)) byStem.set(stem, { word, stem });
      }
    }
    return [...byStem.values()];
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

/** As the tokenizers do, so that each part is one word to them. */
const splitWords = (text: string) => text.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu) ?? [];

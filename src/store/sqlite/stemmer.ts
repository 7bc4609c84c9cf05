import { LRUCache } from 'lru-cache';
import { foldForQuery, wordsOf } from '../../domain/fold-text.ts';
import type { Connection } from './connection.ts';
import { exactWords } from './exact-words.ts';

/** A word of a query, and how a full-text index has it. The stem of a stem may be another one. */
export interface Stem {
  word: string;
  stem: string;
  /**
   * `exact`: as it is written, see `exactWords`; `phrase`: words that follow each other; `related`: a stem that
   * the query does not have.
   */
  kind: 'stem' | 'exact' | 'phrase' | 'related';
}

/** Gives words as a full-text index has them, by its own tokenizer. */
export class Stemmer {
  readonly #connection: Connection;
  readonly #name: string;
  readonly #hasExactWords: boolean;
  readonly #stems = new LRUCache<string, string[]>({ max: 10_000 });

  /**
   * @param name of the temporary tables
   * @param tokenizer as in the definition of the index
   * @param options `hasExactWords`: whether the index has the words of `exactWords`
   */
  constructor(
    connection: Connection,
    name: string,
    tokenizer: string,
    { hasExactWords }: { hasExactWords: boolean },
  ) {
    this.#connection = connection;
    this.#name = name;
    this.#hasExactWords = hasExactWords;
    connection.run(
      `CREATE VIRTUAL TABLE IF NOT EXISTS temp.${name} USING fts5 (
         word, content = '', tokenize = '${tokenizer}')`,
    );
    connection.run(
      `CREATE VIRTUAL TABLE IF NOT EXISTS temp.${name}_words USING fts5vocab (temp, ${name}, row)`,
    );
  }

  /**
   * The distinct stems of some terms, of which at most the first 64 words count; and for each word that few
   * passages have the word itself, where the index has those.
   */
  stems(terms: string[]): Stem[] {
    const byStem = new Map<string, Stem>();
    const words = terms.flatMap((term) => (isPhrase(term) ? [term] : wordsOf(foldForQuery(term))));
    for (const word of words.slice(0, 64)) {
      if (isPhrase(word)) {
        const stem = `"${wordsOf(foldForQuery(word)).join(' ')}"`;
        byStem.set(stem, { word, stem, kind: 'phrase' });
        continue;
      }
      for (const stem of this.#stemsOf(word)) {
        if (!byStem.has(stem)) byStem.set(stem, { word, stem, kind: 'stem' });
      }
      const exact = this.#hasExactWords ? exactWords(word) : [];
      for (const stem of exact) byStem.set(stem, { word: stem, stem, kind: 'exact' });
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

/** A term in quotation marks: see `ScopedIndex.searchText`. */
const isPhrase = (term: string) => term.startsWith('"');

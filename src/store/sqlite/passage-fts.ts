import type { PassageHit } from '../records.ts';
import type { Connection } from './connection.ts';
import { matchAnyTerm, searchableTerms } from './match-expression.ts';
import { type ScoredPassage, passageHits } from './passage-hits.ts';
import type { DocIdSet } from './doc-id-set.ts';

/** Heading path, body; the column that names the document only restricts. */
const weights = '2.0, 1.0, 0.0';

/** Up to so many documents are named in the expression itself, which scores their passages alone. */
const maxInlineDocuments = 64;
const maxInlinePassages = 3000;

/**
 * How many passages may be scored for one question. BM25 costs 1 to 3 µs each, and beyond this the
 * words left out are so common that they hardly change the order.
 */
const maxScoredPassages = 8000;

/** Even where few passages are scored, each word is counted in all: 25,000 passages a millisecond. */
const maxCountedPassages = 400_000;

/** Full text over passages (BM25), any of the words. */
export class PassageFts {
  readonly #connection: Connection;
  /** In how many passages a word occurs; used to choose words, so it may be somewhat out of date. */
  readonly #frequencies = new Map<string, number>();
  #passagesCounted = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** See `Library.searchText`; in the transaction in which the selection was made. */
  search(words: string[], docIdSet: DocIdSet, limit: number): PassageHit[] {
    if (limit <= 0 || docIdSet.passages === 0) return [];
    const isSelective = docIdSet.isWithin(maxInlineDocuments, maxInlinePassages);
    const chosen = this.#selectRarest(words, isSelective ? maxCountedPassages : maxScoredPassages);
    const expression = matchAnyTerm(chosen);
    if (!expression) return [];
    const tokens = isSelective
      ? docIdSet.ids && Array.from(docIdSet.ids, (id) => `d${id}`)
      : undefined;
    const match = tokens
      ? `document : (${tokens.join(' OR ')}) AND {heading body} : (${expression})`
      : `{heading body} : (${expression})`;
    const hits: ScoredPassage[] = [];
    const rows = this.#connection.iterate<{ passage: number; rank: number }>(
      `SELECT rowid AS passage, rank FROM passage_fts
       WHERE passage_fts MATCH ? AND rank MATCH 'bm25(${weights})' ORDER BY rank`,
      match,
    );
    for (const { passage, rank } of rows) {
      if (!docIdSet.hasPassage(passage)) continue;
      hits.push({ passage, score: -rank });
      if (hits.length === limit) break;
    }
    return passageHits(this.#connection, hits);
  }

  /** The rarest words first, as many as occur in so many passages together; at least one. */
  #selectRarest(words: string[], occurrences: number): string[] {
    // Passages ever made: counting those that are there now takes longer than the question.
    const row = this.#connection.get<{ n: number | null }>('SELECT max(id) AS n FROM passages');
    const passages = row?.n ?? 0;
    if (passages > this.#passagesCounted * 1.2 || passages < this.#passagesCounted / 1.2) {
      this.#frequencies.clear();
      this.#passagesCounted = passages;
    }
    const counted = searchableTerms(words)
      .map((word) => ({ word, count: this.#frequency(word) }))
      .filter(({ count }) => count > 0)
      .sort((one, other) => one.count - other.count);
    let budget = occurrences;
    return counted
      .filter(({ count }, index) => {
        budget -= count;
        return index === 0 || budget >= 0;
      })
      .map(({ word }) => word);
  }

  #frequency(word: string): number {
    const known = this.#frequencies.get(word);
    if (known !== undefined) return known;
    const row = this.#connection.get<{ n: number }>(
      'SELECT count(*) AS n FROM passage_fts WHERE passage_fts MATCH ?',
      `{heading body} : (${matchAnyTerm([word]) ?? '""'})`,
    );
    if (this.#frequencies.size >= 10_000) this.#frequencies.clear();
    const count = row?.n ?? 0;
    // A word that occurs nowhere yet may do so with the next document.
    if (count > 0) this.#frequencies.set(word, count);
    return count;
  }
}

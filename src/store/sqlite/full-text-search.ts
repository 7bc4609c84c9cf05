import type { DocumentHit, PassageHit } from '../records.ts';
import type { Connection } from './connection.ts';
import { type DocIdSet, maxInlineIds } from './doc-id-set.ts';
import { type ScoredPassage, passageHits } from './passage-hits.ts';
import {
  chooseRarest,
  type CountedWord,
  maxCounted,
  quote,
  WordFrequencies,
} from './word-frequencies.ts';

/** BM25 weights of title, parties, file name, folder and opening: names identify a document better than prose. */
const documentWeights = '8.0, 10.0, 6.0, 2.0, 1.0';

/** BM25 weights of headings and body; the document column only restricts. */
const passageWeights = '2.0, 1.0, 0.0';

/** Sets up to this size are named in the FTS5 expression, so that only their passages are scored. */
const maxInlineDocuments = 64;
const maxInlinePassages = 3000;

/**
 * Rows scored for one query at most. BM25 costs 1 to 3 µs each, and words that occur more often hardly
 * change the order.
 */
const maxScored = 8000;

/** Words that are required together where each of them is too common to be scored. */
const maxRequiredWords = 3;

interface RankedRow {
  id: number;
  /** BM25 as FTS5 gives it: the lower, the better. */
  rank: number;
}

/** Full-text search (BM25), any of the words; see `ScopedIndex.searchText` and `searchDocuments`. */
export class FullTextSearch {
  readonly #connection: Connection;
  readonly #inPassages: WordFrequencies;
  readonly #inDocuments: WordFrequencies;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#inPassages = new WordFrequencies(connection, 'passage_fts', '{heading body} : ');
    this.#inDocuments = new WordFrequencies(connection, 'document_fts');
  }

  /** In the transaction that read `docIdSet`. */
  searchPassages(words: string[], docIdSet: DocIdSet, limit: number): PassageHit[] {
    if (limit <= 0 || docIdSet.passages === 0) return [];
    const counted = this.#inPassages.count(words, this.#highestId('passages'));
    if (counted.length === 0) return [];
    const isPresent = (passage: number) => docIdSet.hasPassage(passage);
    const isSelective = docIdSet.isWithin(maxInlineDocuments, maxInlinePassages);
    if (!isSelective && counted[0]!.count > maxScored) {
      const common = { table: 'passage_fts', scope: '{heading body} : ', counted, isPresent };
      return passageHits(this.#connection, this.#searchCommon(common, limit));
    }
    const chosen = chooseRarest(counted, isSelective ? maxCounted : maxScored);
    const tokens = isSelective
      ? docIdSet.ids && Array.from(docIdSet.ids, (id) => `d${id}`)
      : undefined;
    const match = `{heading body} : (${anyOf(chosen)})`;
    const rows = this.#connection.iterate<RankedRow>(
      `SELECT rowid AS id, rank FROM passage_fts
       WHERE passage_fts MATCH ? AND rank MATCH 'bm25(${passageWeights})' ORDER BY rank`,
      tokens ? `document : (${tokens.join(' OR ')}) AND ${match}` : match,
    );
    return passageHits(this.#connection, take(rows, isPresent, limit));
  }

  /** In the transaction that read `docIdSet`. */
  searchDocuments(words: string[], docIdSet: DocIdSet, limit: number): DocumentHit[] {
    if (limit <= 0) return [];
    const counted = this.#inDocuments.count(words, this.#highestId('documents'));
    if (counted.length === 0) return [];
    const isPresent = (document: number) => docIdSet.hasDocument(document);
    const isScored = counted[0]!.count <= maxScored || !isEveryRowRead(docIdSet);
    const hits = isScored
      ? take(this.#rankDocuments(counted, docIdSet), isPresent, limit)
      : this.#searchCommon({ table: 'document_fts', scope: '', counted, isPresent }, limit);
    return hits.map(({ passage: id, score }) => ({ documentId: this.#documentIdOf(id), score }));
  }

  /** Best first. Of a small set only its documents are scored, since scoring costs more than matching. */
  #rankDocuments(counted: CountedWord[], docIdSet: DocIdSet): Iterable<RankedRow> {
    if (isEveryRowRead(docIdSet)) {
      return this.#connection.iterate<RankedRow>(
        `SELECT rowid AS id, rank FROM document_fts
         WHERE document_fts MATCH ? AND rank MATCH 'bm25(${documentWeights})' ORDER BY rank`,
        anyOf(chooseRarest(counted, maxScored)),
      );
    }
    const rows = this.#connection.all<RankedRow>(
      `SELECT rowid AS id, bm25(document_fts, ${documentWeights}) AS rank FROM document_fts
       WHERE document_fts MATCH ? AND +rowid IN (SELECT value FROM json_each(?))`,
      anyOf(counted),
      docIdSet.json,
    );
    return rows.sort((one, other) => one.rank - other.rank);
  }

  /**
   * For words that are all too common to score every row: rows that have all of them, then rows without the
   * most common one, and so on. The score is the sum of the words' weights in BM25.
   */
  #searchCommon(
    common: {
      table: string;
      scope: string;
      counted: CountedWord[];
      isPresent: (id: number) => boolean;
    },
    limit: number,
  ): ScoredPassage[] {
    const { table, scope, counted, isPresent } = common;
    const total = this.#highestId(table === 'passage_fts' ? 'passages' : 'documents');
    const found = new Map<number, number>();
    for (let words = counted.slice(0, maxRequiredWords); words.length > 0; words.pop()) {
      const score = words.reduce((sum, { count }) => sum + inverseFrequency(count, total), 0);
      const rows = this.#connection.iterate<{ id: number }>(
        `SELECT rowid AS id FROM ${table} WHERE ${table} MATCH ? LIMIT ${maxScored}`,
        `${scope}(${words.map(({ word }) => quote(word)).join(' AND ')})`,
      );
      for (const { id } of rows) {
        if (found.size === limit) break;
        if (!found.has(id) && isPresent(id)) found.set(id, score);
      }
      if (found.size === limit) break;
    }
    return Array.from(found, ([passage, score]) => ({ passage, score }));
  }

  /** Approximates the count, which would take longer than the query. */
  #highestId(table: 'passages' | 'documents'): number {
    return this.#connection.get<{ n: number | null }>(`SELECT max(id) AS n FROM ${table}`)?.n ?? 0;
  }

  #documentIdOf(document: number): string {
    return this.#connection.get<{ id: string }>(
      'SELECT document_id AS id FROM files WHERE id = ?',
      document,
    )!.id;
  }
}

const anyOf = (words: CountedWord[]) => words.map(({ word }) => quote(word)).join(' OR ');

const isEveryRowRead = ({ matchesAll, documents }: DocIdSet) =>
  matchesAll || documents > maxInlineIds;

/** The inverse document frequency of BM25 in FTS5. */
const inverseFrequency = (count: number, total: number) =>
  Math.max(1e-6, Math.log((total - count + 0.5) / (count + 0.5)));

function take(
  rows: Iterable<RankedRow>,
  isPresent: (id: number) => boolean,
  limit: number,
): ScoredPassage[] {
  const hits: ScoredPassage[] = [];
  for (const { id, rank } of rows) {
    if (!isPresent(id)) continue;
    hits.push({ passage: id, score: -rank });
    if (hits.length === limit) break;
  }
  return hits;
}

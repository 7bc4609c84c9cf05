import { LRUCache } from 'lru-cache';
import type { DocumentHit, PassageHit } from '../records.ts';
import type { Connection } from './connection.ts';
import { maxInlineIds, type DocIdSet } from './doc-id-set.ts';
import { type ScoredPassage, passageHits } from './passage-hits.ts';

/** Title, parties, file name, folder, opening: names say which document is meant, prose hardly. */
const documentWeights = '8.0, 10.0, 6.0, 2.0, 1.0';

/** Characters of the text that say which contract it is: title, date, parties, recitals. */
const openingLength = 2000;

/** Puts the words by which a document is found in place of those that were there. */
export function updateDocumentFts(connection: Connection, document: number): void {
  connection.run('DELETE FROM document_fts WHERE rowid = ?', document);
  connection.run(
    `INSERT INTO document_fts (rowid, title, parties, file_name, folder, opening)
     SELECT d.id, d.title,
       (SELECT coalesce(group_concat(name, '; '), '') FROM parties WHERE document = d.id),
       f.file_name, f.folder, substr(c.text, 1, ${openingLength})
     FROM documents d JOIN files f ON f.id = d.id JOIN document_contents c ON c.document = d.id
     WHERE d.id = ?`,
    document,
  );
}

/** See `Library.searchDocuments`. */
export function searchDocumentFts(
  connection: Connection,
  terms: string[],
  docIdSet: DocIdSet,
  limit: number,
): DocumentHit[] {
  const match = matchAnyTerm(terms);
  if (!match || limit <= 0) return [];
  const hits: DocumentHit[] = [];
  for (const { document, rank } of rankRows(connection, match, docIdSet)) {
    if (!docIdSet.hasDocument(document)) continue;
    hits.push({ documentId: documentIdOf(connection, document), score: -rank });
    if (hits.length === limit) break;
  }
  return hits;
}

function documentIdOf(connection: Connection, document: number): string {
  const row = connection.get<{ id: string }>(
    'SELECT document_id AS id FROM files WHERE id = ?',
    document,
  );
  return row!.id;
}

interface RankedRow {
  document: number;
  rank: number;
}

/** The best first. Where few are selected only these are scored, which costs more than to find them. */
function rankRows(connection: Connection, match: string, docIdSet: DocIdSet): Iterable<RankedRow> {
  if (docIdSet.matchesAll || docIdSet.documents > maxInlineIds) {
    return connection.iterate<RankedRow>(
      `SELECT rowid AS document, rank FROM document_fts
       WHERE document_fts MATCH ? AND rank MATCH 'bm25(${documentWeights})' ORDER BY rank`,
      match,
    );
  }
  const rows = connection.all<RankedRow>(
    `SELECT rowid AS document, bm25(document_fts, ${documentWeights}) AS rank FROM document_fts
     WHERE document_fts MATCH ? AND +rowid IN (SELECT value FROM json_each(?))`,
    match,
    docIdSet.json,
  );
  return rows.sort((one, other) => one.rank - other.rank);
}

/** Heading path, body; the column that names the document only restricts. */
const passageWeights = '2.0, 1.0, 0.0';

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
  readonly #frequencies = new LRUCache<string, number>({ max: 10_000 });
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
       WHERE passage_fts MATCH ? AND rank MATCH 'bm25(${passageWeights})' ORDER BY rank`,
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
    const count = row?.n ?? 0;
    // A word that occurs nowhere yet may do so with the next document.
    if (count > 0) this.#frequencies.set(word, count);
    return count;
  }
}

/**
 * An FTS5 expression that any of the words satisfies, or undefined when none of them can be found.
 * Each word is quoted, so nothing that a person types has a meaning of its own.
 */
function matchAnyTerm(words: string[]): string | undefined {
  const quoted = searchableTerms(words).map((word) => `"${word.replaceAll('"', '""')}"`);
  return quoted.length > 0 ? quoted.join(' OR ') : undefined;
}

/** The distinct words that hold something to search for, at most 64 of them. */
function searchableTerms(words: string[]): string[] {
  const clean = words
    .map((word) => word.replaceAll('\0', ' ').trim())
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  return [...new Set(clean)].slice(0, 64);
}

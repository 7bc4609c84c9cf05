import { LRUCache } from 'lru-cache';
import type { DocumentHit, PassageHit } from '../records.ts';
import type { Connection } from './connection.ts';
import { maxInlineIds, type DocIdSet } from './doc-id-set.ts';
import { unpackIndexTexts, unpackText } from './packed-text.ts';
import { type ScoredPassage, passageHits } from './passage-hits.ts';

/** BM25 weights of title, parties, file name, folder and opening: names identify a document better than prose. */
const documentWeights = '8.0, 10.0, 6.0, 2.0, 1.0';

/** Indexed characters from the beginning of the text: title, date, parties, recitals. */
const openingLength = 2000;

/** Indexes a document again, in place of its former entry. */
export function updateDocumentFts(connection: Connection, document: number): void {
  connection.run('DELETE FROM document_fts WHERE rowid = ?', document);
  connection.run(
    `INSERT INTO document_fts (rowid, title, parties, file_name, folder, opening)
     SELECT d.id, d.title,
       (SELECT coalesce(group_concat(name, '; '), '') FROM parties WHERE document = d.id),
       f.file_name, f.folder, substr(unpack_text(c.text), 1, ${openingLength})
     FROM documents d JOIN files f ON f.id = d.id JOIN document_contents c ON c.document = d.id
     WHERE d.id = ?`,
    document,
  );
}

interface FtsPassage {
  id: number;
  document: number;
  path: string[];
  indexText: string;
}

export function insertPassageFts(connection: Connection, passage: FtsPassage): void {
  connection.run(
    'INSERT INTO passage_fts (rowid, heading, body, document) VALUES (?, ?, ?, ?)',
    ...ftsValues(passage),
  );
}

/** Removes the passages of a document, which is still stored: full text has no copy of their words. */
export function removePassageFts(connection: Connection, document: number): void {
  const contents = connection.get<{ text: Buffer; packed: Buffer | null }>(
    'SELECT text, index_texts AS packed FROM document_contents WHERE document = ?',
    document,
  );
  if (!contents) return;
  const passages = connection.all<{ id: number; start: number; end: number; path: string }>(
    'SELECT id, start, "end", path FROM passages WHERE document = ? ORDER BY id',
    document,
  );
  const texts = unpackIndexTexts(unpackText(contents.text), passages, contents.packed);
  for (const [index, { id, path }] of passages.entries()) {
    const labels = JSON.parse(path) as string[];
    connection.run(
      `INSERT INTO passage_fts (passage_fts, rowid, heading, body, document)
       VALUES ('delete', ?, ?, ?, ?)`,
      ...ftsValues({ id, document, path: labels, indexText: texts[index]! }),
    );
  }
}

const ftsValues = ({ id, document, path, indexText }: FtsPassage) =>
  [id, path.join(' '), indexText, `d${document}`] as const;

/** See `ScopedIndex.searchDocuments`. */
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

/** Best first. Of a small set only its documents are scored, since scoring costs more than matching. */
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

/** BM25 weights of headings and body; the document column only restricts. */
const passageWeights = '2.0, 1.0, 0.0';

/** Sets up to this size are named in the FTS5 expression, so that only their passages are scored. */
const maxInlineDocuments = 64;
const maxInlinePassages = 3000;

/**
 * Passages scored for one query at most. BM25 costs 1 to 3 µs each, and words that occur more often
 * hardly change the order.
 */
const maxScoredPassages = 8000;

/** Also for a small set FTS5 reads all occurrences of each word: 25,000 passages per millisecond. */
const maxCountedPassages = 400_000;

/** Full-text search over passages (BM25), any of the words. */
export class PassageFts {
  readonly #connection: Connection;
  /** Passages in which a word occurs; only used to choose words, so it may be slightly out of date. */
  readonly #frequencies = new LRUCache<string, number>({ max: 10_000 });
  #passagesCounted = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** See `ScopedIndex.searchText`; in the transaction that read `docIdSet`. */
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

  /** The rarest words, as many as have at most `occurrences` in total, and at least one. */
  #selectRarest(words: string[], occurrences: number): string[] {
    // The highest id approximates the count, which would take longer than the query.
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
    // The next document may have a word that occurs nowhere yet.
    if (count > 0) this.#frequencies.set(word, count);
    return count;
  }
}

/**
 * An FTS5 expression that matches any of the words, or undefined if none is searchable. Each word is
 * quoted, so that FTS5 operators in it have no effect.
 */
function matchAnyTerm(words: string[]): string | undefined {
  const quoted = searchableTerms(words).map((word) => `"${word.replaceAll('"', '""')}"`);
  return quoted.length > 0 ? quoted.join(' OR ') : undefined;
}

/** The distinct words with a letter or a digit, at most 64. */
function searchableTerms(words: string[]): string[] {
  const clean = words
    .map((word) => word.replaceAll('\0', ' ').trim())
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  return [...new Set(clean)].slice(0, 64);
}

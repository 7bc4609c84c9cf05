import type { DocumentHit } from '../records.ts';
import type { Connection } from './connection.ts';
import { matchAnyTerm } from './match-expression.ts';
import { maxInlineIds, type DocIdSet } from './doc-id-set.ts';

/** Title, parties, file name, folder, opening: names say which document is meant, prose hardly. */
const weights = '8.0, 10.0, 6.0, 2.0, 1.0';

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
       WHERE document_fts MATCH ? AND rank MATCH 'bm25(${weights})' ORDER BY rank`,
      match,
    );
  }
  const rows = connection.all<RankedRow>(
    `SELECT rowid AS document, bm25(document_fts, ${weights}) AS rank FROM document_fts
     WHERE document_fts MATCH ? AND +rowid IN (SELECT value FROM json_each(?))`,
    match,
    docIdSet.json,
  );
  return rows.sort((one, other) => one.rank - other.rank);
}

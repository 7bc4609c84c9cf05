import { createHash, type Hash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/**
 * The contents of an index by file, without what depends on when and how often files were ingested (row
 * numbers, syncs, attempts). Vectors are compared by their bytes.
 */
export function indexContents(dataFolder: string): Record<string, unknown> {
  const db = new Database(join(dataFolder, 'deedbox.db'), { readonly: true });
  try {
    const rows = (table: string, columns: string, document: number) =>
      db
        .prepare(`SELECT ${columns} FROM ${table} WHERE document = ? ORDER BY ordinal`)
        .all(document);
    const words = wordsByDocument(db);
    const documents = db
      .prepare(
        `SELECT f.id, f.file_id, f.document_id, f.file_name, f.folder, f.change_key, f.state,
           f.outcome, d.content_hash, d.media_type, d.pipeline, d.characters, d.title,
           d.document_type, d.effective_date, d.expiration_date, d.governing_law, d.signed,
           c.analysis, c.pages, c.sections, c.text,
           d.first_passage AS first, d.passages AS count
         FROM files f LEFT JOIN documents d ON d.id = f.id LEFT JOIN document_contents c ON c.document = d.id
         ORDER BY f.folder, f.file_name`,
      )
      .all() as ({
      id: number;
      folder: string;
      file_name: string;
      first: number;
      count: number;
    } & object)[];
    return Object.fromEntries(
      documents.map(({ id, first, count, ...document }) => [
        `${document.folder}/${document.file_name}`,
        {
          ...document,
          vectors: vectorDigest(db, first, count),
          passages: rows('passages', 'ordinal, start, "end", path', id),
          clauses: rows('clauses', 'ordinal, type, start, "end", confidence, value', id),
          parties: rows('parties', 'ordinal, key, name', id),
          words: words.get(id),
        },
      ]),
    );
  } finally {
    db.close();
  }
}

function vectorDigest(db: Database.Database, first: number, count: number): string {
  const hash = createHash('sha256');
  const rows = db
    .prepare(
      `SELECT records FROM passage_vectors WHERE first_passage BETWEEN ? AND ?
       ORDER BY first_passage`,
    )
    .all(first, first + count - 1) as { records: Buffer }[];
  // Without the ids of passages, which depend on the order of ingestion.
  const stride = 264;
  for (const { records } of rows) {
    for (let at = 0; at < records.length; at += stride) {
      hash.update(records.subarray(at, at + 4)).update(records.subarray(at + 8, at + stride));
    }
  }
  return hash.digest('hex');
}

/** A digest of the full-text index of each document: every word with its position. */
function wordsByDocument(db: Database.Database): Map<number, string> {
  db.exec(
    `CREATE VIRTUAL TABLE temp.document_vocabulary USING fts5vocab (main, document_fts, instance);
     CREATE VIRTUAL TABLE temp.passage_vocabulary USING fts5vocab (main, passage_fts, instance)`,
  );
  // The column with the row number of the document depends on the order of ingestion.
  const rows = db
    .prepare(
      `SELECT doc AS document, -1 AS ordinal, term, col, offset FROM document_vocabulary
       UNION ALL SELECT p.document, p.ordinal, v.term, v.col, v.offset FROM passage_vocabulary v
         LEFT JOIN passages p ON p.id = v.doc WHERE v.col <> 'document'
       ORDER BY 1, 2, 4, 5, 3`,
    )
    .all() as { document: number; ordinal: number; term: string; col: string; offset: number }[];
  const digests = new Map<number, Hash>();
  for (const { document, ordinal, term, col, offset } of rows) {
    let digest = digests.get(document);
    if (!digest) digests.set(document, (digest = createHash('sha256')));
    digest.update(`${ordinal} ${col} ${offset} ${term}\n`);
  }
  return new Map([...digests].map(([document, digest]) => [document, digest.digest('hex')]));
}

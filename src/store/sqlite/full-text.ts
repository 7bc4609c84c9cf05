import type Sqlite from 'better-sqlite3';
import { foldForIndex } from '../../domain/fold-text.ts';
import type { Connection } from './connection.ts';
import { exactWords } from './exact-words.ts';
import { unpackIndexTexts, unpackText } from './packed-text.ts';

/** How the two indexes split and stem words, as their definitions in schema.ts say. */
export const documentTokenizer = 'unicode61 remove_diacritics 2';
export const passageTokenizer = `porter ${documentTokenizer}`;

/** Indexed characters from the beginning of the text: title, date, parties, recitals. */
const openingLength = 2000;

/** Selects what full text has of a document: its row id, title, parties, file name, folder and opening. */
export const indexedDocument = `SELECT d.id, fold_for_index(d.title),
    fold_for_index((SELECT coalesce(group_concat(name, '; '), '') FROM parties WHERE document = d.id)),
    fold_for_index(f.file_name), fold_for_index(f.folder),
    fold_for_index(substr(unpack_text(c.text), 1, ${openingLength}))
  FROM documents d JOIN files f ON f.id = d.id JOIN document_contents c ON c.document = d.id
  WHERE d.id = ?`;

/** Indexes a document again, in place of its former entry. */
export function updateDocumentFts(connection: Connection, document: number): void {
  connection.run('DELETE FROM document_fts WHERE rowid = ?', document);
  connection.run(
    `INSERT INTO document_fts (rowid, title, parties, file_name, folder, opening) ${indexedDocument}`,
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
  for (const values of indexedPassages(connection, document)) {
    connection.run(
      `INSERT INTO passage_fts (passage_fts, rowid, heading, body, document)
       VALUES ('delete', ?, ?, ?, ?)`,
      ...values,
    );
  }
}

/** What full text has of the passages of a document: row id, headings, text and the token of the document. */
export function* indexedPassages(connection: Connection, document: number): Generator<FtsValues> {
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
    yield ftsValues({ id, document, path: labels, indexText: texts[index]! });
  }
}

type FtsValues = readonly [id: number, heading: string, body: string, document: string];

const ftsValues = ({ id, document, path, indexText }: FtsPassage): FtsValues => [
  id,
  foldForIndex(path.join(' ')),
  bodyForIndex(path.join(' '), indexText),
  `d${document}`,
];

/** The text of a passage, with the rare words of its headings and of itself as they are written. */
function bodyForIndex(heading: string, text: string): string {
  const body = foldForIndex(text);
  const exact = exactWords(`${foldForIndex(heading)} ${body}`);
  return exact.length === 0 ? body : `${body} ${exact.join(' ')}`;
}

/** Defines what statements and migrations call. */
export function defineFoldFunctions(db: Sqlite.Database): void {
  db.function('fold_for_index', { deterministic: true }, (text) => foldForIndex(text as string));
  db.function('body_for_index', { deterministic: true }, (heading, text) =>
    bodyForIndex(heading as string, text as string),
  );
}

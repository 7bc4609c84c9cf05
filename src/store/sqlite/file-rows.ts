import type { ListedReader, SourceFile } from '../../documents.ts';
import type { Connection } from './connection.ts';
import { indexDocumentWords } from './document-words.ts';
import { raiseChangeNumber } from './state.ts';

/** What the source says about a file, with the row id that its document shares. */
export interface FileRow {
  id: number;
  file_id: string;
  source: string;
  file_name: string;
  folder: string;
  size: number;
  modified_at: string;
  web_url: string | null;
  change_key: string;
}

export function toSourceFile(connection: Connection, row: FileRow): SourceFile {
  return {
    fileId: row.file_id,
    source: row.source,
    fileName: row.file_name,
    folder: row.folder,
    size: row.size,
    modifiedAt: row.modified_at,
    ...(row.web_url !== null && { webUrl: row.web_url }),
    changeKey: row.change_key,
    readers: readersOf(connection, row.id),
  };
}

function readersOf(connection: Connection, file: number): ListedReader[] {
  return connection
    .all<{ reader: ListedReader }>(
      `SELECT reader || coalesce('${until}' || ends, '') AS reader FROM readers WHERE file = ?
       ORDER BY readers.reader`,
      file,
    )
    .map(({ reader }) => reader);
}

const until = ' until ';

/** Returns whether anyone has come or gone, or may read it for another time. */
function setReaders(connection: Connection, file: number, readers: readonly ListedReader[]) {
  const list = JSON.stringify(readers.map((reader) => reader.split(until)));
  const gone = connection.run(
    `DELETE FROM readers WHERE file = ? AND (reader, coalesce(ends, '')) NOT IN
       (SELECT value ->> 0, coalesce(value ->> 1, '') FROM json_each(?))`,
    file,
    list,
  );
  const added = connection.run(
    `INSERT OR IGNORE INTO readers (file, reader, ends)
     SELECT ?, value ->> 0, value ->> 1 FROM json_each(?)`,
    file,
    list,
  );
  return gone.changes + added.changes > 0;
}

export function rowOf(connection: Connection, fileId: string): FileRow | undefined {
  return connection.get<FileRow>('SELECT * FROM files WHERE file_id = ?', fileId);
}

/** Adds a file as pending; returns its row id. */
export function insertFile(connection: Connection, added: SourceFile & { syncId: string }): number {
  const { id } = connection.run(
    `INSERT INTO files (file_id, source, file_name, folder, size, modified_at, web_url, change_key,
       state, attempts, sync_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0, ?)`,
    added.fileId,
    added.source,
    added.fileName,
    added.folder,
    added.size,
    added.modifiedAt,
    added.webUrl ?? null,
    added.changeKey,
    added.syncId,
  );
  setReaders(connection, id, added.readers);
  return id;
}

/** What the source says about the file; where a reader would see the difference, it is a change. */
export function updateFile(connection: Connection, known: FileRow, now: SourceFile): void {
  connection.run(
    `UPDATE files SET source = ?, file_name = ?, folder = ?, size = ?, modified_at = ?, web_url = ?,
       change_key = ? WHERE id = ?`,
    now.source,
    now.fileName,
    now.folder,
    now.size,
    now.modifiedAt,
    now.webUrl ?? null,
    now.changeKey,
    known.id,
  );
  const shared = setReaders(connection, known.id, now.readers);
  const renamed = known.file_name !== now.fileName || known.folder !== now.folder;
  const touched = known.modified_at !== now.modifiedAt || known.web_url !== (now.webUrl ?? null);
  if (!renamed && !touched && !shared) return;
  if (!connection.get('SELECT 1 FROM documents WHERE id = ?', known.id)) return;
  if (renamed) indexDocumentWords(connection, known.id);
  raiseChangeNumber(connection, known.id);
}

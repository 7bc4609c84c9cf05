import type { SourceFile } from '../../documents.ts';
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

export function toSourceFile(row: FileRow): SourceFile {
  return {
    fileId: row.file_id,
    source: row.source,
    fileName: row.file_name,
    folder: row.folder,
    size: row.size,
    modifiedAt: row.modified_at,
    ...(row.web_url !== null && { webUrl: row.web_url }),
    changeKey: row.change_key,
  };
}

export function rowOf(connection: Connection, fileId: string): FileRow | undefined {
  return connection.get<FileRow>('SELECT * FROM files WHERE file_id = ?', fileId);
}

/** Adds a file as pending; returns its row id. */
export function insertFile(connection: Connection, added: SourceFile & { syncId: string }): number {
  return connection.run(
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
  ).id;
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
  const renamed = known.file_name !== now.fileName || known.folder !== now.folder;
  const touched = known.modified_at !== now.modifiedAt || known.web_url !== (now.webUrl ?? null);
  if (!renamed && !touched) return;
  if (!connection.get('SELECT 1 FROM documents WHERE id = ?', known.id)) return;
  if (renamed) indexDocumentWords(connection, known.id);
  raiseChangeNumber(connection);
}

import type { ListedAclEntry, SourceFile } from '../../domain/documents.ts';
import type { Connection } from './connection.ts';
import { updateDocumentFts } from './full-text.ts';
import { applyHolds } from './holds.ts';
import { incrementSequenceNumber } from './state.ts';

/** The columns that come from the source, and the row id, which the document shares. */
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
    aclEntries: aclEntriesOf(connection, row.id),
  };
}

function aclEntriesOf(connection: Connection, file: number): ListedAclEntry[] {
  return connection
    .all<{ entry: ListedAclEntry }>(
      `SELECT principal || coalesce('${expirySeparator}' || expires_at, '') AS entry FROM acl_entries
       WHERE file = ? ORDER BY principal`,
      file,
    )
    .map(({ entry }) => entry);
}

const expirySeparator = ' until ';

/** Returns whether an entry was added, removed or given another expiry. */
function replaceAclEntries(
  connection: Connection,
  file: number,
  aclEntries: readonly ListedAclEntry[],
) {
  const list = JSON.stringify(aclEntries.map((entry) => entry.split(expirySeparator)));
  const deleted = connection.run(
    `DELETE FROM acl_entries WHERE file = ? AND (principal, coalesce(expires_at, '')) NOT IN
       (SELECT value ->> 0, coalesce(value ->> 1, '') FROM json_each(?))`,
    file,
    list,
  );
  const inserted = connection.run(
    `INSERT OR IGNORE INTO acl_entries (file, principal, expires_at)
     SELECT ?, value ->> 0, value ->> 1 FROM json_each(?)`,
    file,
    list,
  );
  return deleted.changes + inserted.changes > 0;
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
  replaceAclEntries(connection, id, added.aclEntries);
  return id;
}

/** Versions of a file that a hold keeps are not readable for more principals than the file is now. */
function withdrawFromFormerVersions(
  connection: Connection,
  { fileId, aclEntries }: SourceFile,
): void {
  const versions = connection.all<{ id: number }>(
    'SELECT id FROM files WHERE former_file_id = ?',
    fileId,
  );
  for (const { id } of versions) {
    const former = aclEntriesOf(connection, id).map((entry) => entry.split(expirySeparator)[0]);
    const left = aclEntries.filter(
      (entry) => former.includes('anyone') || former.includes(entry.split(expirySeparator)[0]),
    );
    if (replaceAclEntries(connection, id, left)) incrementSequenceNumber(connection, id);
  }
}

/** Stores what the source reports; counts as a change of the document where a reader sees a difference. */
export function updateFile(connection: Connection, known: FileRow, updated: SourceFile): void {
  connection.run(
    `UPDATE files SET source = ?, file_name = ?, folder = ?, size = ?, modified_at = ?, web_url = ?,
       change_key = ? WHERE id = ?`,
    updated.source,
    updated.fileName,
    updated.folder,
    updated.size,
    updated.modifiedAt,
    updated.webUrl ?? null,
    updated.changeKey,
    known.id,
  );
  const aclChanged = replaceAclEntries(connection, known.id, updated.aclEntries);
  withdrawFromFormerVersions(connection, updated);
  const renamed = known.file_name !== updated.fileName || known.folder !== updated.folder;
  const metadataChanged =
    known.modified_at !== updated.modifiedAt || known.web_url !== (updated.webUrl ?? null);
  if (!renamed && !metadataChanged && !aclChanged) return;
  if (!connection.get('SELECT 1 FROM documents WHERE id = ?', known.id)) return;
  if (renamed) {
    updateDocumentFts(connection, known.id);
    applyHolds(connection, known.id);
  }
  incrementSequenceNumber(connection, known.id);
}

import type { Access, SourceFile } from '../../domain/documents.ts';
import { DeedboxError, type ErrorCode } from '../../errors/errors.ts';
import type { FileRecord, FileState } from '../records.ts';
import type { Store } from '../store.ts';
import type { Connection } from './connection.ts';
import { type FileRow, insertFile, rowOf, toSourceFile, updateFile } from './file-rows.ts';
import { andAclPredicate } from './acl-predicate.ts';
import { damagedRecord, isIntact } from './row-checksums.ts';
import { removeDocument } from './revisions.ts';
import { markRemoved, requireSource } from './sources.ts';

interface RecordRow extends FileRow {
  state: FileState;
  reason: ErrorCode | null;
  detail: string | null;
  attempts: number;
  failed_by: string | null;
  sync_id: string;
  outcome: FileRecord['outcome'] | null;
  document_id: string | null;
  content_hash: string | null;
  pipeline: string | null;
  intact: number;
}

const selectRecord = `SELECT f.*, d.content_hash, d.pipeline, (${isIntact('files', 'f')}) AS intact
  FROM files f LEFT JOIN documents d ON d.id = f.id`;

const orderByPath =
  'ORDER BY f.folder COLLATE NOCASE, f.folder, f.file_name COLLATE NOCASE, f.file_name, f.id';

function toRecord(connection: Connection, row: RecordRow): FileRecord {
  return {
    ...toSourceFile(connection, row),
    state: row.state,
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.detail !== null && { detail: row.detail }),
    attempts: row.attempts,
    ...(row.state === 'failed' && row.failed_by !== null && { failedBy: row.failed_by }),
    ...(row.content_hash !== null && { contentHash: row.content_hash }),
    ...(row.content_hash !== null && row.document_id !== null && { documentId: row.document_id }),
    ...(row.pipeline !== null && { pipeline: row.pipeline }),
    syncId: row.sync_id,
    ...(row.outcome && { outcome: row.outcome }),
  };
}

export function file(connection: Connection, fileId: string): FileRecord | undefined {
  const row = connection.get<RecordRow>(`${selectRecord} WHERE f.file_id = ?`, fileId);
  return row && toRecord(connection, row);
}

/** See `Store.files`. */
export function files(connection: Connection, query: Parameters<Store['files']>[0]): FileRecord[] {
  const conditions = ['true'];
  const values: (string | number)[] = [];
  if (query.source !== undefined) {
    conditions.push('f.source = ?');
    values.push(query.source);
  }
  if (query.states) {
    conditions.push('f.state IN (SELECT value FROM json_each(?))');
    values.push(JSON.stringify(query.states));
  }
  if (query.syncId !== undefined) {
    conditions.push('f.sync_id = ?');
    values.push(query.syncId);
  }
  if (query.excludedPipeline !== undefined) {
    conditions.push('d.pipeline <> ?');
    values.push(query.excludedPipeline);
  }
  const rows = connection.all<RecordRow>(
    `${selectRecord} WHERE ${conditions.join(' AND ')} ${orderByPath} LIMIT ? OFFSET ?`,
    ...values,
    query.limit ?? -1,
    query.offset ?? 0,
  );
  return rows.map((row) => toRecord(connection, row));
}

/** See `ScopedIndex.filesByName`. */
export function filesByName(connection: Connection, access: Access, names: string[]): FileRecord[] {
  const aclFilter = andAclPredicate(access, 'f.id');
  // File systems store accents composed or decomposed.
  const normalizedNames = JSON.stringify(
    names.flatMap((name) => [name.normalize('NFC'), name.normalize('NFD')]),
  );
  const rows = connection.all<RecordRow>(
    `${selectRecord} WHERE (f.file_name COLLATE NOCASE IN (SELECT value FROM json_each(?))
       OR f.document_id IN (SELECT value FROM json_each(?))) ${aclFilter.sql} ${orderByPath}`,
    normalizedNames,
    normalizedNames,
    ...aclFilter.values,
  );
  if (!rows.every(({ intact }) => intact)) throw damagedRecord('a file');
  return rows.map((row) => toRecord(connection, row));
}

/** Inserts or updates in one transaction; also updates the full-text index and the sequence number. */
export function recordFiles(connection: Connection, records: FileRecord[]): void {
  connection.write(() => {
    for (const record of records) {
      requireSource(connection, record.source);
      const known = rowOf(connection, record.fileId);
      if (known) updateFile(connection, known, record);
      else insertFile(connection, record);
      if (known && record.state === 'ignored') removeDocument(connection, known.id);
      setState(connection, record);
    }
  });
}

/** See `Store.reviseFiles`. */
export function reviseFiles(
  connection: Connection,
  fileIds: string[],
  revise: Parameters<Store['reviseFiles']>[1],
): void {
  connection.write(() => {
    for (const fileId of fileIds) {
      const record = revise(file(connection, fileId), fileId);
      if (record) recordFiles(connection, [record]);
    }
  });
}

/** See `Store.renameFile`. */
export function renameFile(
  connection: Connection,
  fileId: string,
  renamed: SourceFile,
  syncId: string,
): void {
  connection.write(() => {
    const known = rowOf(connection, fileId);
    if (!known) {
      throw new DeedboxError('not_found', 'The renamed file is not known.', {
        hint: 'Record it as a new file.',
      });
    }
    requireSource(connection, renamed.source);
    if (renamed.fileId !== fileId) removeFiles(connection, [renamed.fileId]);
    connection.run('UPDATE files SET file_id = ? WHERE id = ?', renamed.fileId, known.id);
    updateFile(connection, known, renamed);
    connection.run(
      `UPDATE files SET sync_id = ?, outcome = CASE state
         WHEN 'indexed' THEN 'unchanged' WHEN 'pending' THEN NULL ELSE state END
       WHERE id = ?`,
      syncId,
      known.id,
    );
  });
}

/** Removes files with their documents; ignores unknown ids. */
export function removeFiles(connection: Connection, fileIds: string[]): void {
  connection.write(() => {
    for (const fileId of fileIds) {
      const known = rowOf(connection, fileId);
      if (!known) continue;
      removeDocument(connection, known.id);
      connection.run('DELETE FROM files WHERE id = ?', known.id);
    }
  });
}

/** See `Store.removeSource`: one transaction. */
export function removeSource(connection: Connection, id: string): number {
  return connection.write(() => {
    const rows = connection.all<{ file_id: string }>(
      'SELECT file_id FROM files WHERE source = ?',
      id,
    );
    removeFiles(
      connection,
      rows.map((row) => row.file_id),
    );
    markRemoved(connection, id);
    return rows.length;
  });
}

function setState(connection: Connection, record: FileRecord): void {
  // A reset may have removed the document after the caller found the file unchanged.
  const isDocumentMissing =
    record.state === 'indexed' &&
    !connection.get(
      'SELECT 1 FROM documents d JOIN files f ON f.id = d.id WHERE f.file_id = ?',
      record.fileId,
    );
  connection.run(
    `UPDATE files SET state = ?, reason = ?, detail = ?, attempts = ?, failed_by = ?, sync_id = ?, outcome = ?
     WHERE file_id = ?`,
    isDocumentMissing ? 'pending' : record.state,
    record.reason ?? null,
    record.detail ?? null,
    record.attempts,
    record.failedBy ?? null,
    record.syncId,
    isDocumentMissing ? null : (record.outcome ?? null),
    record.fileId,
  );
}

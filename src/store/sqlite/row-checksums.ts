import type Sqlite from 'better-sqlite3';
import { DeedboxError } from '../../errors/errors.ts';
import { keepChecksums, rowChecksum } from '../../sqlite/row-checksum.ts';

/** The tables of schema version 5 with their columns; never changes, since its migration reads it. */
const columnsOfVersion5 = {
  state: 'one, sequence_number, model, index_writer, index_writer_until, removals, purged_removals',
  sources: 'id, removed, cursor, reconciled_at, changed_at, permissions_as_of',
  files:
    'id, file_id, source, file_name, folder, size, modified_at, web_url, change_key, state, reason, detail, ' +
    'attempts, failed_by, sync_id, outcome, document_id, gone_since, former_file_id',
  acl_entries: 'principal, file, expires_at',
  documents:
    'id, revision, sequence_number, content_hash, media_type, pipeline, pages, characters, first_passage, ' +
    'passages, title, title_key, document_type, agreement_date, effective_date, expiration_date, ' +
    'expiration_basis, term_fields, governing_law, governing_law_key, signed',
  document_contents: 'document, analysis, pages, sections, text, index_texts',
  passages: 'id, document, ordinal, start, "end", path',
  passage_vectors: 'first_passage, records',
  clauses: 'document, ordinal, type, start, "end", confidence, value',
  clause_probabilities: 'document, type, probability',
  parties: 'document, ordinal, key, name, aliases',
  tombstones: 'seq, first_passage, passages',
  vector_segments: 'seq, first_passage, last_passage, records, file, checksum, superseded_at',
  syncs:
    'seq, sync_id, sources, kind, state, created_at, finished_at, detail, notes, reconcile_diff, feed_sources, ' +
    'listed_sources, removed, counts',
  holds: 'id, kind, subject, key, reason, placed_by, placed_at',
  held_files: 'hold, file',
} as const;

export type ChecksummedTable = keyof typeof columnsOfVersion5;

/** The tables whose rows have a checksum, with all of their other columns. */
export const checksummedTables: Readonly<Record<ChecksummedTable, string>> = columnsOfVersion5;

/** Tables without a row id, with the columns that identify a row. */
const keysOf: Partial<Record<ChecksummedTable, string[]>> = {
  sources: ['id'],
  acl_entries: ['principal', 'file'],
  clauses: ['document', 'ordinal'],
  clause_probabilities: ['document', 'type'],
  parties: ['document', 'ordinal'],
  held_files: ['hold', 'file'],
};

/** The columns that identify a row. */
export const keyOf = (table: ChecksummedTable): string[] => keysOf[table] ?? ['rowid'];

/** The migration to schema version 5: a checksum for each row of each table. */
export const addChecksums = (): string =>
  Object.entries(columnsOfVersion5)
    .map(
      ([table, columns]) => `
  ALTER TABLE ${table} ADD COLUMN row_checksum INTEGER;
  UPDATE ${table} SET row_checksum = ${rowChecksum(columns, table)};`,
    )
    .join('');

/** See `keepChecksums`. */
export function createChecksumTriggers(db: Sqlite.Database): void {
  for (const table of Object.keys(checksummedTables) as ChecksummedTable[]) {
    keepChecksums(db, {
      table,
      columns: checksummedTables[table],
      key: keyOf(table),
      // Facts that are damaged must not become intact because another column of the document changes.
      updatedWhen: table === 'documents' ? isIntact(table, 'old') : undefined,
    });
  }
}

/**
 * An SQL condition: the row is as it was written.
 * @param row the name or alias of the table in the statement
 */
export const isIntact = (table: ChecksummedTable, row: string = table): string =>
  `${row}.row_checksum IS ${rowChecksum(checksummedTables[table], row)}`;

/** The same for all rows of a table that belong to one document; a join of the aliases `f`, `d` and `c`. */
const areIntact = (table: ChecksummedTable, documentColumn: string): string =>
  `NOT EXISTS (SELECT 1 FROM ${table} WHERE ${table}.${documentColumn} = d.id
     AND NOT (${isIntact(table)}))`;

/**
 * An SQL condition on one document, joined of files `f`, documents `d` and document_contents `c`: all that
 * an answer says of it, and what decided that it is one, is as it was written.
 */
export const isDocumentIntact: string = [
  isIntact('files', 'f'),
  isIntact('documents', 'd'),
  isIntact('document_contents', 'c'),
  areIntact('acl_entries', 'file'),
  areIntact('parties', 'document'),
  areIntact('clause_probabilities', 'document'),
].join(' AND ');

/** The error for a row that is not intact. */
export function damagedRecord(what: string): DeedboxError {
  return new DeedboxError('damaged_record', `The stored record of ${what} is damaged.`, {
    hint:
      'Ask whoever runs Deedbox to run `deedbox verify`, which lists what is damaged, and to restore a backup or ' +
      'to run `deedbox reindex`, which reads every document again.',
  });
}

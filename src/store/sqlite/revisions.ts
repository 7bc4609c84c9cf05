import { createHash, randomBytes } from 'node:crypto';
import { DeedboxError } from '../../errors/errors.ts';
import { clauseProbability } from '../clause-probability.ts';
import type { ModelIdentity, NewPassage, NewRevision } from '../records.ts';
import type { Connection } from './connection.ts';
import { insertPassageFts, removePassageFts, updateDocumentFts } from './full-text.ts';
import { packIndexTexts, packText } from './packed-text.ts';
import { type FileRow, insertFile, rowOf, toSourceFile, updateFile } from './file-rows.ts';
import { applyHolds, inheritHolds, isHeld, keepGone, requireNoneGone } from './holds.ts';
import { normalizeKey } from './normalize-key.ts';
import { termFieldsColumn } from './term-predicates.ts';
import { requireSource } from './sources.ts';
import { dropSegments } from './vectors/segment-table.ts';
import { insertVectors, removeVectors } from './vectors/stored-records.ts';
import {
  countRemoval,
  incrementSequenceNumber,
  requireModel,
  setModel,
  storedModel,
} from './state.ts';

/** The vector index has ids of 32 bits. */
const maxPassageId = 0xffff_ffff;

/**
 * Replaces the revision of the file and marks it indexed, in one transaction; adds an unknown file.
 * Returns the document id.
 */
export function replaceDocument(connection: Connection, revision: NewRevision): string {
  checkVectors(revision);
  return connection.write(() => {
    requireModel(connection, revision.model);
    if (!storedModel(connection)) setModel(connection, revision.model);
    requireSource(connection, revision.file.source);
    const stored = rowOf(connection, revision.file.fileId);
    const isKept = stored !== undefined && isOtherVersionHeld(connection, stored, revision);
    if (isKept) keepGone(connection, stored.id);
    const known = isKept ? undefined : stored;
    const id = known?.id ?? insertFile(connection, { ...revision.file, syncId: revision.syncId });
    removeDocument(connection, id);
    if (known) updateFile(connection, known, revision.file);
    insertDocument(connection, id, revision);
    insertPassages(connection, id, revision.passages);
    insertFindings(connection, id, revision);
    if (isKept) inheritHolds(connection, stored.id, id);
    applyHolds(connection, id);
    updateDocumentFts(connection, id);
    incrementSequenceNumber(connection, id);
    return markIndexed(connection, id, revision);
  });
}

/** Whether other bytes of this file are on hold: they are kept as a document of their own. */
function isOtherVersionHeld(
  connection: Connection,
  { id }: FileRow,
  { contentHash }: NewRevision,
): boolean {
  const sql = 'SELECT 1 FROM documents WHERE id = ? AND content_hash <> ?';
  return connection.get(sql, id, contentHash) !== undefined && isHeld(connection, id);
}

/** See `Store.replaceDocumentIfUnchanged`: one transaction. */
export function replaceDocumentIfUnchanged(connection: Connection, revision: NewRevision): boolean {
  return connection.write(() => {
    const known = connection.get<FileRow & { sync_id: string }>(
      'SELECT * FROM files WHERE file_id = ?',
      revision.file.fileId,
    );
    if (known?.change_key !== revision.file.changeKey) return false;
    const file = toSourceFile(connection, known);
    replaceDocument(connection, { ...revision, file, syncId: known.sync_id });
    return true;
  });
}

/** Deletes a document with all of its rows; the file stays. */
export function removeDocument(connection: Connection, id: number): void {
  const row = connection.get<{ first: number | null; passages: number }>(
    'SELECT first_passage AS first, passages FROM documents WHERE id = ?',
    id,
  );
  if (!row) return;
  connection.run('DELETE FROM document_fts WHERE rowid = ?', id);
  if (row.first !== null) {
    const last = row.first + row.passages - 1;
    removePassageFts(connection, id);
    removeVectors(connection, { first: row.first, last });
    connection.run(
      'INSERT INTO tombstones (first_passage, passages) VALUES (?, ?)',
      row.first,
      row.passages,
    );
  }
  connection.run('DELETE FROM documents WHERE id = ?', id);
  countRemoval(connection);
  incrementSequenceNumber(connection);
}

/** See `Store.reset`. Document ids stay with their files. */
export function reset(connection: Connection, model: ModelIdentity): void {
  connection.write(() => {
    requireNoneGone(connection);
    connection.run('DELETE FROM document_fts');
    connection.run("INSERT INTO passage_fts (passage_fts) VALUES ('delete-all')");
    connection.run('DELETE FROM documents');
    connection.run('DELETE FROM passage_vectors');
    connection.run(
      `UPDATE files SET state = 'pending', reason = NULL, detail = NULL, attempts = 0,
         outcome = NULL WHERE state <> 'ignored'`,
    );
    dropSegments(connection);
    countRemoval(connection);
    setModel(connection, model);
    incrementSequenceNumber(connection);
  });
}

function insertDocument(connection: Connection, id: number, revision: NewRevision): void {
  const { clauses: _, ...analysis } = revision.analysis;
  connection.run(
    `INSERT INTO documents (id, revision, sequence_number, content_hash, media_type, pipeline, pages, characters, passages,
       title, title_key, document_type, agreement_date, effective_date, expiration_date,
       expiration_basis, term_fields, governing_law, governing_law_key, signed)
     VALUES (?, ?, 0, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    // Random, so that it is also new after a data folder was restored or created again.
    randomBytes(12).toString('base64url'),
    revision.contentHash,
    revision.mediaType,
    revision.pipeline,
    revision.pages.length,
    revision.text.length,
    analysis.title,
    normalizeKey(analysis.title),
    analysis.documentType,
    analysis.agreementDate?.value ?? null,
    analysis.effectiveDate?.value ?? null,
    analysis.expirationDate?.value ?? null,
    analysis.expirationDate?.basis ?? null,
    termFieldsColumn(analysis),
    analysis.governingLaw?.value ?? null,
    analysis.governingLaw ? normalizeKey(analysis.governingLaw.value) : null,
    analysis.signed.value,
  );
  connection.run(
    `INSERT INTO document_contents (document, analysis, pages, sections, text, index_texts)
     VALUES (?, ?, ?, ?, ?, ?)`,
    id,
    JSON.stringify(analysis),
    JSON.stringify(revision.pages),
    JSON.stringify(revision.sections),
    packText(revision.text),
    packIndexTexts(revision.text, revision.passages),
  );
}

/** The passages of one document get consecutive ids, since the transaction holds the write lock. */
function insertPassages(connection: Connection, document: number, passages: NewPassage[]): void {
  const [first] = passages;
  if (!first) return;
  let id = 0;
  for (const passage of passages) {
    id = connection.run(
      'INSERT INTO passages (document, ordinal, start, "end", path) VALUES (?, ?, ?, ?, ?)',
      document,
      passage.ordinal,
      passage.start,
      passage.end,
      JSON.stringify(passage.path),
    ).id;
    insertPassageFts(connection, { id, document, ...passage });
  }
  if (id > maxPassageId) {
    throw new DeedboxError('storage_error', 'The ids for passages are used up.', {
      hint: 'Start with a new data folder and run `deedbox ingest` again.',
    });
  }
  connection.run(
    'UPDATE documents SET first_passage = ?, passages = ? WHERE id = ?',
    id - passages.length + 1,
    passages.length,
    document,
  );
  const vectors = passages.map(({ vector }) => vector);
  insertVectors(connection, id - passages.length + 1, vectors);
}

function insertFindings(connection: Connection, document: number, revision: NewRevision): void {
  const byType = new Map<string, number[]>();
  revision.analysis.clauses.forEach((clause, ordinal) => {
    connection.run(
      `INSERT INTO clauses (document, ordinal, type, start, "end", confidence, value)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      document,
      ordinal,
      clause.type,
      clause.start,
      clause.end,
      clause.confidence,
      clause.value ?? null,
    );
    const confidences = byType.get(clause.type);
    if (confidences) confidences.push(clause.confidence);
    else byType.set(clause.type, [clause.confidence]);
  });
  for (const [type, confidences] of byType) {
    connection.run(
      'INSERT INTO clause_probabilities (document, type, probability) VALUES (?, ?, ?)',
      document,
      type,
      clauseProbability(confidences),
    );
  }
  revision.partyKeys.forEach(({ key, name, aliases = [] }, ordinal) => {
    connection.run(
      'INSERT INTO parties (document, ordinal, key, name, aliases) VALUES (?, ?, ?, ?, ?)',
      document,
      ordinal,
      key,
      name,
      JSON.stringify(aliases),
    );
  });
}

function markIndexed(connection: Connection, id: number, revision: NewRevision): string {
  const row = connection.get<{ document_id: string | null }>(
    'SELECT document_id FROM files WHERE id = ?',
    id,
  );
  const documentId = row?.document_id ?? allocateDocumentId(connection, revision.file.fileId);
  connection.run(
    `UPDATE files SET attempts = CASE state WHEN 'indexed' THEN 1 ELSE attempts + 1 END,
       state = 'indexed', reason = NULL, detail = NULL, sync_id = ?, outcome = 'indexed',
       document_id = ? WHERE id = ?`,
    revision.syncId,
    documentId,
    id,
  );
  return documentId;
}

/**
 * Derived from the file id, so that an index built again has the same ids; salted if a renamed file has
 * the id already. A leading hyphen would look like an option on a command line.
 */
function allocateDocumentId(connection: Connection, fileId: string): string {
  for (let salt = 0; ; salt += 1) {
    const hash = createHash('sha256').update(`${salt}\0${fileId}`).digest('base64url');
    const candidate = hash.slice(0, 20);
    const taken = connection.get('SELECT 1 FROM files WHERE document_id = ?', candidate);
    if (!candidate.startsWith('-') && !taken) return candidate;
  }
}

function checkVectors({ passages, model }: NewRevision): void {
  if (passages.every(({ vector }) => vector.length === model.dimensions)) return;
  throw new DeedboxError(
    'model_mismatch',
    `A passage's vector does not have the ${model.dimensions} dimensions of its model.`,
  );
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Page } from '../../domain/documents.ts';
import { clauseProbability } from '../clause-probability.ts';
import type { IntegrityProblem } from '../records.ts';
import type { Connection } from './connection.ts';
import { isOnHold } from './holds.ts';
import { hasStoreSchema, openStoreReader } from './schema.ts';
import { unpackText } from './packed-text.ts';
import { type ChecksummedTable, checksummedTables, isIntact, keyOf } from './row-checksums.ts';
import { storedModel } from './state.ts';
import { verifyFullText } from './verify-full-text.ts';
import { codesAt, paddedWidth, queryOne, recordBytes } from './vectors/records.ts';
import { readRecords } from './vectors/stored-records.ts';

type Report = (check: string, detail: string) => void;

interface StoredContent {
  id: number;
  name: string;
  first: number | null;
  passages: number;
  pages: string;
  characters: number;
  text: Buffer;
}

/** Queries for rows that violate an invariant; `detail` describes each. */
const violationQueries: Record<string, string> = {
  files: `SELECT 'The file "' || f.file_name || '" is marked as indexed and has no document.' AS detail
    FROM files f LEFT JOIN documents d ON d.id = f.id WHERE f.state = 'indexed' AND d.id IS NULL
    UNION ALL SELECT 'A document of "' || f.file_name || '" has no id.' FROM documents d
    JOIN files f ON f.id = d.id WHERE f.document_id IS NULL`,
  acl_entries: `SELECT 'The file "' || f.file_name || '" has an invalid ACL entry: "' || e.principal || '".'
    AS detail FROM acl_entries e JOIN files f ON f.id = e.file
    WHERE e.principal NOT IN ('anyone', 'unknown') AND NOT (e.principal = lower(e.principal) AND (e.principal GLOB 'domain:?*.?*'
      OR e.principal GLOB 'user:?*@?*' OR e.principal GLOB 'group:?*@?*'))`,
  held_files: `SELECT 'The document of "' || f.file_name || '" is missing in hold ' || h.id || '.' AS detail
    FROM holds h, files f JOIN documents d ON d.id = f.id
    WHERE ${isOnHold} AND NOT EXISTS (SELECT 1 FROM held_files WHERE hold = h.id AND file = f.id)`,
  document_contents: `SELECT 'Document ' || d.id || ' has no text.' AS detail FROM documents d
    LEFT JOIN document_contents c ON c.document = d.id WHERE c.document IS NULL`,
  document_fts: `SELECT 'Document ' || id || ' is in the full text or in the store, not in both.'
    AS detail FROM (SELECT id FROM documents EXCEPT SELECT id FROM document_fts_docsize
    UNION ALL SELECT * FROM (SELECT id FROM document_fts_docsize EXCEPT SELECT id FROM documents))`,
  passage_fts: `SELECT 'Passage ' || id || ' is in the full text or in the store, not in both.'
    AS detail FROM (SELECT * FROM (SELECT id FROM passages EXCEPT SELECT id FROM passage_fts_docsize)
    UNION ALL SELECT * FROM (SELECT id FROM passage_fts_docsize EXCEPT SELECT id FROM passages))`,
};

/**
 * Checks one state of the database, whatever is written meanwhile; yields to the event loop after each
 * document.
 */
export async function verifyDatabase(file: string): Promise<IntegrityProblem[]> {
  const problems: IntegrityProblem[] = [];
  const report: Report = (check, detail) => problems.push({ check, detail });
  const connection = openStoreReader(file);
  try {
    connection.run('BEGIN');
    if (!hasStoreSchema(file)) report('schema', 'A table or index is not defined as it should be.');
    verifyTables(connection, report);
    verifyRows(connection, report);
    const width = paddedWidth(storedModel(connection)?.dimensions ?? 0);
    for (const { id } of connection.all<{ id: number }>('SELECT id FROM documents ORDER BY id')) {
      verifyDocument(connection, id, width, report);
      await nextTurn();
    }
    // Damaged rows cannot be indexed again.
    if (problems.length === 0) problems.push(...(await verifyFullText(connection)));
  } finally {
    connection.close();
  }
  return problems;
}

/** Finds rows that are not as they were written; names at most 100 of each table. */
function verifyRows(connection: Connection, report: Report): void {
  for (const table of Object.keys(checksummedTables) as ChecksummedTable[]) {
    const key = keyOf(table).join(` || ', ' || `);
    const damaged = connection.all<{ key: string | number }>(
      `SELECT ${key} AS key FROM ${table} WHERE NOT (${isIntact(table)}) LIMIT 100`,
    );
    for (const row of damaged) {
      report(table, `The row ${row.key} of ${table} is not as it was written.`);
    }
  }
}

function verifyTables(connection: Connection, report: Report): void {
  for (const row of connection.all<{ integrity_check: string }>('PRAGMA integrity_check')) {
    if (row.integrity_check !== 'ok') report('database', row.integrity_check);
  }
  for (const row of connection.all<{ table: string; rowid: number }>('PRAGMA foreign_key_check')) {
    report('references', `Row ${row.rowid} of ${row.table} belongs to nothing.`);
  }
  for (const [check, sql] of Object.entries(violationQueries)) {
    for (const { detail } of connection.all<{ detail: string }>(`${sql} LIMIT 100`)) {
      report(check, detail);
    }
  }
}

function verifyDocument(connection: Connection, id: number, width: number, report: Report): void {
  const document = connection.get<StoredContent>(
    `SELECT d.id, f.file_name AS name, d.first_passage AS first, d.passages, d.characters, c.pages,
       c.text
     FROM documents d JOIN files f ON f.id = d.id JOIN document_contents c ON c.document = d.id WHERE d.id = ?`,
    id,
  );
  if (!document) return;
  const name = `"${document.name}" (document ${id})`;
  const length = textLength(document.text);
  if (length !== document.characters) report('text', `The text of ${name} has another length.`);
  if (!coverText(JSON.parse(document.pages) as Page[], length)) {
    report('pages', `The pages of ${name} do not cover its text.`);
  }
  const passages = connection.all<{ id: number; start: number; end: number }>(
    'SELECT id, start, "end" FROM passages WHERE document = ? ORDER BY id',
    id,
  );
  if (passages.some(({ start, end }) => start < 0 || start >= end || end > length)) {
    report('passages', `A passage of ${name} lies outside of its text.`);
  }
  const consecutive = passages.every((passage, i) => passage.id === (document.first ?? 0) + i);
  if (passages.length !== document.passages || !consecutive) {
    report('passages', `The passages of ${name} are not those it was stored with.`);
  }
  verifyVectors(connection, document, width, (detail) => report('vectors', `${name} ${detail}`));
  if (!hasAllClauses(connection, id)) {
    report('clauses', `The clauses of ${name} are not those it was stored with.`);
  }
}

/** Compares the clauses with what was computed from them; a row that is gone has no checksum that is wrong. */
function hasAllClauses(connection: Connection, document: number): boolean {
  const clauses = connection.all<{ ordinal: number; type: string; confidence: number }>(
    'SELECT ordinal, type, confidence FROM clauses WHERE document = ? ORDER BY ordinal',
    document,
  );
  if (clauses.some(({ ordinal }, index) => ordinal !== index)) return false;
  const stored = connection.all<{ type: string; probability: number }>(
    'SELECT type, probability FROM clause_probabilities WHERE document = ?',
    document,
  );
  const confidencesOf = (type: string) =>
    clauses.filter((clause) => clause.type === type).map(({ confidence }) => confidence);
  return (
    stored.length === new Set(clauses.map(({ type }) => type)).size &&
    stored.every(({ type, probability }) => clauseProbability(confidencesOf(type)) === probability)
  );
}

function verifyVectors(
  connection: Connection,
  { first, passages }: StoredContent,
  width: number,
  report: (detail: string) => void,
): void {
  if (first === null) return;
  let next = first;
  const range = { first, last: first + passages - 1 };
  try {
    for (const row of readRecords(connection, range, width)) {
      if (row.first !== next) break;
      next += row.count;
      const { buffer, byteOffset } = row.records;
      const view = new DataView(buffer, byteOffset);
      for (let i = 0; i < row.count; i += 1) {
        const scale = view.getFloat32(i * recordBytes(width), true) * queryOne;
        if (isUnit(codesAt(row.records, i, width), scale)) continue;
        report('has a vector whose length is not 1.');
        return;
      }
    }
  } catch {
    report('has a damaged vector.');
    return;
  }
  if (next !== first + passages) report('does not have one vector for each passage.');
}

/** -1 for a text that cannot be unpacked. */
function textLength(packed: Buffer): number {
  try {
    return unpackText(packed).length;
  } catch {
    return -1;
  }
}

function coverText(pages: Page[], length: number): boolean {
  let offset = 0;
  for (const [index, page] of pages.entries()) {
    if (page.number !== index + 1 || page.start !== offset || page.end < page.start) return false;
    offset = page.end;
  }
  return offset === length;
}

/** Up to the error of 8-bit numbers. */
function isUnit(codes: Int8Array, scale: number): boolean {
  let squares = 0;
  for (const code of codes) squares += (code * scale) ** 2;
  return Math.abs(squares - 1) < 0.01;
}

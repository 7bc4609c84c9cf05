import type Sqlite from 'better-sqlite3';
import { hasOwnSchema, openDatabase, openReadOnly } from '../../sqlite/open-database.ts';
import { Connection } from './connection.ts';
import { defineFoldFunctions } from './full-text.ts';
import { deletionMigration } from './schema-version-4.ts';
import { foldingMigration } from './schema-version-6.ts';
import { defineTextFunctions } from './packed-text.ts';
import { defineChecksumFunction } from '../../sqlite/row-checksum.ts';
import { addChecksums, createChecksumTriggers } from './row-checksums.ts';
import { defineTermFunctions } from './term-predicates.ts';
import { defineVectorFunctions } from './vectors/stored-records.ts';

/** "Deed" in ASCII. */
const applicationId = 0x44656564;

/** See `DatabaseOptions.migrations`. */
export const migrations: readonly string[] = [
  `
  -- One row: the state of the whole database.
  CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    sequence_number INTEGER NOT NULL,
    model TEXT,
    snapshot TEXT,
    snapshot_duplicates BLOB,
    tombstones_pruned INTEGER NOT NULL
  ) STRICT;
  INSERT INTO state VALUES (1, 0, NULL, NULL, NULL, 0);

  CREATE TABLE sources (
    id TEXT PRIMARY KEY,
    removed INTEGER NOT NULL DEFAULT 0,
    -- The position in the change feed up to which changes are recorded.
    cursor TEXT,
    -- When its last complete listing began, and when the feed last reported a change.
    reconciled_at TEXT,
    changed_at TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file_id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL REFERENCES sources (id),
    file_name TEXT NOT NULL,
    folder TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified_at TEXT NOT NULL,
    web_url TEXT,
    change_key TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'indexed', 'failed', 'ignored')),
    reason TEXT,
    detail TEXT,
    attempts INTEGER NOT NULL,
    failed_by TEXT,
    sync_id TEXT NOT NULL,
    outcome TEXT CHECK (outcome IN ('indexed', 'unchanged', 'failed', 'ignored')),
    document_id TEXT UNIQUE
  ) STRICT;
  CREATE INDEX files_by_sync ON files (sync_id, outcome);
  CREATE INDEX files_by_state ON files (state, reason);
  CREATE INDEX files_by_source ON files (source, sync_id, state);

  CREATE TABLE acl_entries (
    principal TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    -- ISO 8601; null for entries that do not expire.
    expires_at TEXT,
    PRIMARY KEY (principal, file)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX acl_entries_by_file ON acl_entries (file, principal, expires_at);
  CREATE INDEX acl_entries_by_expiry ON acl_entries (expires_at) WHERE expires_at IS NOT NULL;

  -- What filters and sort orders use; a document has the id of its file.
  CREATE TABLE documents (
    id INTEGER PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
    revision TEXT NOT NULL,
    -- The sequence number of its last change, changes of its ACL included.
    sequence_number INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    media_type TEXT NOT NULL,
    pipeline TEXT NOT NULL,
    pages INTEGER NOT NULL,
    characters INTEGER NOT NULL,
    first_passage INTEGER,
    passages INTEGER NOT NULL,
    title TEXT NOT NULL,
    title_key TEXT NOT NULL,
    document_type TEXT NOT NULL,
    agreement_date TEXT,
    effective_date TEXT,
    expiration_date TEXT,
    expiration_basis TEXT,
    -- The facts from which terms are computed, as JSON; null where no renewal is stated.
    term_fields TEXT,
    governing_law TEXT,
    governing_law_key TEXT,
    signed TEXT NOT NULL
  ) STRICT;
  CREATE INDEX documents_by_first_passage ON documents (first_passage, passages);
  CREATE INDEX documents_by_title ON documents (title_key, id);
  CREATE INDEX documents_by_type ON documents (document_type);
  CREATE INDEX documents_by_law ON documents (governing_law_key, governing_law);

  CREATE TABLE document_contents (
    document INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    analysis TEXT NOT NULL,
    pages TEXT NOT NULL,
    sections TEXT NOT NULL,
    text TEXT NOT NULL
  ) STRICT;

  -- Ids are the labels of the vector index and never reused.
  CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    path TEXT NOT NULL,
    vector_key INTEGER NOT NULL,
    UNIQUE (document, ordinal)
  ) STRICT;
  CREATE INDEX passages_by_vector ON passages (vector_key);

  -- All vectors of a document in order of its passages, as little-endian 32-bit floats.
  CREATE TABLE vectors (
    document INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    vectors BLOB NOT NULL
  ) STRICT;

  CREATE TABLE clauses (
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    type TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    confidence REAL NOT NULL,
    value TEXT,
    PRIMARY KEY (document, ordinal)
  ) STRICT, WITHOUT ROWID;

  -- The probability of each clause type with a candidate.
  CREATE TABLE clause_probabilities (
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    probability REAL NOT NULL,
    PRIMARY KEY (document, type)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX clause_probabilities_by_type ON clause_probabilities (type, probability, document);

  CREATE TABLE parties (
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Keys of its short names, as JSON.
    aliases TEXT NOT NULL,
    PRIMARY KEY (document, ordinal)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX parties_by_key ON parties (key, name, document, aliases);

  -- Ranges of removed passages, which vector indexes in memory apply.
  CREATE TABLE tombstones (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    first_passage INTEGER NOT NULL,
    passages INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE syncs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    sync_id TEXT NOT NULL UNIQUE,
    sources TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    finished_at TEXT,
    detail TEXT,
    -- The next four columns are JSON.
    notes TEXT,
    reconcile_diff TEXT,
    feed_sources TEXT,
    listed_sources TEXT,
    removed INTEGER NOT NULL DEFAULT 0,
    counts TEXT
  ) STRICT;

  CREATE VIRTUAL TABLE passage_fts USING fts5 (
    heading, body, document,
    tokenize = 'porter unicode61 remove_diacritics 2'
  );
  CREATE VIRTUAL TABLE document_fts USING fts5 (
    title, parties, file_name, folder, opening,
    tokenize = 'unicode61 remove_diacritics 2'
  );
  `,
  `ALTER TABLE sources ADD COLUMN permissions_as_of TEXT`,
  `
  -- Vectors of consecutive passages of one document, in 8-bit numbers: see vectors/records.ts.
  CREATE TABLE passage_vectors (
    first_passage INTEGER PRIMARY KEY,
    records BLOB NOT NULL
  ) STRICT;
  INSERT INTO passage_vectors (first_passage, records)
    SELECT rows.first_passage, rows.records FROM documents d JOIN vectors v ON v.document = d.id
    JOIN vector_rows(v.vectors, d.first_passage, (SELECT model FROM state)) rows
    WHERE d.passages > 0;
  DROP TABLE vectors;
  DROP INDEX passages_by_vector;
  ALTER TABLE passages DROP COLUMN vector_key;

  ALTER TABLE state DROP COLUMN snapshot;
  ALTER TABLE state DROP COLUMN snapshot_duplicates;
  ALTER TABLE state DROP COLUMN tombstones_pruned;
  -- The process that writes segments, and until when in milliseconds since 1970.
  ALTER TABLE state ADD COLUMN index_writer TEXT;
  ALTER TABLE state ADD COLUMN index_writer_until INTEGER;

  -- Files of the vector index; each holds the passages of a range of ids.
  CREATE TABLE vector_segments (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    first_passage INTEGER NOT NULL,
    last_passage INTEGER NOT NULL,
    records INTEGER NOT NULL,
    file TEXT NOT NULL UNIQUE,
    checksum TEXT NOT NULL,
    -- Milliseconds since 1970; null while the segment is in use.
    superseded_at INTEGER
  ) STRICT;
  DELETE FROM tombstones;

  -- Texts compressed, see packed-text.ts; full text without a copy of them.
  ALTER TABLE document_contents RENAME TO former_contents;
  ALTER TABLE passage_fts RENAME TO former_passage_fts;
  CREATE TABLE document_contents (
    document INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    analysis TEXT NOT NULL,
    pages TEXT NOT NULL,
    sections TEXT NOT NULL,
    text BLOB NOT NULL,
    index_texts BLOB
  ) STRICT;
  INSERT INTO document_contents (document, analysis, pages, sections, text, index_texts)
    SELECT c.document, c.analysis, c.pages, c.sections, pack_text(c.text),
      pack_index_texts(c.text, (
        SELECT json_group_array(json_object('start', start, 'end', "end", 'indexText', body))
        FROM (SELECT p.start, p."end", f.body
          FROM passages p JOIN former_passage_fts f ON f.rowid = p.id
          WHERE p.document = c.document ORDER BY p.id)
      ))
    FROM former_contents c;
  CREATE VIRTUAL TABLE passage_fts USING fts5 (
    heading, body, document, content = '',
    tokenize = 'porter unicode61 remove_diacritics 2'
  );
  INSERT INTO passage_fts (rowid, heading, body, document)
    SELECT rowid, heading, body, document FROM former_passage_fts;
  DROP TABLE former_passage_fts;
  DROP TABLE former_contents;
  `,
  deletionMigration,
  addChecksums(),
  foldingMigration,
];

export const schemaVersion = migrations.length;

/** Milliseconds to wait for another process's transaction. */
export const busyTimeoutMs = 15_000;

/**
 * Opens the database of the store, or creates it. In WAL mode with a sync at each commit, what was
 * committed survives both a killed process and a power failure. Throws as `openDatabase` does.
 */
export function openStoreDatabase(file: string): Connection {
  const db = openDatabase(file, {
    migrations,
    applicationId,
    busyTimeoutMs,
    journalMode: 'WAL',
    synchronous: 'FULL',
    configure: (opened) => {
      opened.pragma('foreign_keys = ON');
      opened.pragma('cache_size = -65536');
      defineFunctions(opened);
    },
  });
  createChecksumTriggers(db);
  return new Connection(db);
}

/** Whether all tables and indexes of a database of this version are defined as those of a new one. */
export function hasStoreSchema(file: string): boolean {
  const db = openReadOnly(file, busyTimeoutMs);
  try {
    return hasOwnSchema(db, { migrations, configure: defineFunctions });
  } finally {
    db.close();
  }
}

/** Opens an existing database for reading alone; its schema is that of this version. */
export function openStoreReader(file: string): Connection {
  const db = openReadOnly(file, busyTimeoutMs);
  db.pragma('cache_size = -16384');
  defineFunctions(db);
  return new Connection(db);
}

/** Defines the functions that statements and migrations call. */
function defineFunctions(db: Sqlite.Database): void {
  defineTermFunctions(db);
  defineChecksumFunction(db);
  defineVectorFunctions(db);
  defineTextFunctions(db);
  defineFoldFunctions(db);
}

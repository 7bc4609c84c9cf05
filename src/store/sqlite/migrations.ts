import { DeedboxError } from '../../errors/errors.ts';
import type { Connection } from './connection.ts';

/** "Deed", so that another program's database is not taken for ours. */
const applicationId = 0x44656564;

/** Each brings the schema from its index to the next version; what is released never changes. */
const migrations = [
  `
  -- One row: what holds for the whole database.
  CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    change_number INTEGER NOT NULL,
    model TEXT,
    snapshot TEXT,
    snapshot_twins BLOB,
    removals_pruned INTEGER NOT NULL
  ) STRICT;
  INSERT INTO state VALUES (1, 0, NULL, NULL, NULL, 0);

  CREATE TABLE sources (
    id TEXT PRIMARY KEY,
    removed INTEGER NOT NULL DEFAULT 0,
    -- Up to where the source's changes are recorded.
    cursor TEXT,
    -- When its last complete listing began, and when it last told of a change.
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

  CREATE TABLE readers (
    reader TEXT NOT NULL,
    file INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    -- From then on it does not count; in ISO 8601.
    ends TEXT,
    PRIMARY KEY (reader, file)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX readers_by_file ON readers (file, reader, ends);
  CREATE INDEX readers_by_end ON readers (ends) WHERE ends IS NOT NULL;

  -- What filters and orders look at; a document has the id of its file.
  CREATE TABLE documents (
    id INTEGER PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
    revision TEXT NOT NULL,
    -- The change number with which it came to be as it is, who may read it included.
    changed INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    media_type TEXT NOT NULL,
    pipeline TEXT NOT NULL,
    pages INTEGER NOT NULL,
    characters INTEGER NOT NULL,
    first_passage INTEGER,
    passages INTEGER NOT NULL,
    title TEXT NOT NULL,
    title_order TEXT NOT NULL,
    document_type TEXT NOT NULL,
    agreement_date TEXT,
    effective_date TEXT,
    expiration_date TEXT,
    expiration_basis TEXT,
    -- What the present term follows from, as JSON; null where no renewal is stated.
    renewal TEXT,
    governing_law TEXT,
    governing_law_key TEXT,
    signed TEXT NOT NULL
  ) STRICT;
  CREATE INDEX documents_by_first_passage ON documents (first_passage, passages);
  CREATE INDEX documents_by_title ON documents (title_order, id);
  CREATE INDEX documents_by_type ON documents (document_type);
  CREATE INDEX documents_by_law ON documents (governing_law_key, governing_law);

  CREATE TABLE contents (
    document INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    analysis TEXT NOT NULL,
    pages TEXT NOT NULL,
    sections TEXT NOT NULL,
    text TEXT NOT NULL
  ) STRICT;

  -- Ids are the labels of the vector index, so none is ever given twice.
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

  -- All vectors of a document one after the other, as little-endian 32-bit floats.
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

  -- How likely a document has a clause of each type of which any candidate was found.
  CREATE TABLE clause_presences (
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    probability REAL NOT NULL,
    PRIMARY KEY (document, type)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX clause_presences_by_type ON clause_presences (type, probability, document);

  CREATE TABLE parties (
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Keys of what the contract calls it, as JSON.
    aliases TEXT NOT NULL,
    PRIMARY KEY (document, ordinal)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX parties_by_key ON parties (key, name, document, aliases);

  -- Ranges of passages that are gone, so that a vector index follows without reading all again.
  CREATE TABLE removals (
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
    -- The next four as JSON.
    notes TEXT,
    mended TEXT,
    followed TEXT,
    listed_sources TEXT,
    removed INTEGER NOT NULL DEFAULT 0,
    counts TEXT
  ) STRICT;

  CREATE VIRTUAL TABLE passage_words USING fts5 (
    heading, body, document,
    tokenize = 'porter unicode61 remove_diacritics 2'
  );
  CREATE VIRTUAL TABLE document_words USING fts5 (
    title, parties, file_name, folder, opening,
    tokenize = 'unicode61 remove_diacritics 2'
  );
  `,
];

/**
 * Brings an opened database to this version's schema. Several processes may do so at once. Throws
 * `storage_error` for a newer schema and for a database that is not Deedbox's.
 */
export function migrate(connection: Connection): void {
  connection.write(() => {
    const version = Number(connection.pragma('user_version'));
    const tables = connection.get<{ n: number }>('SELECT count(*) AS n FROM sqlite_schema')?.n ?? 0;
    if (tables > 0 && connection.pragma('application_id') !== applicationId) {
      throw new DeedboxError('storage_error', 'The database in the data folder is not Deedbox’s.', {
        hint: 'Choose another data folder with --data.',
      });
    }
    if (version > migrations.length) {
      throw new DeedboxError(
        'storage_error',
        `The data folder was written by a newer Deedbox (schema ${version}; this one knows ${migrations.length}).`,
        { hint: 'Install the newer version again, or choose another data folder with --data.' },
      );
    }
    if (version === migrations.length) return;
    connection.pragma(`application_id = ${applicationId}`);
    for (const sql of migrations.slice(version)) connection.executeScript(sql);
    connection.pragma(`user_version = ${migrations.length}`);
  });
}

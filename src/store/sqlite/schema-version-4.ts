/** Version 4 of the schema: purges of what was removed, and legal holds. */
export const deletionMigration = `
  -- Removals of documents so far, and how many of them the last purge covers; -1 where free pages may
  -- hold what was removed before deletions were overwritten.
  ALTER TABLE state ADD COLUMN removals INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE state ADD COLUMN purged_removals INTEGER NOT NULL DEFAULT -1;
  UPDATE state SET purged_removals = 0 WHERE NOT EXISTS (SELECT 1 FROM files) AND sequence_number = 0;

  -- A document whose file is gone stays while it is on hold: since when, and the id that its file had.
  ALTER TABLE files ADD COLUMN gone_since TEXT;
  ALTER TABLE files ADD COLUMN former_file_id TEXT;
  CREATE INDEX files_by_former_id ON files (former_file_id) WHERE former_file_id IS NOT NULL;

  CREATE TABLE holds (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('document', 'folder', 'party')),
    -- A document id, a folder, or the name of a party.
    subject TEXT NOT NULL,
    -- What is compared: the subject, or the key of the party.
    key TEXT NOT NULL,
    reason TEXT NOT NULL,
    placed_by TEXT NOT NULL,
    placed_at TEXT NOT NULL,
    UNIQUE (kind, key)
  ) STRICT;

  -- The files on hold. One stays on hold when it is moved or its parties change.
  CREATE TABLE held_files (
    hold INTEGER NOT NULL REFERENCES holds (id) ON DELETE CASCADE,
    file INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    PRIMARY KEY (hold, file)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX held_files_by_file ON held_files (file);
`;

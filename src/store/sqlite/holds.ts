import { DeedboxError } from '../../errors/errors.ts';
import type { Hold, NewHold } from '../records.ts';
import type { Connection } from './connection.ts';
import { incrementSequenceNumber } from './state.ts';

/** The source of files that have left theirs. */
const goneSource = 'removed:held';

/** An SQL condition: the hold `h` is on the document of the file `f`. */
export const isOnHold = `(
  (h.kind = 'document' AND h.key = f.document_id)
  OR (h.kind = 'folder'
    AND (f.folder = h.key OR substr(f.folder, 1, length(h.key) + 1) = h.key || '/'))
  OR (h.kind = 'party' AND EXISTS (SELECT 1 FROM parties p WHERE p.document = f.id
    AND (instr(' ' || p.key || ' ', ' ' || h.key || ' ') > 0
      OR EXISTS (SELECT 1 FROM json_each(p.aliases) WHERE value = h.key)))))`;

const selectHolds = `SELECT h.id, h.kind, h.subject, h.reason, h.placed_by AS placedBy,
    h.placed_at AS placedAt,
    (SELECT count(*) FROM held_files WHERE hold = h.id) AS documents,
    (SELECT count(*) FROM held_files m JOIN files f ON f.id = m.file
     WHERE m.hold = h.id AND f.gone_since IS NOT NULL) AS gone
  FROM holds h`;

/** See `Store.holds`. */
export function holds(connection: Connection): Hold[] {
  return connection.all<Hold>(`${selectHolds} ORDER BY h.id`);
}

/** See `Store.placeHold`: one transaction. */
export function placeHold(connection: Connection, hold: NewHold): Hold {
  const { kind, subject, key, reason, placedBy } = hold;
  return connection.write(() => {
    if (kind === 'document') requireDocument(connection, key);
    const { changes, id } = connection.run(
      `INSERT INTO holds (kind, subject, key, reason, placed_by, placed_at)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (kind, key) DO NOTHING`,
      kind,
      subject,
      key,
      reason,
      placedBy,
      new Date().toISOString(),
    );
    if (changes === 0) {
      throw new DeedboxError('invalid_request', `There is a hold on this ${kind} already.`, {
        hint: '`deedbox hold list` shows it.',
      });
    }
    holdMatches(connection, 'h.id = ?', id);
    return connection.get<Hold>(`${selectHolds} WHERE h.id = ?`, id)!;
  });
}

function requireDocument(connection: Connection, documentId: string): void {
  const known = connection.get(
    'SELECT 1 FROM files f JOIN documents d ON d.id = f.id WHERE f.document_id = ?',
    documentId,
  );
  if (known) return;
  throw new DeedboxError('not_found', `There is no document "${documentId}".`, {
    hint: '`deedbox search --documents NAME` prints the document_id of each contract.',
  });
}

/**
 * See `Store.releaseHold`: one transaction.
 * @param remove removes a file with its document
 */
export function releaseHold(
  connection: Connection,
  id: number,
  remove: (file: number) => void,
): { hold: Hold; removed: number } {
  return connection.write(() => {
    const hold = connection.get<Hold>(`${selectHolds} WHERE h.id = ?`, id);
    if (!hold) {
      throw new DeedboxError('not_found', `There is no hold ${id}.`, {
        hint: '`deedbox hold list` shows the number of each.',
      });
    }
    connection.run('DELETE FROM holds WHERE id = ?', id);
    const files = connection.all<{ id: number }>(
      `SELECT id FROM files WHERE gone_since IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM held_files WHERE file = files.id)`,
    );
    for (const file of files) remove(file.id);
    return { hold, removed: files.length };
  });
}

/** Puts a document on the holds that are on its folder or its parties now. */
export function applyHolds(connection: Connection, file: number): void {
  holdMatches(connection, 'f.id = ?', file);
}

/** Puts the documents that match a hold on it, of one hold `h` or one file `f`. */
function holdMatches(connection: Connection, condition: 'h.id = ?' | 'f.id = ?', id: number): void {
  connection.run(
    `INSERT OR IGNORE INTO held_files (hold, file)
     SELECT h.id, f.id FROM holds h, files f JOIN documents d ON d.id = f.id
     WHERE ${condition} AND ${isOnHold}`,
    id,
  );
}

/** Whether a file has a document that is on hold. */
export function isHeld(connection: Connection, file: number): boolean {
  const sql = `SELECT 1 FROM held_files m JOIN documents d ON d.id = m.file WHERE m.file = ?`;
  return connection.get(sql, file) !== undefined;
}

/** Puts another file on the holds that are on this one: the next version of its contract. */
export function inheritHolds(connection: Connection, from: number, to: number): void {
  connection.run(
    'INSERT OR IGNORE INTO held_files (hold, file) SELECT hold, ? FROM held_files WHERE file = ?',
    to,
    from,
  );
}

/**
 * Keeps the document of a file that has left its source, or whose bytes were replaced. It belongs to no
 * source any more, so that no sync removes or replaces it, and its path is free for another file.
 */
export function keepGone(connection: Connection, file: number): void {
  connection.run('INSERT OR IGNORE INTO sources (id, removed) VALUES (?, 1)', goneSource);
  connection.run(
    `UPDATE files SET gone_since = coalesce(gone_since, ?),
       former_file_id = coalesce(former_file_id, file_id), file_id = 'held:' || document_id,
       source = ?, web_url = NULL, state = 'indexed', reason = NULL, detail = NULL,
       failed_by = NULL, outcome = NULL, sync_id = '' WHERE id = ?`,
    new Date().toISOString(),
    goneSource,
    file,
  );
  incrementSequenceNumber(connection, file);
}

/** A file that has left its source and is back unchanged gets its id again; true if it was found. */
export function takeBack(
  connection: Connection,
  { fileId, source, changeKey }: { fileId: string; source: string; changeKey: string },
): boolean {
  const { changes } = connection.run(
    `UPDATE files SET file_id = former_file_id, former_file_id = NULL, gone_since = NULL, source = ?
     WHERE id = (SELECT max(id) FROM files WHERE former_file_id = ? AND change_key = ?)`,
    source,
    fileId,
    changeKey,
  );
  return changes > 0;
}

/** Throws `invalid_request` where a document could not be read again from its source. */
export function requireNoneGone(connection: Connection): void {
  const { n } = connection.get<{ n: number }>(
    'SELECT count(*) AS n FROM files WHERE gone_since IS NOT NULL',
  )!;
  if (n === 0) return;
  throw new DeedboxError(
    'invalid_request',
    `${n} documents on hold have left their sources, and could not be read again.`,
    {
      hint: 'Keep the former embedding model, or put the files back, or release the holds; `deedbox hold list` shows them.',
    },
  );
}

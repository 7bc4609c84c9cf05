import { createHash } from 'node:crypto';
import { DeedboxError } from '../../errors/errors.ts';
import type { SourceCheckpoint } from '../records.ts';
import type { Connection } from './connection.ts';

export function sources(connection: Connection): string[] {
  return connection
    .all<{ id: string }>('SELECT id FROM sources WHERE removed = 0 ORDER BY id')
    .map((row) => row.id);
}

export function addSource(connection: Connection, id: string): void {
  connection.run('DELETE FROM sources WHERE id = ?', removedId(id));
  connection.run(
    'INSERT INTO sources (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET removed = 0',
    id,
  );
}

const removedPrefix = 'removed:';

/** Under which a removed source is recorded: its name may be that of a party. */
const removedId = (id: string) => removedPrefix + createHash('sha256').update(id).digest('hex');

/** See `Store.sourceCheckpoint`. */
export function sourceCheckpoint(connection: Connection, id: string): SourceCheckpoint {
  const row = connection.get<{
    cursor: string | null;
    reconciled_at: string | null;
    changed_at: string | null;
    permissions_as_of: string | null;
  }>('SELECT * FROM sources WHERE id = ? AND removed = 0', id);
  return {
    ...(row?.cursor != null && { cursor: row.cursor }),
    ...(row?.reconciled_at != null && { reconciledAt: row.reconciled_at }),
    ...(row?.changed_at != null && { changedAt: row.changed_at }),
    ...(row?.permissions_as_of != null && { permissionsAsOf: row.permissions_as_of }),
  };
}

/** See `Store.saveSourceCheckpoint`. */
export function saveSourceCheckpoint(
  connection: Connection,
  id: string,
  checkpoint: SourceCheckpoint,
): void {
  connection.run(
    `UPDATE sources SET cursor = coalesce(?, cursor), reconciled_at = coalesce(?, reconciled_at),
       changed_at = coalesce(?, changed_at), permissions_as_of = coalesce(?, permissions_as_of)
     WHERE id = ? AND removed = 0`,
    checkpoint.cursor ?? null,
    checkpoint.reconciledAt ?? null,
    checkpoint.changedAt ?? null,
    checkpoint.permissionsAsOf ?? null,
    id,
  );
}

/**
 * Marks a source without files as removed; its name stays nowhere. Files that another source holds as well
 * were removed with it, so that the other sources must be listed again.
 */
export function markRemoved(connection: Connection, id: string): void {
  connection.run('UPDATE sources SET removed = 1 WHERE id = ?', id);
  // with those that an earlier version has removed
  const names = connection.all<{ id: string }>(
    `SELECT id FROM sources WHERE removed = 1 AND id NOT LIKE '${removedPrefix}%'`,
  );
  for (const { id: name } of names) {
    connection.run('DELETE FROM sources WHERE id = ?', name);
    connection.run('INSERT OR IGNORE INTO sources (id, removed) VALUES (?, 1)', removedId(name));
    removeFromSyncs(connection, name);
  }
  connection.run('UPDATE sources SET reconciled_at = NULL');
}

/** Syncs name their sources, and their details and notes may name them or their files. */
function removeFromSyncs(connection: Connection, id: string): void {
  const namesSource = (column: string) =>
    `EXISTS (SELECT 1 FROM json_each(${column}) WHERE value = ?)`;
  connection.run(
    `UPDATE syncs SET notes = NULL,
       detail = iif(detail IS NULL, NULL, 'It read a source that was removed since.')
     WHERE ${namesSource('sources')}`,
    id,
  );
  for (const column of ['sources', 'feed_sources', 'listed_sources']) {
    connection.run(
      `UPDATE syncs SET ${column} =
         (SELECT json_group_array(value) FROM json_each(${column}) WHERE value <> ?)
       WHERE ${namesSource(column)}`,
      id,
      id,
    );
  }
}

/**
 * Adds an unknown source. Throws `not_found` for one that was removed and not added again, so that a
 * job that still runs cannot restore its files.
 */
export function requireSource(connection: Connection, id: string): void {
  const rows = connection.all<{ removed: number }>(
    'SELECT removed FROM sources WHERE id IN (?, ?) ORDER BY removed',
    id,
    removedId(id),
  );
  if (rows[0]?.removed) {
    throw new DeedboxError('not_found', 'The source of this file was removed.', {
      hint: 'Add the source again to read its files.',
    });
  }
  if (rows.length === 0) addSource(connection, id);
}

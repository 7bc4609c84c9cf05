import { DeedboxError } from '../../errors/errors.ts';
import type { SourceCheckpoint } from '../records.ts';
import type { Connection } from './connection.ts';

export function sources(connection: Connection): string[] {
  return connection
    .all<{ id: string }>('SELECT id FROM sources WHERE removed = 0 ORDER BY id')
    .map((row) => row.id);
}

export function addSource(connection: Connection, id: string): void {
  connection.run(
    'INSERT INTO sources (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET removed = 0',
    id,
  );
}

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
 * Marks a source as removed. Files that another source holds as well are removed with it, so that the
 * other sources must be listed again.
 */
export function markRemoved(connection: Connection, id: string): void {
  connection.run(
    `UPDATE sources SET removed = 1, cursor = NULL, changed_at = NULL, permissions_as_of = NULL
     WHERE id = ?`,
    id,
  );
  connection.run('UPDATE sources SET reconciled_at = NULL');
}

/**
 * Adds an unknown source. Throws `not_found` for one that was removed and not added again, so that a
 * job that still runs cannot restore its files.
 */
export function requireSource(connection: Connection, id: string): void {
  const row = connection.get<{ removed: number }>('SELECT removed FROM sources WHERE id = ?', id);
  if (row?.removed) {
    throw new DeedboxError('not_found', 'The source of this file was removed.', {
      hint: 'Add the source again to read its files.',
    });
  }
  if (!row) addSource(connection, id);
}

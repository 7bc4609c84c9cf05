import { DeedboxError } from '../../errors.ts';
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

/**
 * A source that files are recorded for becomes known; one that was removed stays removed until it is
 * added again, so that a job still running cannot bring its files back.
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

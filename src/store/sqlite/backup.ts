import { constants, copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DeedboxError } from '../../errors/errors.ts';
import type { Connection } from './connection.ts';
import { openStoreDatabase } from './schema.ts';
import { currentSegments } from './vectors/segment-table.ts';
import { filePrefix } from './vectors/segment-builder.ts';

/** How often the vector index may be written again while it is copied. */
const maxAttempts = 5;

/**
 * Writes a copy of the database, as it was at one moment, and of the vector index that it lists into an
 * empty folder. Others read and write meanwhile; this process is blocked. Throws `not_ready` (retryable)
 * when the index changes again and again, and the errors of SQLite and the file system.
 */
export function copyStore(
  connection: Connection,
  { folder, target, database }: { folder: string; target: string; database: string },
): void {
  const copy = path.join(target, database);
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    // Before and after: a file that is superseded meanwhile may be gone by then.
    copySegments(connection, folder, target);
    rmSync(copy, { force: true });
    connection.run('VACUUM INTO ?', copy);
    if (finishCopy(copy, folder, target)) return;
  }
  throw new DeedboxError('not_ready', 'The vector index changed too often while it was copied.', {
    retryable: true,
    hint: 'Run `deedbox backup` again when fewer files are being read.',
  });
}

/** Returns the names of the files that the database lists and that are not in the target. */
function copySegments(connection: Connection, folder: string, target: string): string[] {
  const files = currentSegments(connection).map(({ file }) => file);
  return files.filter((file) => {
    const copy = path.join(target, file);
    if (existsSync(copy)) return false;
    try {
      copyFileSync(path.join(folder, file), copy, constants.COPYFILE_FICLONE);
      return false;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
      throw error;
    }
  });
}

/** Leaves out what belongs to processes of the original; false where a file of the index is missing. */
function finishCopy(copy: string, folder: string, target: string): boolean {
  const connection = openStoreDatabase(copy);
  try {
    if (copySegments(connection, folder, target).length > 0) return false;
    connection.write(() => {
      connection.run('DELETE FROM vector_segments WHERE superseded_at IS NOT NULL');
      connection.run('UPDATE state SET index_writer = NULL, index_writer_until = NULL');
      connection.run(
        `UPDATE syncs SET state = 'failed', finished_at = ?,
           detail = 'It had not ended when the backup was made.' WHERE finished_at IS NULL`,
        new Date().toISOString(),
      );
    });
    const listed = new Set(currentSegments(connection).map(({ file }) => file));
    for (const name of readdirSync(target)) {
      if (name.startsWith(filePrefix) && !listed.has(name)) rmSync(path.join(target, name));
    }
    connection.pragma('journal_mode = DELETE');
    return true;
  } finally {
    connection.close();
  }
}

import Sqlite from 'better-sqlite3';
import { DeedboxError } from '../../errors/errors.ts';
import { asDiskError } from '../../errors/disk-errors.ts';

interface Explanation {
  message: string;
  hint: string;
  retryable?: boolean;
}

const restore =
  'Stop every Deedbox process, move the data folder away (or restore a backup of it), and run `deedbox ingest` again.';

const explanations: [code: RegExp, explanation: Explanation][] = [
  [
    /^SQLITE_CORRUPT|^SQLITE_NOTADB/,
    { message: 'The database in the data folder is damaged or is not a database.', hint: restore },
  ],
  [
    /^SQLITE_BUSY|^SQLITE_LOCKED/,
    {
      message: 'Another process has kept the database locked for too long.',
      hint: 'Try again in a moment.',
      retryable: true,
    },
  ],
  [
    /^SQLITE_CANTOPEN|^SQLITE_READONLY|^SQLITE_PERM|^EACCES|^EPERM|^EROFS|^ENOTDIR|^EEXIST|^ENOENT/,
    {
      message: 'The data folder cannot be opened for writing.',
      hint: 'Check that the folder exists, is a folder, and belongs to the user who runs Deedbox.',
    },
  ],
  [
    /^SQLITE_IOERR|^EIO/,
    {
      message: 'The disk that holds the data folder reports an error.',
      hint: 'Check the disk; a data folder on a network drive is not supported.',
      retryable: true,
    },
  ],
];

/** Maps errors of SQLite and the file system to a `storage_error` with a hint; returns others unchanged. */
export function asStorageError(thrown: unknown): unknown {
  const error = asDiskError(thrown);
  if (error instanceof DeedboxError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const found = explanations.find(([pattern]) => pattern.test(code));
  if (found) {
    const { message, hint, retryable } = found[1];
    return new DeedboxError('storage_error', message, { hint, retryable, cause: error });
  }
  if (error instanceof Sqlite.SqliteError) {
    return new DeedboxError('storage_error', 'The database refused an operation.', {
      hint: 'Run `deedbox verify`; the log holds the cause.',
      cause: error,
    });
  }
  return error;
}

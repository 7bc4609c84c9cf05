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

const report =
  'Run `deedbox verify`. If it finds nothing, this is an error of Deedbox: report it with the lines of the log, which hold no text of a contract.';

/** Errors of SQLite alone; the last one is for those that none of the others explains. */
const databaseExplanations: [code: RegExp, explanation: Explanation][] = [
  [
    /^SQLITE_CONSTRAINT/,
    { message: 'The database rejected a record that contradicts another one', hint: report },
  ],
  [
    /^SQLITE_(ERROR|SCHEMA|MISMATCH|RANGE)/,
    {
      message: 'The tables of the database are not those that this version of Deedbox uses',
      hint: `Another version may have changed the data folder while this process ran: restart all processes of Deedbox with the same version. ${report}`,
    },
  ],
  [
    /^SQLITE_NOMEM/,
    {
      message: 'There is not enough memory for the database',
      hint: 'Give the process more memory (MemoryMax, mem_limit), or end other programs, and try again.',
      retryable: true,
    },
  ],
  [
    /^SQLITE_TOOBIG/,
    {
      message: 'A record is too large for the database',
      hint: 'Set DEEDBOX_MAX_FILE_MB lower, so that such a file is rejected with that reason.',
    },
  ],
  [
    /^SQLITE_(INTERRUPT|ABORT|PROTOCOL)/,
    {
      message: 'Another process or the system has interrupted the database',
      hint: 'Try again in a moment.',
      retryable: true,
    },
  ],
  [
    /^SQLITE_NOLFS/,
    {
      message: 'The file system of the data folder holds no files as large as the database',
      hint: 'Move the data folder to a local disk with another file system.',
    },
  ],
  [/^/, { message: 'The database reported an error that Deedbox does not know', hint: report }],
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
  if (!(error instanceof Sqlite.SqliteError)) return error;
  const { message, ...how } = databaseExplanations.find(([pattern]) => pattern.test(code))![1];
  return new DeedboxError('storage_error', `${message} (${code}).`, { ...how, cause: error });
}

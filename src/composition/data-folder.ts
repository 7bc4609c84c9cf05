import { chmodSync, lstatSync, mkdirSync, readdirSync, realpathSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { DeedboxError } from '../errors/errors.ts';

/** What a file system may have in a folder that is its root. */
const foreignNames = new Set(['lost+found']);

/**
 * Makes the data folder where it is missing, and sees to it that only its owner can read what is in it,
 * whoever made it and with whatever umask. Windows has no such modes, so nothing is done there.
 * @throws DeedboxError `storage_error` where it cannot be made, belongs to another user, or lies on a
 *   file system without modes
 */
export function secureDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new DeedboxError('storage_error', `The data folder ${folder} cannot be created.`, {
      hint: 'Set DEEDBOX_DATA or --data to a folder that this user may write to.',
      cause,
    });
  }
  if (process.platform === 'win32') return;
  // the folder may be given by a link; links in it are not followed
  secureTree(realpathSync(folder));
}

function secureTree(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats || stats.isSymbolicLink()) return;
  requireOwn(path, stats);
  tighten(path, stats);
  if (!stats.isDirectory()) return;
  for (const name of namesIn(path)) {
    if (!foreignNames.has(name)) secureTree(join(path, name));
  }
}

/** Another process may remove the folder of a copy meanwhile. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw ownerError(folder, error);
  }
}

/** Root may run commands on the data folder of the service. */
function requireOwn(path: string, { uid }: Stats): void {
  const user = process.geteuid?.();
  if (user !== undefined && user !== 0 && user !== uid) throw ownerError(path);
}

function tighten(path: string, { mode }: Stats): void {
  if ((mode & 0o077) === 0) return;
  try {
    chmodSync(path, mode & 0o700);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw ownerError(path, error);
  }
  const changed = lstatSync(path, { throwIfNoEntry: false });
  if (!changed || (changed.mode & 0o077) === 0) return;
  throw new DeedboxError('storage_error', `Others can read ${path}, and that cannot be changed.`, {
    hint: 'Its file system stores no permissions. Set DEEDBOX_DATA or --data to a folder on a local disk.',
  });
}

function ownerError(path: string, cause?: unknown): DeedboxError {
  return new DeedboxError('storage_error', `${path} belongs to another user.`, {
    hint: 'Everything in the data folder must belong to the user that runs Deedbox, or others could read it. Change its owner (`chown -R`), or set DEEDBOX_DATA or --data to another folder.',
    cause,
  });
}

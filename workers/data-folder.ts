import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DeedboxError } from '../src/errors/errors.ts';
import { databaseName } from '../src/store/sqlite.ts';

const pollMs = 2000;

/** Identifies the database of a data folder as long as a process has it open; undefined without one. */
export function databaseInode(folder: string): number | undefined {
  return statSync(join(folder, databaseName), { throwIfNoEntry: false })?.ino;
}

/**
 * @param inode see `databaseInode`
 * @throws DeedboxError `storage_error` where the data folder has another database, or none
 */
export function requireDatabase(folder: string, inode: number): void {
  if (databaseInode(folder) !== inode) throw goneError(folder);
}

/**
 * Resolves with a `storage_error` when the data folder is deleted, moved or replaced. Compares the inode
 * of the database, not of the folder: this process has the database open, so its number is not reused.
 */
export function watchDataFolder(folder: string): { gone: Promise<DeedboxError>; stop(): void } {
  const file = join(folder, databaseName);
  const inode = inodeOf(file);
  let timer: NodeJS.Timeout | undefined;
  const gone = new Promise<DeedboxError>((resolve) => {
    timer = setInterval(() => {
      if (inode !== undefined && inodeOf(file, inode) === inode) return;
      clearInterval(timer);
      resolve(goneError(folder));
    }, pollMs);
  });
  return { gone, stop: () => clearInterval(timer) };
}

/** Undefined where the file is gone. Any other error says nothing of the folder and counts as no change. */
function inodeOf(file: string, previous?: number): number | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })?.ino;
  } catch {
    return previous;
  }
}

function goneError(folder: string): DeedboxError {
  return new DeedboxError('storage_error', `The data folder ${folder} is gone.`, {
    hint: 'It was deleted, moved or replaced while this process used it. Start Deedbox again.',
  });
}

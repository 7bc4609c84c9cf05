import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DeedboxError } from '../src/errors/errors.ts';
import { databaseName } from '../src/store/sqlite.ts';

const pollMs = 2000;

/**
 * Identifies the database of a data folder as long as a process has it open; undefined without one.
 * @param previous returned where it cannot be read: an error says nothing of the folder
 */
export function databaseInode(folder: string, previous?: number): number | undefined {
  try {
    return statSync(join(folder, databaseName), { throwIfNoEntry: false })?.ino;
  } catch {
    return previous;
  }
}

/** Whether the data folder still has this database; see `databaseInode`. */
export function hasDatabase(folder: string, inode: number): boolean {
  return databaseInode(folder, inode) === inode;
}

/**
 * @param inode see `databaseInode`
 * @throws DeedboxError `storage_error` where the data folder has another database, or none
 */
export function requireDatabase(folder: string, inode: number): void {
  if (!hasDatabase(folder, inode)) throw goneError(folder);
}

/**
 * Resolves with a `storage_error` when the data folder is deleted, moved or replaced. Compares the inode
 * of the database, not of the folder: this process has the database open, so its number is not reused.
 */
export function watchDataFolder(folder: string): { gone: Promise<DeedboxError>; stop(): void } {
  const inode = databaseInode(folder);
  let timer: NodeJS.Timeout | undefined;
  const gone = new Promise<DeedboxError>((resolve) => {
    timer = setInterval(() => {
      if (inode !== undefined && hasDatabase(folder, inode)) return;
      clearInterval(timer);
      resolve(goneError(folder));
    }, pollMs);
  });
  return { gone, stop: () => clearInterval(timer) };
}

function goneError(folder: string): DeedboxError {
  return new DeedboxError('storage_error', `The data folder ${folder} is gone.`, {
    hint: 'It was deleted, moved or replaced while this process used it. Start Deedbox again.',
  });
}

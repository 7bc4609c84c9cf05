import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { withDiskErrors } from '../src/errors/disk-errors.ts';
import { acquireSharedLock, isLocked, withExclusiveLock } from './worker-lock.ts';

/** The parent of the temporary folders; each worker process has one of its own for copies of files. */
export function temporaryFolders(dataFolder: string): string {
  const root = join(dataFolder, 'tmp');
  mkdirSync(root, { recursive: true, mode: 0o700 });
  return root;
}

/** A file in the folder of a worker process that it touches regularly. */
export const heartbeatFile = 'alive';
/** A file in that folder that the process holds a lock on. */
const ownerLock = 'owner.lock';
/** Held while a folder is made or removed, so that none is removed before its owner has its lock. */
const foldersLock = 'folders.lock';

/** Time between two looks for what processes that were killed have left. */
const sweepMs = 30_000;

export interface TemporaryFolder {
  path: string;
  /** Removes it. */
  close(): void;
}

/**
 * Creates an empty folder for the copies of files of this process, and removes those of processes that
 * have ended. Throws `storage_error` on a full disk.
 */
export function openTemporaryFolder(dataFolder: string): TemporaryFolder {
  return withDiskErrors(() => {
    const root = temporaryFolders(dataFolder);
    return withExclusiveLock(join(root, foldersLock), () => {
      removeAbandoned(root);
      const path = mkdtempSync(join(root, `${hostname()}-${process.pid}-`));
      const lock = acquireSharedLock(join(path, ownerLock));
      return {
        path,
        close: () => {
          lock.release();
          rmSync(path, { recursive: true, force: true });
        },
      };
    });
  });
}

/** Removes the folders of processes that have ended, and returns the copies of files that are left. */
export function removeStaleCopies(dataFolder: string): string[] {
  sweepTemporaryFolders(dataFolder);
  return readdirSync(temporaryFolders(dataFolder), { recursive: true, withFileTypes: true })
    .filter(({ name }) => ![foldersLock, ownerLock, heartbeatFile].includes(name))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Removes the folders of processes that have ended, with the copies in them. Never throws. */
export function sweepTemporaryFolders(dataFolder: string): void {
  try {
    const root = join(dataFolder, 'tmp');
    const names = readdirSync(root).filter((name) => name !== foldersLock);
    if (names.length > 0) withExclusiveLock(join(root, foldersLock), () => removeAbandoned(root));
  } catch {
    // there is no such folder, the disk is full, or another process is at it: the next sweep tries again
  }
}

/** Sweeps now and regularly, for a process that lives long. Returns a function that ends it. */
export function startSweeping(dataFolder: string): () => void {
  sweepTemporaryFolders(dataFolder);
  const timer = setInterval(() => sweepTemporaryFolders(dataFolder), sweepMs).unref();
  return () => clearInterval(timer);
}

/**
 * The lock shows whether a process lives, also one in another container, which may have the same process
 * id as one here. A folder without a lock is one of an earlier version.
 */
function removeAbandoned(root: string): void {
  for (const name of readdirSync(root)) {
    const folder = join(root, name);
    if (name !== foldersLock && !isLocked(join(folder, ownerLock)))
      rmSync(folder, { recursive: true, force: true });
  }
}

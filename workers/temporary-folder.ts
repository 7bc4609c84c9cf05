import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { withDiskErrors } from '../src/errors/disk-errors.ts';
import { isProcessAlive } from '../src/queue/owner.ts';

/** The parent of the temporary folders; each worker process has one of its own for copies of files. */
export function temporaryFolders(dataFolder: string): string {
  const root = join(dataFolder, 'tmp');
  mkdirSync(root, { recursive: true, mode: 0o700 });
  return root;
}

/** A file in the folder of a worker process that it touches regularly. */
export const heartbeatFile = 'alive';

/** Age after which a folder of another machine or container is removed. */
const staleAfterMs = 24 * 3600_000;

/**
 * Creates an empty folder for the copies of files of this process, and removes those of processes that
 * have ended. Throws `storage_error` on a full disk.
 */
export function openTemporaryFolder(dataFolder: string): string {
  return withDiskErrors(() => makeTemporaryFolder(dataFolder));
}

/** Removes the folders of processes that have ended, and returns the copies of files that are left. */
export function removeStaleCopies(dataFolder: string): string[] {
  const root = temporaryFolders(dataFolder);
  for (const name of readdirSync(root)) {
    const folder = join(root, name);
    if (isStale(folder, name)) rmSync(folder, { recursive: true, force: true });
  }
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== heartbeatFile)
    .map((entry) => join(entry.parentPath, entry.name));
}

function makeTemporaryFolder(dataFolder: string): string {
  const root = temporaryFolders(dataFolder);
  removeStaleCopies(dataFolder);
  const ownFolder = join(root, `${hostname()}-${process.pid}`);
  mkdirSync(ownFolder, { recursive: true, mode: 0o700 });
  return ownFolder;
}

/** Containers that share a data folder have process ids of their own, so only the age of theirs counts. */
function isStale(path: string, name: string): boolean {
  const [, host, pid] = /^(.*)-(\d+)$/.exec(name) ?? [];
  if (host === hostname()) return Number(pid) === process.pid || !isProcessAlive(Number(pid));
  const lastWriteMs = Math.max(mtimeOf(path), mtimeOf(join(path, heartbeatFile)));
  return Date.now() - lastWriteMs > staleAfterMs;
}

/** Time of the last write in epoch milliseconds; 0 when the file does not exist. */
function mtimeOf(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

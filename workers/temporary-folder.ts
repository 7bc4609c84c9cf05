import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { withDiskErrors } from '../src/errors/disk-errors.ts';
import { isProcessAlive } from '../src/queue/owner.ts';

/** Where each process has its own folder for copies of files. */
export function temporaryFolders(dataFolder: string): string {
  const root = join(dataFolder, 'tmp');
  mkdirSync(root, { recursive: true, mode: 0o700 });
  return root;
}

/** A file in the folder of a process that a living worker touches again and again. */
export const heartbeatFile = 'alive';

/** What another machine or container left behind is cleared when it is so old, in milliseconds. */
const staleAfterMs = 24 * 3600_000;

/**
 * An empty folder for copies of files, this process's own; those of dead processes are cleared. Throws
 * `storage_error` on a full disk.
 */
export function openTemporaryFolder(dataFolder: string): string {
  return withDiskErrors(() => makeTemporaryFolder(dataFolder));
}

function makeTemporaryFolder(dataFolder: string): string {
  const root = temporaryFolders(dataFolder);
  for (const name of readdirSync(root)) {
    const folder = join(root, name);
    if (isStale(folder, name)) rmSync(folder, { recursive: true, force: true });
  }
  const ownFolder = join(root, `${hostname()}-${process.pid}`);
  mkdirSync(ownFolder, { recursive: true, mode: 0o700 });
  return ownFolder;
}

/** Containers that share a data folder have pids of their own, which say nothing to one another. */
function isStale(path: string, name: string): boolean {
  const [, host, pid] = /^(.*)-(\d+)$/.exec(name) ?? [];
  if (host === hostname()) return Number(pid) === process.pid || !isProcessAlive(Number(pid));
  const lastWriteMs = Math.max(mtimeOf(path), mtimeOf(join(path, heartbeatFile)));
  return Date.now() - lastWriteMs > staleAfterMs;
}

/** When it was written to last; 0 where it is not there, or lies in what is no folder. */
function mtimeOf(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

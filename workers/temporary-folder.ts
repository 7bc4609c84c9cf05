import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { onDisk } from '../src/full-disk.ts';
import { isAlive } from '../src/queue/owner.ts';

/** Where each process has its own folder for copies of files. */
export function temporaryFolders(dataFolder: string): string {
  const all = join(dataFolder, 'tmp');
  mkdirSync(all, { recursive: true, mode: 0o700 });
  return all;
}

/** A file in the folder of a process that a living worker touches again and again. */
export const signOfLife = 'alive';

/** What another machine or container left behind is cleared when it is so old, in milliseconds. */
const abandonedAfter = 24 * 3600_000;

/**
 * An empty folder for copies of files, this process's own; those of dead processes are cleared. Throws
 * `storage_error` on a full disk.
 */
export function openTemporaryFolder(dataFolder: string): string {
  return onDisk(() => makeTemporaryFolder(dataFolder));
}

function makeTemporaryFolder(dataFolder: string): string {
  const all = temporaryFolders(dataFolder);
  for (const name of readdirSync(all)) {
    const folder = join(all, name);
    if (isAbandoned(folder, name)) rmSync(folder, { recursive: true, force: true });
  }
  const own = join(all, `${hostname()}-${process.pid}`);
  mkdirSync(own, { recursive: true, mode: 0o700 });
  return own;
}

/** Containers that share a data folder have pids of their own, which say nothing to one another. */
function isAbandoned(path: string, name: string): boolean {
  const [, host, pid] = /^(.*)-(\d+)$/.exec(name) ?? [];
  if (host === hostname()) return Number(pid) === process.pid || !isAlive(Number(pid));
  const last = Math.max(touched(path), touched(join(path, signOfLife)));
  return Date.now() - last > abandonedAfter;
}

/** When it was written to last; 0 where it is not there, or lies in what is no folder. */
function touched(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { withDiskErrors } from '../src/errors/disk-errors.ts';
import { createForOwner } from '../src/sqlite/open-database.ts';

/** How long a probe waits for other probes at the same moment. */
const probeTimeoutMs = 250;
const acquireTimeoutMs = 10_000;

/** A lock that the operating system releases when its process ends, however it ends. */
export interface ProcessLock {
  release(): void;
}

const lockFile = (dataFolder: string) => join(dataFolder, 'workers.lock');

/**
 * Takes a shared lock that shows other processes that a worker runs, until `release()` or the end of
 * this process. After the release look at the queue once more: jobs added before relied on this worker.
 * Throws `storage_error` on a full disk.
 */
export function acquireWorkerLock(dataFolder: string): ProcessLock {
  return acquireSharedLock(lockFile(dataFolder));
}

/**
 * Whether a worker process holds the lock and will still look at the queue.
 * @param options.timeoutMs how long to wait for other probes at the same moment, in which this thread does
 *   nothing else; without it such a probe may be taken for a worker
 */
export function isWorkerRunning(dataFolder: string, options: { timeoutMs?: number } = {}): boolean {
  return isLocked(lockFile(dataFolder), options.timeoutMs);
}

/** Takes a lock that several processes can hold; the file is an empty SQLite database. */
export function acquireSharedLock(file: string): ProcessLock {
  return withDiskErrors(() => {
    createForOwner(file);
    const db = new Database(file, { timeout: acquireTimeoutMs });
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get(); // reading takes a lock that can be shared
    return { release: () => void db.close() };
  });
}

/** Whether a process holds the lock. */
export function isLocked(file: string, timeoutMs = probeTimeoutMs): boolean {
  if (!existsSync(file)) return false;
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { timeout: timeoutMs });
    db.exec('BEGIN EXCLUSIVE');
    return false;
  } catch (error) {
    return error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY';
  } finally {
    db?.close();
  }
}

/** Runs an action while no other process runs one under this lock. Throws the error of SQLite after 10 s. */
export function withExclusiveLock<T>(file: string, action: () => T): T {
  createForOwner(file);
  const db = new Database(file, { timeout: acquireTimeoutMs });
  try {
    db.exec('BEGIN EXCLUSIVE');
    return action();
  } finally {
    db.close();
  }
}

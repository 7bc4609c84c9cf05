import { join } from 'node:path';
import Database from 'better-sqlite3';
import { withDiskErrors } from '../src/errors/disk-errors.ts';

/** How long a probe waits for other probes at the same moment. */
const probeTimeoutMs = 250;

/** An empty SQLite database used as a lock, which the operating system releases when a process ends. */
const lockFile = (dataFolder: string) => join(dataFolder, 'workers.lock');

/**
 * Takes a shared lock that shows other processes that a worker runs, until `release()` or the end of
 * this process. After the release look at the queue once more: jobs added before relied on this worker.
 * Throws `storage_error` on a full disk.
 */
export function acquireWorkerLock(dataFolder: string): { release(): void } {
  return withDiskErrors(() => {
    const db = new Database(lockFile(dataFolder), { timeout: 10_000 });
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get(); // reading takes a lock that can be shared
    return { release: () => void db.close() };
  });
}

/** Whether a worker process holds the lock and will still look at the queue. */
export function isWorkerRunning(dataFolder: string): boolean {
  let db: Database.Database | undefined;
  try {
    db = new Database(lockFile(dataFolder), { timeout: probeTimeoutMs });
    db.exec('BEGIN EXCLUSIVE');
    return false;
  } catch (error) {
    return error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY';
  } finally {
    db?.close();
  }
}

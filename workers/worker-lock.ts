import { join } from 'node:path';
import Database from 'better-sqlite3';
import { withDiskErrors } from '../src/errors/disk-errors.ts';

/** Milliseconds that a look for workers waits for others who look at the same moment. */
const probeTimeoutMs = 250;

/** An empty database, for the sake of its lock: the system takes it from a process that ends. */
const lockFile = (dataFolder: string) => join(dataFolder, 'workers.lock');

/**
 * Shows other processes that a worker lives, until `release()` or the end of this process. Who
 * releases looks at the queue once more: a job added before was left to this worker. Throws
 * `storage_error` on a full disk.
 */
export function acquireWorkerLock(dataFolder: string): { release(): void } {
  return withDiskErrors(() => {
    const db = new Database(lockFile(dataFolder), { timeout: 10_000 });
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get(); // reading takes a lock that can be shared
    return { release: () => void db.close() };
  });
}

/** Whether the worker process of some other caller lives and will still look at the queue. */
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

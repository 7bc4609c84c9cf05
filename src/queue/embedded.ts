import type Database from 'better-sqlite3';
import { defaultRetryPolicy, maxStallDelayMs, type RetryPolicy } from './backoff.ts';
import { EmbeddedWorkers } from './embedded-workers.ts';
import { asDeedboxError } from '../errors/errors.ts';
import { asDiskError, withDiskErrors } from '../errors/disk-errors.ts';
import { JobTable, openQueueDatabase } from './job-table.ts';
import { requireJob } from './job-checks.ts';
import type { JobKind } from './jobs.ts';
import type { Handlers, NewJob, Queue, QueueCounts, Workers, WorkOptions } from './queue.ts';
import { startSchedule, type Schedule } from './schedule.ts';

export interface EmbeddedQueueOptions {
  /** The data folder; the queue is `queue.db` in it. */
  folder: string;
  retry?: RetryPolicy;
  /** Milliseconds between polls for jobs that other processes have added. */
  pollMs?: number;
  /**
   * Milliseconds without a heartbeat after which the jobs of a worker are reclaimed. Those of an exited
   * process on this machine are reclaimed at the next poll.
   */
  leaseMs?: number;
  /** Milliseconds of failed writes to the queue file after which `onStuck` is called. */
  stuckAfterMs?: number;
  /**
   * Called with errors that reach no caller: a worker could not read or write the queue file (disk full,
   * locked for too long) and tries again at its next poll. For the log.
   */
  onError?: (error: unknown) => void;
}

const failedRetentionMs = 7 * 24 * 3600_000;

/**
 * Opens the queue in a data folder. Throws `storage_error` when it cannot be opened; its methods throw
 * `storage_error` on a full disk.
 */
export function openEmbeddedQueue(options: EmbeddedQueueOptions): Queue {
  return withDiskErrors(() => new EmbeddedQueue(openQueueDatabase(options.folder), options));
}

/** A queue in a SQLite file for any number of processes on one machine. */
class EmbeddedQueue implements Queue {
  readonly #db: Database.Database;
  readonly #table: JobTable;
  readonly #retry: RetryPolicy;
  readonly #pollMs: number;
  readonly #leaseMs: number;
  readonly #stuckAfterMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #workers = new Set<EmbeddedWorkers>();
  readonly #schedules = new Map<string, { stop(): void }>();

  constructor(db: Database.Database, options: Omit<EmbeddedQueueOptions, 'folder'>) {
    this.#db = db;
    this.#retry = options.retry ?? defaultRetryPolicy;
    this.#pollMs = options.pollMs ?? 250;
    this.#leaseMs = options.leaseMs ?? 60_000;
    this.#stuckAfterMs = options.stuckAfterMs ?? 10_000;
    this.#onError = (error) => options.onError?.(asDiskError(error));
    const maxDelayMs = Math.max(this.#retry.maxDelayMs, maxStallDelayMs);
    this.#table = new JobTable(db, { leaseMs: this.#leaseMs, maxDelayMs });
    this.#table.purge(failedRetentionMs);
  }

  /** All of the jobs or none; throws `invalid_request` when a payload is not what its kind needs. */
  async add(jobs: NewJob[]): Promise<void> {
    withDiskErrors(() => this.#table.add(jobs.map(toRow)));
    for (const workers of this.#workers) workers.wake();
  }

  work(handlers: Handlers, { concurrency, onStuck = () => {} }: WorkOptions): Workers {
    const workers = new EmbeddedWorkers(this.#table, handlers, {
      concurrency,
      retry: this.#retry,
      pollMs: this.#pollMs,
      heartbeatMs: this.#leaseMs / 4,
      onError: this.#onError,
      onStuck: (error) => onStuck(asDeedboxError(asDiskError(error))),
      stuckAfterMs: this.#stuckAfterMs,
      onStopped: () => this.#workers.delete(workers),
    });
    this.#workers.add(workers);
    return workers;
  }

  async counts(kind?: JobKind): Promise<QueueCounts> {
    return withDiskErrors(() => this.#table.counts(kind));
  }

  async cancel(kind: JobKind, keys: string[]): Promise<void> {
    withDiskErrors(() => this.#table.cancel(kind, keys));
  }

  async purge(kind: JobKind, keys?: string[]): Promise<boolean> {
    const unfinished = withDiskErrors(() => this.#table.purgeFailed(kind, keys));
    // Finished jobs are deleted; their pages stay in the write-ahead log.
    const isBusy = this.#db.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) !== 0;
    return unfinished === 0 && !isBusy;
  }

  /** Runs in this process, until the queue is closed. */
  async schedule(job: NewJob, times: Schedule | undefined): Promise<void> {
    const { kind, key } = requireJob(job);
    const name = `${kind} ${key}`;
    const add = () => void this.add([job]).catch(this.#onError);
    const next = times && startSchedule(times, add);
    this.#schedules.get(name)?.stop();
    this.#schedules.delete(name);
    if (next) this.#schedules.set(name, next);
  }

  async close(): Promise<void> {
    for (const schedule of this.#schedules.values()) schedule.stop();
    await Promise.all([...this.#workers].map((workers) => workers.stop()));
    this.#db.close();
  }
}

function toRow(job: NewJob) {
  const { payload, ...rest } = requireJob(job);
  return { ...rest, payload: JSON.stringify(payload) };
}

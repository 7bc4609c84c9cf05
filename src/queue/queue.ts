import type { DeedboxError } from '../errors/errors.ts';
import type { JobKind, JobPayload } from './jobs.ts';
import type { Schedule } from './schedule.ts';

export interface NewJob<K extends JobKind = JobKind> {
  kind: K;
  /**
   * The subject of the job (a file id, a source). While a job of this kind and key waits, adding it again
   * replaces its payload and priority; while it runs, it runs once more afterwards.
   */
  key: string;
  payload: JobPayload<K>;
  /** Lower runs first; 0 for a person who waits, 10 for a backlog. */
  priority?: number;
}

export interface RunningJob<K extends JobKind = JobKind> {
  kind: K;
  key: string;
  payload: JobPayload<K>;
  /** From 1; interrupted runs do not count. */
  attempt: number;
  /** Whether any error thrown now is final. */
  lastAttempt: boolean;
  /** Earlier runs that ended with their process or lost their lease. */
  interrupted: number;
  /** Aborted when the job is reclaimed or the worker stops. */
  signal: AbortSignal;
}

/**
 * Throwing a `DeedboxError` with `retryable` runs the job again after a backoff, up to the attempt
 * limit; any other error ends it as failed.
 */
export type Handlers = { [K in JobKind]: (job: RunningJob<K>) => Promise<void> };

export interface QueueCounts {
  waiting: number;
  active: number;
  failed: number;
}

export interface Workers {
  /** Claims no new job, waits for running ones up to `gracePeriodMs` milliseconds (10,000), then aborts them. */
  stop(gracePeriodMs?: number): Promise<void>;
}

export interface WorkOptions {
  /** Maximum number of simultaneous jobs of each kind. */
  concurrency: Record<JobKind, number>;
  /**
   * Called repeatedly while the file of an embedded queue cannot be written for some time, as on a full
   * disk. A queue in Redis never calls it.
   */
  onStuck?: (reason: DeedboxError) => void;
}

/**
 * A durable job queue with at-least-once execution over any number of crashes. A worker whose lease has
 * expired may run a job beside its new owner until its signal is aborted, so handlers are idempotent.
 */
export interface Queue {
  add(jobs: NewJob[]): Promise<void>;
  /** Runs jobs in this process. */
  work(handlers: Handlers, options: WorkOptions): Workers;
  counts(kind?: JobKind): Promise<QueueCounts>;
  /** Removes the waiting jobs of this kind and these keys, in one step; running jobs continue. */
  cancel(kind: JobKind, keys: string[]): Promise<void>;
  /**
   * Removes what is stored of finished jobs, and of failed jobs of this kind: all, or those with these keys.
   * Returns false while jobs with these keys wait or run, or another process keeps it from finishing; it can
   * be called again.
   */
  purge(kind: JobKind, keys?: string[]): Promise<boolean>;
  /**
   * Adds the job at each of these times, in place of an earlier schedule of its kind and key; undefined
   * ends it. Future runs do not count as waiting. Throws `invalid_configuration` for an invalid pattern.
   */
  schedule(job: NewJob, times: Schedule | undefined): Promise<void>;
  close(): Promise<void>;
}

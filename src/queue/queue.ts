import type { DeedboxError } from '../errors/errors.ts';
import type { JobKind, JobPayload } from './jobs.ts';
import type { Schedule } from './schedule.ts';

export interface NewJob<K extends JobKind = JobKind> {
  kind: K;
  /**
   * What the job is about (a file id, a source). While a job of this kind and key waits, adding it
   * again changes nothing but its payload and priority; while it runs, it runs once more afterwards.
   */
  key: string;
  payload: JobPayload<K>;
  /** Lower runs first; 0 is a person waiting, 10 a night's backlog. */
  priority?: number;
}

export interface RunningJob<K extends JobKind = JobKind> {
  kind: K;
  key: string;
  payload: JobPayload<K>;
  /** From 1; runs that a crash cut short are not counted. */
  attempt: number;
  /** Whether an error thrown now is final, whatever it is. */
  lastAttempt: boolean;
  /** Aborted when the job is taken away or the worker stops. */
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
  /** Takes no new job, waits for those that run, at most `graceMs`, then aborts them. */
  stop(gracePeriodMs?: number): Promise<void>;
}

export interface WorkOptions {
  /** Jobs of each kind at once, at most. */
  concurrency: Record<JobKind, number>;
  /**
   * Told, again and again, while the queue's own file cannot be written for some time, as on a full
   * disk. A queue elsewhere waits for as long as it takes, and tells nobody.
   */
  onStuck?: (reason: DeedboxError) => void;
}

/**
 * Durable work. A job added is run to its end at least once, over any number of crashes, and never
 * by two workers at once as far as either can tell; handlers are idempotent for the rest.
 */
export interface Queue {
  add(jobs: NewJob[]): Promise<void>;
  /** Runs jobs in this process. */
  work(handlers: Handlers, options: WorkOptions): Workers;
  counts(kind?: JobKind): Promise<QueueCounts>;
  /** Drops those jobs of this kind and these keys that wait, all at once; what runs goes on. */
  cancel(kind: JobKind, keys: string[]): Promise<void>;
  /**
   * Adds the job at each of these times, in place of the times given before for its kind and key, or
   * not any more where none are given. What is yet to come counts as nothing that waits. Throws
   * `invalid_configuration` for a pattern that says nothing.
   */
  schedule(job: NewJob, times: Schedule | undefined): Promise<void>;
  close(): Promise<void>;
}

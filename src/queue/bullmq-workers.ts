import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { pacedLimiter, retryDelayMs, type RetryPolicy } from './backoff.ts';
import { PendingRequests, type BullmqJobData } from './bullmq-pending-requests.ts';
import { JobRun } from './bullmq-run.ts';
import { jobKinds } from './job-checks.ts';
import type { JobKind } from './jobs.ts';
import type { Handlers, Workers } from './queue.ts';
import type { RedisConnection } from './redis.ts';
import { repeatStrategy } from './schedule.ts';

interface BullmqWorkersOptions {
  concurrency: Record<JobKind, number>;
  prefix: string;
  retry: RetryPolicy;
  leaseMs: number;
  filesPerMinute?: number;
  /** Told once these workers have stopped. */
  onStopped: () => void;
}

/** How long an aborted job may take to notice, in milliseconds, before it is given back regardless. */
const abortTimeoutMs = 2000;
/** How long Redis may take to hear of the last jobs, in milliseconds. */
const shutdownTimeoutMs = 3000;
const startRetryMs = 1000;

/** Runs the jobs of a queue in Redis in this process until stopped. */
export class BullmqWorkers implements Workers {
  readonly #redis: RedisConnection;
  readonly #client: Redis;
  readonly #handlers: Handlers;
  readonly #options: BullmqWorkersOptions;
  readonly #pending: PendingRequests;
  /** By the ids of their jobs. */
  readonly #runs = new Map<string, JobRun>();
  #workers: Worker<BullmqJobData>[] = [];
  #isStopping = false;
  #stopped?: Promise<void>;

  constructor(redis: RedisConnection, handlers: Handlers, options: BullmqWorkersOptions) {
    this.#redis = redis;
    this.#client = redis.connectWorker();
    this.#pending = new PendingRequests(this.#client, options.prefix);
    this.#handlers = handlers;
    this.#options = options;
    void this.#startWorkers();
  }

  /** Waits for a Redis that is not there yet for as long as it takes. */
  async #startWorkers(): Promise<void> {
    while (!this.#isStopping) {
      try {
        await this.#redis.request(() => Promise.resolve());
        if (!this.#isStopping) this.#workers = jobKinds.map((kind) => this.#createWorker(kind));
        return;
      } catch (error) {
        if (this.#isStopping) return;
        this.#redis.report(error);
        await sleep(startRetryMs);
      }
    }
  }

  #createWorker(kind: JobKind): Worker<BullmqJobData> {
    const { concurrency, prefix, retry, leaseMs, filesPerMinute } = this.#options;
    const limiter = filesPerMinute === undefined ? undefined : pacedLimiter(filesPerMinute);
    const backoffStrategy = (attempt: number) => Math.ceil(retryDelayMs(attempt, retry));
    const worker = new Worker<BullmqJobData>(
      kind,
      (job, token) => this.#process(kind, job, token!),
      {
        connection: this.#client,
        prefix,
        concurrency: concurrency[kind],
        lockDuration: leaseMs,
        stalledInterval: Math.max(100, leaseMs / 4),
        // A crash says nothing about the job; one that is hit often is held back instead.
        maxStalledCount: Number.MAX_SAFE_INTEGER,
        runRetryDelay: Math.min(5000, leaseMs / 2),
        ...(kind === 'ingest' && { limiter }),
        settings: { repeatStrategy, backoffStrategy },
      },
    );
    worker.on('error', this.#redis.report);
    worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) this.#runs.get(id)?.abortLostJob();
    });
    return worker;
  }

  async #process(kind: JobKind, job: Job<BullmqJobData>, token: string): Promise<void> {
    const { maxAttempts } = this.#options.retry;
    const pending = this.#pending;
    const run = new JobRun({ kind, job, token, pending, handlers: this.#handlers, maxAttempts });
    // Fetched in the moment in which this was stopped.
    if (this.#isStopping) run.stop();
    this.#runs.set(job.id!, run);
    try {
      await run.settle();
    } finally {
      this.#runs.delete(job.id!);
    }
  }

  stop(gracePeriodMs = 10_000): Promise<void> {
    this.#stopped ??= this.#stop(gracePeriodMs);
    return this.#stopped;
  }

  async #stop(gracePeriodMs: number): Promise<void> {
    this.#isStopping = true;
    const closing = Promise.all(this.#workers.map((worker) => worker.close()));
    await this.#waitForRuns(gracePeriodMs);
    for (const run of this.#runs.values()) run.stop();
    await this.#waitForRuns(abortTimeoutMs);
    for (const run of this.#runs.values()) run.abandon();
    await withTimeout(shutdownTimeoutMs, closing);
    this.#client.disconnect();
    this.#options.onStopped();
  }

  async #waitForRuns(timeoutMs: number): Promise<void> {
    const runs = [...this.#runs.values()];
    if (runs.length > 0) await withTimeout(timeoutMs, Promise.all(runs.map((run) => run.ended)));
  }
}

/** Ends with the promise, however it ends, or after so long. */
async function withTimeout(timeoutMs: number, promise: Promise<unknown>): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const ended = promise.catch(() => {});
  await Promise.race([ended, sleep(timeoutMs, undefined, { signal }).catch(() => {})]);
  controller.abort();
}

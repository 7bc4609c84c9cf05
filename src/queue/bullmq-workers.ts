import { setTimeout as sleep } from 'node:timers/promises';
import { DelayedError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { asDeedboxError, DeedboxError } from '../errors/errors.ts';
import { pacedLimiter, retryDelayMs, type RetryPolicy, stallDelayMs } from './backoff.ts';
import { PendingRequests, type BullmqJobData } from './bullmq-pending-requests.ts';
import { describeFailure, jobKinds, requirePayload } from './job-checks.ts';
import type { JobKind } from './jobs.ts';
import type { Handlers, RunningJob, Workers } from './queue.ts';
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

interface JobRunOptions {
  kind: JobKind;
  job: Job<BullmqJobData>;
  /** Shows BullMQ that it is this worker that has the job. */
  token: string;
  pending: PendingRequests;
  handlers: Handlers;
  /** Runs at most; see `RetryPolicy`. */
  maxAttempts: number;
}

/** One run of one job that BullMQ has given to this process. */
class JobRun {
  /** Ends when the handler has ended, or the run was given up; never rejects. */
  readonly ended: Promise<void>;
  readonly #options: JobRunOptions;
  readonly #abort = new AbortController();
  readonly #outcome: Promise<unknown>;
  #abandon: ((reason: DeedboxError) => void) | undefined;
  #isStopping = false;

  constructor(options: JobRunOptions) {
    this.#options = options;
    const aborted = new Promise<never>((_, reject) => (this.#abandon = reject));
    this.#outcome = Promise.race([this.#run(), aborted]).then(
      () => undefined,
      (error: unknown) => error ?? new Error('A handler threw nothing.'),
    );
    this.ended = this.#outcome.then(() => undefined);
  }

  /** Asks the handler to end, because this worker stops. */
  stop(): void {
    this.#isStopping = true;
    this.#abort.abort(stoppingError());
  }

  /** Asks the handler to end, because another worker has the job. */
  abortLostJob(): void {
    this.#abort.abort(new DeedboxError('cancelled', 'Another worker has taken over the job.'));
  }

  /** Takes the run for ended, whether or not its handler has noticed that it is to stop. */
  abandon(): void {
    this.stop();
    this.#abandon?.(stoppingError());
  }

  /** Resolves where the job is done; else throws what tells BullMQ what becomes of it. */
  async settle(): Promise<void> {
    const outcome = await this.#outcome;
    if (outcome === undefined) return;
    const { kind, job, token, pending, maxAttempts } = this.#options;
    if (outcome instanceof DelayedError) throw outcome;
    if (this.#isStopping) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    // Another worker has it: there is nothing to be said to the queue.
    if (this.#abort.signal.aborted) throw new WaitingError();
    // Added again while it ran: what is asked for now has not been tried yet, and is rung for.
    if ((await pending.peek(kind, job.name)) !== undefined) return;
    const failure = asDeedboxError(outcome);
    if (failure.retryable && job.attemptsMade + 1 < maxAttempts) throw failure;
    await pending.recordFailure(kind, job.name);
    throw new UnrecoverableError(describeFailure(failure));
  }

  async #run(): Promise<void> {
    const { kind, job, handlers, maxAttempts } = this.#options;
    await this.#delayIfStalled();
    const stored = await this.#takePayload();
    if (stored === undefined) return;
    const payload = requirePayload(kind, stored);
    const attempt = job.attemptsMade + 1;
    // The kind picks the handler and the payload's schema, which the compiler cannot follow.
    const handler = handlers[kind] as (job: RunningJob) => Promise<void>;
    const { signal } = this.#abort;
    signal.throwIfAborted();
    await handler({
      kind,
      key: job.name,
      payload,
      attempt,
      lastAttempt: attempt >= maxAttempts,
      signal,
    });
  }

  /** A job whose workers died over and over may be why, and lets the others go first. */
  async #delayIfStalled(): Promise<void> {
    const { job, token } = this.#options;
    const stalledCount = job.stalledCounter;
    const delay = stallDelayMs(stalledCount);
    if (delay === 0 || job.data.delayedAtStalledCount === stalledCount) return;
    await job.updateData({ ...job.data, delayedAtStalledCount: stalledCount });
    await job.moveToDelayed(Date.now() + delay, token);
    throw new DelayedError();
  }

  /** The payload asked for last: newly asked, or what this job was cut short with; else undefined. */
  async #takePayload(): Promise<unknown> {
    const { kind, job, pending } = this.#options;
    const entry = await pending.peek(kind, job.name);
    if (entry === undefined) return job.data.payload;
    const { payload } = JSON.parse(entry) as { payload: unknown };
    // Kept with the job before it is forgotten elsewhere, so that a crash between the two loses nothing.
    await job.updateData({ ...job.data, payload });
    await pending.consume(kind, job.name, entry);
    return payload;
  }
}

const stoppingError = () => new DeedboxError('cancelled', 'The worker stops.');

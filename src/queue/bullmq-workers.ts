import { setTimeout as sleep } from 'node:timers/promises';
import { DelayedError, type Job, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { asDeedboxError, DeedboxError } from '../errors/errors.ts';
import { pacedLimiter, retryDelayMs, type RetryPolicy, stallDelayMs } from './backoff.ts';
import { PendingRequests, type BullmqJobData } from './bullmq-pending-requests.ts';
import { describeFailure, jobKinds, parsePayload, requirePayload } from './job-checks.ts';
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
  /** Called once these workers have stopped. */
  onStopped: () => void;
}

/** Milliseconds that an aborted handler has to end before its job is released regardless. */
const abortTimeoutMs = 2000;
/** Milliseconds that Redis has to accept the outcome of the last jobs. */
const shutdownTimeoutMs = 3000;
const startRetryMs = 1000;

/** Runs the jobs of a queue in Redis in this process until stopped. */
export class BullmqWorkers implements Workers {
  readonly #redis: RedisConnection;
  readonly #client: Redis;
  readonly #handlers: Handlers;
  readonly #options: BullmqWorkersOptions;
  readonly #pending: PendingRequests;
  /** By job id. */
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

  /** Retries until Redis is available. */
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
        // A crash does not fail the job; a job that is hit often is delayed instead.
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
    const handlers = this.#handlers;
    const onError = this.#redis.report;
    const run = new JobRun({ kind, job, token, pending, handlers, maxAttempts, onError });
    // Fetched while `stop` was called.
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

/** Resolves when the promise settles, or after the timeout. */
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
  /** The lock token by which BullMQ knows this worker. */
  token: string;
  pending: PendingRequests;
  handlers: Handlers;
  /** See `RetryPolicy`. */
  maxAttempts: number;
  /** Called with the error of a job whose payload is invalid. */
  onError: (error: unknown) => void;
}

/** One run of one BullMQ job. */
class JobRun {
  /** Resolves when the handler has ended or the run was abandoned; never rejects. */
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

  /** Aborts the handler because this worker stops. */
  stop(): void {
    this.#isStopping = true;
    this.#abort.abort(stoppingError());
  }

  /** Aborts the handler because another worker has the job. */
  abortLostJob(): void {
    this.#abort.abort(new DeedboxError('cancelled', 'Another worker has reclaimed the job.'));
  }

  /** Ends the run, even if its handler has not. */
  abandon(): void {
    this.stop();
    this.#abandon?.(stoppingError());
  }

  /** Resolves if the job is done; otherwise throws the error by which BullMQ retries, delays or fails it. */
  async settle(): Promise<void> {
    const outcome = await this.#outcome;
    if (outcome === undefined) return;
    const { kind, job, token, pending, maxAttempts } = this.#options;
    if (outcome instanceof DelayedError) throw outcome;
    if (this.#isStopping) {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    // Another worker has the job, so there is no outcome to record.
    if (this.#abort.signal.aborted) throw new WaitingError();
    // Added again while it ran: the new request has not been tried yet, and has its own wake-up.
    if ((await pending.peek(kind, job.name)) !== undefined) return;
    const failure = asDeedboxError(outcome);
    if (failure.retryable && job.attemptsMade + 1 < maxAttempts) throw failure;
    await pending.recordFailure(kind, job.name);
    throw new UnrecoverableError(describeFailure(failure));
  }

  async #run(): Promise<void> {
    const { kind, job, handlers, maxAttempts } = this.#options;
    await this.#delayIfStalled();
    const payload = await this.#takePayload();
    if (payload === undefined) return;
    const attempt = job.attemptsMade + 1;
    // The kind selects handler and payload schema, which the compiler cannot follow.
    const handler = handlers[kind] as (job: RunningJob) => Promise<void>;
    const { signal } = this.#abort;
    signal.throwIfAborted();
    await handler({
      kind,
      key: job.name,
      payload,
      attempt,
      lastAttempt: attempt >= maxAttempts,
      interrupted: job.stalledCounter,
      signal,
    });
  }

  /** A job whose workers crashed repeatedly may be the cause, and must not delay the others. */
  async #delayIfStalled(): Promise<void> {
    const { job, token } = this.#options;
    const stalledCount = job.stalledCounter;
    const delay = stallDelayMs(stalledCount);
    if (delay === 0 || job.data.delayedAtStalledCount === stalledCount) return;
    await job.updateData({ ...job.data, delayedAtStalledCount: stalledCount });
    await job.moveToDelayed(Date.now() + delay, token);
    throw new DelayedError();
  }

  /**
   * The payload of the pending request, or of this job's interrupted run; undefined if there is neither.
   * Nobody waits for the outcome of a job, so one with an invalid payload is reported here.
   */
  async #takePayload(): Promise<RunningJob['payload'] | undefined> {
    const { kind, job, pending, onError } = this.#options;
    const entry = await pending.peek(kind, job.name);
    try {
      if (entry === undefined) {
        const stored: unknown = job.data?.payload;
        return stored === undefined ? undefined : requirePayload(kind, stored);
      }
      const payload = parsePayload(kind, requestedPayload(entry));
      // Stored in the job before the request is deleted, so that a crash in between loses nothing.
      await job.updateData({ ...job.data, payload });
      await pending.consume(kind, job.name, entry);
      return payload;
    } catch (error) {
      if (!(error instanceof DeedboxError)) throw error;
      onError(error);
      if (entry !== undefined) await pending.discard(kind, [job.name]);
      throw error;
    }
  }
}

/** The payload in a stored request, in JSON; null where there is none that may be read. */
function requestedPayload(entry: string): string | null {
  try {
    const { payload } = JSON.parse(entry) as { payload?: unknown };
    return JSON.stringify(payload) ?? null;
  } catch {
    return null; // not JSON, null, or larger than a request may be
  }
}

const stoppingError = () => new DeedboxError('cancelled', 'The worker stops.');

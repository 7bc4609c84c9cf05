import { setTimeout as sleep } from 'node:timers/promises';
import { asDeedboxError, DeedboxError } from '../errors/errors.ts';
import { retryDelayMs, type RetryPolicy } from './backoff.ts';
import type { JobRow, JobTable } from './job-table.ts';
import { describeFailure, jobKinds, parsePayload } from './job-checks.ts';
import type { JobKind } from './jobs.ts';
import type { Handlers, RunningJob, Workers } from './queue.ts';

interface EmbeddedWorkersOptions {
  concurrency: Record<JobKind, number>;
  retry: RetryPolicy;
  /** Milliseconds between polls for jobs that other processes have added or abandoned. */
  pollMs: number;
  /** Milliseconds between two heartbeats. */
  heartbeatMs: number;
  /**
   * Called once when the queue file cannot be written, where writing is retried at each poll, and for each
   * job with an invalid payload.
   */
  onError: (error: unknown) => void;
  /** Called when writing has failed for `stuckAfterMs`. */
  onStuck: (error: unknown) => void;
  stuckAfterMs: number;
  /** Called once these workers have stopped. */
  onStopped: () => void;
}

interface Run {
  job: JobRow;
  abort: AbortController;
  ended: Promise<void>;
}

/** Milliseconds that an aborted handler has to end before its job is released regardless. */
const abortTimeoutMs = 2000;

/** Runs the jobs of a table in this process until stopped. */
export class EmbeddedWorkers implements Workers {
  readonly #table: JobTable;
  readonly #handlers: Handlers;
  readonly #options: EmbeddedWorkersOptions;
  readonly #runs = new Set<Run>();
  /** Ended runs whose outcome could not be written yet. */
  readonly #unacked = new Set<Run>();
  readonly #timer: NodeJS.Timeout;
  #lastHeartbeat = Date.now();
  #isWakePending = false;
  /** When the current series of failed writes began. */
  #failingSince: number | undefined;
  #stopped?: Promise<void>;

  constructor(table: JobTable, handlers: Handlers, options: EmbeddedWorkersOptions) {
    this.#table = table;
    this.#handlers = handlers;
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), options.pollMs);
    setImmediate(() => this.#tick());
  }

  /** Claims jobs after the current turn of the event loop. */
  wake(): void {
    if (this.#isWakePending) return;
    this.#isWakePending = true;
    setImmediate(() => {
      this.#isWakePending = false;
      this.#tryWrite(() => this.#claim());
    });
  }

  stop(gracePeriodMs = 10_000): Promise<void> {
    this.#stopped ??= this.#stop(gracePeriodMs);
    return this.#stopped;
  }

  async #stop(gracePeriodMs: number): Promise<void> {
    await this.#waitForRuns(gracePeriodMs);
    for (const run of this.#runs) run.abort.abort(stoppingError());
    await this.#waitForRuns(abortTimeoutMs);
    clearInterval(this.#timer);
    for (const { job } of this.#runs) this.#tryWrite(() => this.#table.release(job));
    this.#runs.clear();
    this.#options.onStopped();
  }

  async #waitForRuns(timeoutMs: number): Promise<void> {
    if (this.#runs.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise((resolve) => (timer = setTimeout(resolve, timeoutMs)));
    await Promise.race([Promise.all([...this.#runs].map((run) => run.ended)), timeout]);
    clearTimeout(timer);
  }

  #tick(): void {
    this.#tryWrite(() => {
      // Before reclaiming, so that a busy process does not reclaim its own jobs.
      if (Date.now() - this.#lastHeartbeat >= this.#options.heartbeatMs) this.#heartbeat();
      if (this.#stopped) return;
      this.#table.reclaimExpired();
      this.#claim();
    });
  }

  #heartbeat(): void {
    for (const run of this.#runs) {
      if (!this.#table.extend(run.job)) run.abort.abort(leaseLostError());
    }
    // A failed heartbeat leaves the old time, so that it is repeated before anything is reclaimed.
    this.#lastHeartbeat = Date.now();
  }

  #claim(): void {
    for (const kind of jobKinds) {
      const running = [...this.#runs].filter((run) => run.job.kind === kind).length;
      for (let free = this.#options.concurrency[kind] - running; free > 0; free--) {
        if (this.#stopped) return;
        const job = this.#table.claim(kind);
        if (!job) break;
        this.#start(job);
      }
    }
  }

  #start(job: JobRow): void {
    const run: Run = { job, abort: new AbortController(), ended: Promise.resolve() };
    this.#runs.add(run);
    run.ended = this.#run(run).finally(() => {
      this.#runs.delete(run);
      this.wake();
    });
  }

  async #run(run: Run): Promise<void> {
    const { job, abort } = run;
    const { maxAttempts: limit } = this.#options.retry;
    const attempt = job.attempts + 1;
    let failure: DeedboxError | undefined;
    try {
      const { kind, key } = job;
      const interrupted = job.stalledCount;
      const running = { kind, key, attempt, lastAttempt: attempt >= limit, interrupted };
      const payload = this.#payloadOf(job);
      // The kind selects handler and payload schema, which the compiler cannot follow.
      const handler = this.#handlers[kind] as (job: RunningJob) => Promise<void>;
      await handler({ ...running, payload, signal: abort.signal });
    } catch (error) {
      failure = asDeedboxError(error);
    }
    const recordOutcome = () => {
      if (!failure) this.#table.complete(job);
      else if (abort.signal.aborted) this.#table.release(job);
      else if (failure.retryable && attempt < limit)
        this.#table.retry(
          job,
          describeFailure(failure),
          retryDelayMs(attempt, this.#options.retry),
        );
      else this.#table.fail(job, describeFailure(failure));
    };
    // Already released if the handler did not end in time when the worker stopped.
    while (this.#runs.has(run) && !this.#tryWrite(recordOutcome)) {
      this.#unacked.add(run);
      if (this.#stopped) break; // the worker that reclaims it runs it again
      await sleep(this.#options.pollMs);
      this.#unacked.delete(run);
    }
    this.#unacked.delete(run);
  }

  /** Nobody waits for the outcome of a job, so one that is dropped is reported here. */
  #payloadOf({ kind, payload }: JobRow): RunningJob['payload'] {
    try {
      return parsePayload(kind, payload);
    } catch (error) {
      this.#options.onError(error);
      throw error;
    }
  }

  /** Returns false if the queue file could not be written. */
  #tryWrite(work: () => void): boolean {
    try {
      work();
      // Without a pending outcome, nothing may have been written.
      if (this.#unacked.size === 0) this.#failingSince = undefined;
      return true;
    } catch (error) {
      if (this.#failingSince === undefined) this.#options.onError(error);
      this.#failingSince ??= Date.now();
      if (Date.now() - this.#failingSince > this.#options.stuckAfterMs)
        this.#options.onStuck(error);
      return false;
    }
  }
}

const stoppingError = () => new DeedboxError('cancelled', 'The worker stops.');
const leaseLostError = () => new DeedboxError('cancelled', 'Another worker has reclaimed the job.');

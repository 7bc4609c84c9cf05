import { setTimeout as sleep } from 'node:timers/promises';
import { asDeedboxError, DeedboxError } from '../errors.ts';
import { retryDelay, type RetryPolicy } from './backoff.ts';
import type { JobRow, JobTable } from './job-table.ts';
import { describeFailure, jobKinds, requirePayload } from './job-checks.ts';
import type { JobKind } from './jobs.ts';
import type { Handlers, RunningJob, Workers } from './queue.ts';

interface EmbeddedWorkersOptions {
  concurrency: Record<JobKind, number>;
  retry: RetryPolicy;
  /** Milliseconds between two looks for what other processes have added or left behind. */
  pollMs: number;
  /** Milliseconds between two heartbeats. */
  heartbeatMs: number;
  /** Told, once, of a queue file that cannot be written; it is tried again at each poll. */
  onError: (error: unknown) => void;
  /** Told when it could not be written for `patienceMs`. */
  onStuck: (error: unknown) => void;
  patienceMs: number;
  /** Told once these workers have stopped. */
  onStopped: () => void;
}

interface Run {
  job: JobRow;
  abort: AbortController;
  ended: Promise<void>;
}

/** How long an aborted job may take to notice, in milliseconds, before it is given back regardless. */
const abortMs = 2000;

/** Runs the jobs of a table in this process until stopped. */
export class EmbeddedWorkers implements Workers {
  readonly #table: JobTable;
  readonly #handlers: Handlers;
  readonly #options: EmbeddedWorkersOptions;
  readonly #runs = new Set<Run>();
  /** Those that have ended, which could not be written down yet. */
  readonly #unsettled = new Set<Run>();
  readonly #timer: NodeJS.Timeout;
  #lastHeartbeat = Date.now();
  #awake = false;
  /** When the queue's file could first not be written, of the times in a row. */
  #troubledSince: number | undefined;
  #stopped?: Promise<void>;

  constructor(table: JobTable, handlers: Handlers, options: EmbeddedWorkersOptions) {
    this.#table = table;
    this.#handlers = handlers;
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), options.pollMs);
    setImmediate(() => this.#tick());
  }

  /** Looks for work as soon as the current turn of the event loop is over. */
  wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    setImmediate(() => {
      this.#awake = false;
      this.#guarded(() => this.#claim());
    });
  }

  stop(graceMs = 10_000): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  async #stop(graceMs: number): Promise<void> {
    await this.#ended(graceMs);
    for (const run of this.#runs) run.abort.abort(stopping());
    await this.#ended(abortMs);
    clearInterval(this.#timer);
    for (const { job } of this.#runs) this.#guarded(() => this.#table.release(job));
    this.#runs.clear();
    this.#options.onStopped();
  }

  async #ended(withinMs: number): Promise<void> {
    if (this.#runs.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise((resolve) => (timer = setTimeout(resolve, withinMs)));
    await Promise.race([Promise.all([...this.#runs].map((run) => run.ended)), timeout]);
    clearTimeout(timer);
  }

  #tick(): void {
    this.#guarded(() => {
      // Before the takeover, so that a busy process does not take over its own jobs.
      if (Date.now() - this.#lastHeartbeat >= this.#options.heartbeatMs) this.#beat();
      if (this.#stopped) return;
      this.#table.takeOver();
      this.#claim();
    });
  }

  #beat(): void {
    for (const run of this.#runs) {
      if (!this.#table.extend(run.job)) run.abort.abort(takenAway());
    }
    // one that failed is made up for before anything is taken over
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
    const { attempts: limit } = this.#options.retry;
    const attempt = job.attempts + 1;
    let failure: DeedboxError | undefined;
    try {
      const { kind, key } = job;
      const running = { kind, key, attempt, lastAttempt: attempt >= limit };
      const payload = requirePayload(kind, JSON.parse(job.payload));
      // The kind picks the handler and the payload's schema, which the compiler cannot follow.
      const handler = this.#handlers[kind] as (job: RunningJob) => Promise<void>;
      await handler({ ...running, payload, signal: abort.signal });
    } catch (error) {
      failure = asDeedboxError(error);
    }
    const settle = () => {
      if (!failure) this.#table.complete(job);
      else if (abort.signal.aborted) this.#table.release(job);
      else if (failure.retryable && attempt < limit)
        this.#table.retry(job, describeFailure(failure), retryDelay(attempt, this.#options.retry));
      else this.#table.fail(job, describeFailure(failure));
    };
    // Absent where it was given back already, because it did not notice in time that it was to stop.
    while (this.#runs.has(run) && !this.#guarded(settle)) {
      this.#unsettled.add(run);
      if (this.#stopped) break; // who takes it over runs it once more
      await sleep(this.#options.pollMs);
      this.#unsettled.delete(run);
    }
    this.#unsettled.delete(run);
  }

  /** False where the queue's file could not be written. */
  #guarded(work: () => void): boolean {
    try {
      work();
      // with nothing to claim nothing was written
      if (this.#unsettled.size === 0) this.#troubledSince = undefined;
      return true;
    } catch (error) {
      if (this.#troubledSince === undefined) this.#options.onError(error);
      this.#troubledSince ??= Date.now();
      if (Date.now() - this.#troubledSince > this.#options.patienceMs) this.#options.onStuck(error);
      return false;
    }
  }
}

const stopping = () => new DeedboxError('cancelled', 'The worker stops.');
const takenAway = () => new DeedboxError('cancelled', 'Another worker has taken over the job.');

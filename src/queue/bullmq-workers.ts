import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { evenly, retryDelay, type RetryPolicy } from './backoff.ts';
import { Asked, type KeptJob } from './bullmq-asked.ts';
import { JobRun } from './bullmq-run.ts';
import { jobKinds } from './job-checks.ts';
import type { JobKind } from './jobs.ts';
import type { Handlers, Workers } from './queue.ts';
import type { RedisLink } from './redis.ts';
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
const abortMs = 2000;
/** How long Redis may take to hear of the last jobs, in milliseconds. */
const farewellMs = 3000;
const retryStartMs = 1000;

/** Runs the jobs of a queue in Redis in this process until stopped. */
export class BullmqWorkers implements Workers {
  readonly #link: RedisLink;
  readonly #client: Redis;
  readonly #handlers: Handlers;
  readonly #options: BullmqWorkersOptions;
  readonly #asked: Asked;
  /** By the ids of their jobs. */
  readonly #runs = new Map<string, JobRun>();
  #workers: Worker<KeptJob>[] = [];
  #stopping = false;
  #stopped?: Promise<void>;

  constructor(link: RedisLink, handlers: Handlers, options: BullmqWorkersOptions) {
    this.#link = link;
    this.#client = link.connectWorker();
    this.#asked = new Asked(this.#client, options.prefix);
    this.#handlers = handlers;
    this.#options = options;
    void this.#begin();
  }

  /** Waits for a Redis that is not there yet for as long as it takes. */
  async #begin(): Promise<void> {
    while (!this.#stopping) {
      try {
        await this.#link.request(() => Promise.resolve());
        if (!this.#stopping) this.#workers = jobKinds.map((kind) => this.#work(kind));
        return;
      } catch (error) {
        if (this.#stopping) return;
        this.#link.tell(error);
        await sleep(retryStartMs);
      }
    }
  }

  #work(kind: JobKind): Worker<KeptJob> {
    const { concurrency, prefix, retry, leaseMs, filesPerMinute } = this.#options;
    const limiter = filesPerMinute === undefined ? undefined : evenly(filesPerMinute);
    const backoffStrategy = (attempt: number) => Math.ceil(retryDelay(attempt, retry));
    const worker = new Worker<KeptJob>(kind, (job, token) => this.#process(kind, job, token!), {
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
    });
    worker.on('error', this.#link.tell);
    worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) this.#runs.get(id)?.takenAway();
    });
    return worker;
  }

  async #process(kind: JobKind, job: Job<KeptJob>, token: string): Promise<void> {
    const { attempts } = this.#options.retry;
    const asked = this.#asked;
    const run = new JobRun({ kind, job, token, asked, handlers: this.#handlers, attempts });
    // Fetched in the moment in which this was stopped.
    if (this.#stopping) run.stop();
    this.#runs.set(job.id!, run);
    try {
      await run.settle();
    } finally {
      this.#runs.delete(job.id!);
    }
  }

  stop(graceMs = 10_000): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  async #stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    const closing = Promise.all(this.#workers.map((worker) => worker.close()));
    await this.#ended(graceMs);
    for (const run of this.#runs.values()) run.stop();
    await this.#ended(abortMs);
    for (const run of this.#runs.values()) run.giveUp();
    await within(farewellMs, closing);
    this.#client.disconnect();
    this.#options.onStopped();
  }

  async #ended(withinMs: number): Promise<void> {
    const runs = [...this.#runs.values()];
    if (runs.length > 0) await within(withinMs, Promise.all(runs.map((run) => run.ended)));
  }
}

/** Ends with the promise, however it ends, or after so long. */
async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  const early = new AbortController();
  const { signal } = early;
  const ended = promise.catch(() => {});
  await Promise.race([ended, sleep(ms, undefined, { signal }).catch(() => {})]);
  early.abort();
}

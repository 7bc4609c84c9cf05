import { randomUUID } from 'node:crypto';
import { Queue as BullQueue } from 'bullmq';
import { defaultRetryPolicy, type RetryPolicy } from './backoff.ts';
import { PendingRequests, type PendingJob, type BullmqJobData } from './bullmq-pending-requests.ts';
import { BullmqWorkers } from './bullmq-workers.ts';
import { jobKinds, requireJob } from './job-checks.ts';
import type { JobKind } from './jobs.ts';
import type { Handlers, NewJob, Queue, QueueCounts, Workers, WorkOptions } from './queue.ts';
import { RedisConnection } from './redis.ts';
import { repeatStrategy, requireSchedule, type Schedule } from './schedule.ts';

export interface BullmqQueueOptions {
  /** `redis://…` or `rediss://…`; each data folder needs a Redis database of its own. */
  url: string;
  /** In place of that in the URL. */
  password?: string;
  /** The certificate, in PEM, of the authority that issued that of Redis. */
  ca?: string;
  /** Identifies the data folder; see `loadInstanceId`. */
  instanceId: string;
  retry?: RetryPolicy;
  /** Milliseconds without a heartbeat after which the jobs of a worker are reclaimed. */
  leaseMs?: number;
  /** Maximum number of files that all workers together start per minute. */
  filesPerMinute?: number;
  /** Milliseconds after which an unanswered request fails. */
  requestTimeoutMs?: number;
  /** Called with errors that reach no caller; for the log. */
  onError?: (error: unknown) => void;
  /** Called once when Redis becomes unreachable, and once when it answers again. */
  onOutage?: (outage: 'begun' | 'ended', error?: unknown) => void;
}

type BullQueues = Record<JobKind, BullQueue<BullmqJobData>>;

const failedRetentionMs = 7 * 24 * 3600_000;
const prefix = 'deedbox';
/** Keys per batch of requests. */
const batchSize = 500;

/** In BullMQ, 0 means no priority and runs before all others. */
const bullPriority = (priority: number) => Math.min(Math.max(0, Math.round(priority)) + 1, 2 ** 21);

/**
 * Opens a queue in Redis without waiting for the connection. Each request waits for up to
 * `requestTimeoutMs`, then throws `not_ready`.
 */
export function openBullmqQueue(options: BullmqQueueOptions): Queue {
  return new BullmqQueue(options);
}

/** A queue for any number of processes on any number of machines. */
class BullmqQueue implements Queue {
  readonly #redis: RedisConnection;
  readonly #pending: PendingRequests;
  readonly #retry: RetryPolicy;
  readonly #options: BullmqQueueOptions;
  readonly #workers = new Set<BullmqWorkers>();
  #queues: BullQueues | undefined;

  constructor(options: BullmqQueueOptions) {
    this.#options = options;
    this.#retry = options.retry ?? defaultRetryPolicy;
    const { url, password, ca, instanceId, requestTimeoutMs = 10_000 } = options;
    const { onError = () => {}, onOutage = () => {} } = options;
    const connection = { url, password, ca, instanceId, requestTimeoutMs };
    this.#redis = new RedisConnection({ ...connection, onError, onOutage });
    this.#pending = new PendingRequests(this.#redis.client, prefix);
  }

  /**
   * Stores the requests first, then adds BullMQ jobs as wake-ups. A run executes the last request for its
   * key; a superfluous wake-up finds none and does nothing.
   */
  async add(jobs: NewJob[]): Promise<void> {
    const required = jobs.map((job) => ({ ...requireJob(job), id: randomUUID() }));
    for (const kind of jobKinds) {
      const ofKind = required.filter((job) => job.kind === kind);
      for (let at = 0; at < ofKind.length; at += batchSize) {
        const chunk = ofKind.slice(at, at + batchSize);
        await this.#request(async (queues) => {
          await this.#pending.put(kind, chunk);
          await this.#wakeUp(queues[kind], chunk);
        });
      }
    }
  }

  async #wakeUp(
    queue: BullQueue<BullmqJobData>,
    jobs: (PendingJob & { priority: number })[],
  ): Promise<void> {
    const wakeUps = await queue.addBulk(
      jobs.map(({ key, id, priority }) => ({
        name: key,
        data: {},
        opts: {
          jobId: id,
          priority: bullPriority(priority),
          deduplication: { id: key, keepLastIfActive: true },
          ...this.#jobOptions(),
        },
      })),
    );
    for (const [at, { id }] of wakeUps.entries()) {
      if (id === undefined || id === jobs[at]!.id) continue;
      // A job of this key waits already. If it has started since, its priority has no effect.
      const priority = bullPriority(jobs[at]!.priority);
      const known = await queue.getJob(id);
      if (known && known.priority !== priority) {
        await known.changePriority({ priority }).catch(ignoreMissing);
      }
    }
  }

  #jobOptions() {
    return {
      attempts: this.#retry.maxAttempts,
      backoff: { type: 'custom' },
      removeOnComplete: true,
      // For debugging in Redis; `PendingRequests` counts failures.
      removeOnFail: { age: failedRetentionMs / 1000, count: 1000 },
    };
  }

  work(handlers: Handlers, { concurrency }: WorkOptions): Workers {
    const workers = new BullmqWorkers(this.#redis, handlers, {
      concurrency,
      prefix,
      retry: this.#retry,
      leaseMs: this.#options.leaseMs ?? 60_000,
      filesPerMinute: this.#options.filesPerMinute,
      onStopped: () => this.#workers.delete(workers),
    });
    this.#workers.add(workers);
    return workers;
  }

  async counts(kind?: JobKind): Promise<QueueCounts> {
    return this.#request(async (queues) => {
      const sum = { waiting: 0, active: 0, failed: 0 };
      for (const one of kind === undefined ? jobKinds : [kind]) {
        const states = ['wait', 'prioritized', 'delayed', 'active'] as const;
        const counts = await queues[one].getJobCounts(...states);
        const { wait = 0, prioritized = 0, delayed = 0, active = 0 } = counts;
        sum.waiting += wait + prioritized + delayed - (await countScheduled(queues[one], delayed));
        sum.active += active;
        sum.failed += await this.#pending.failures(one, Date.now() - failedRetentionMs);
      }
      return sum;
    });
  }

  async cancel(kind: JobKind, keys: string[]): Promise<void> {
    if (keys.length === 0) return;
    await this.#request(async (queues) => {
      const queue = queues[kind];
      await this.#pending.discard(kind, keys);
      for (let at = 0; at < keys.length; at += batchSize) {
        const chunk = keys.slice(at, at + batchSize);
        // A running job is locked and stays; its rerun is discarded above.
        const ids = await Promise.all(chunk.map((key) => queue.getDeduplicationJobId(key)));
        const known = ids.filter((id) => id !== null);
        await Promise.all(known.map((id) => queue.remove(id)));
      }
    });
  }

  async purge(kind: JobKind, keys?: string[]): Promise<boolean> {
    const purged = keys && new Set(keys);
    const isPurged = (key: string) => purged?.has(key) ?? true;
    return this.#request(async (queues) => {
      const queue = queues[kind];
      await this.#pending.discardFailures(kind, keys);
      for (const job of await queue.getFailed()) if (isPurged(job.name)) await job.remove();
      await queue.trimEvents(0); // an event names the job
      if (!purged) return true;
      const unfinished = await queue.getJobs(['wait', 'prioritized', 'delayed', 'active']);
      return !unfinished.some((job) => isPurged(job.name));
    });
  }

  /** Stored in Redis, so that any number of processes with the same schedule add one job each time. */
  async schedule(job: NewJob, times: Schedule | undefined): Promise<void> {
    const { kind, key, payload, priority } = requireJob(job);
    if (times) requireSchedule(times);
    await this.#request(async (queues) => {
      if (!times) return void (await queues[kind].removeJobScheduler(key));
      const opts = { ...this.#jobOptions(), priority: bullPriority(priority) };
      const { pattern, timeZone: tz } = times;
      await queues[kind].upsertJobScheduler(
        key,
        { pattern, tz },
        { name: key, data: { payload }, opts },
      );
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#workers].map((workers) => workers.stop()));
    const queues = Object.values(this.#queues ?? {});
    await Promise.all(queues.map((queue) => queue.close().catch(() => {})));
    this.#redis.close();
  }

  #request<T>(request: (queues: BullQueues) => Promise<T>): Promise<T> {
    return this.#redis.request(() => request((this.#queues ??= this.#openQueues())));
  }

  /** Only with a ready connection: BullMQ waits for it without a timeout. */
  #openQueues(): BullQueues {
    const open = (kind: JobKind) => {
      const queue = new BullQueue<BullmqJobData>(kind, {
        connection: this.#redis.client,
        prefix,
        skipVersionCheck: true, // checked in `RedisConnection`; BullMQ would not repeat a failed check
        settings: { repeatStrategy },
      });
      queue.on('error', this.#redis.report);
      return queue;
    };
    return { request: open('request'), sync: open('sync'), ingest: open('ingest') };
  }
}

/** Jobs among the delayed ones whose scheduled time is yet to come. */
async function countScheduled(queue: BullQueue<BullmqJobData>, delayed: number): Promise<number> {
  if (delayed === 0 || (await queue.getJobSchedulersCount()) === 0) return 0;
  const jobs = await queue.getDelayed();
  return jobs.filter((job) => job?.repeatJobKey !== undefined).length;
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error) || !error.message.startsWith('Missing key')) throw error;
}

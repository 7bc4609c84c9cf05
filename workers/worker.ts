import { once } from 'node:events';
import type { Logger } from 'pino';
import type { AnalysisModels } from '../src/analyse/analyse.ts';
import type { Embedder } from '../src/embed/embedder.ts';
import { asDeedboxError, DeedboxError } from '../src/errors/errors.ts';
import type { Extractor } from '../src/extract/extractor.ts';
import type { JobKind } from '../src/queue/jobs.ts';
import type { Queue, RunningJob, Workers } from '../src/queue/queue.ts';
import type { Source } from '../src/sources/source.ts';
import type { Store } from '../src/store/store.ts';
import { requestSync } from '../src/sync/syncs.ts';
import { isWorkerFault } from './failure.ts';
import { finishSync } from './finish.ts';
import { runIngest } from './ingest.ts';
import { runSync } from './sync.ts';

/** What reading files into the index needs. */
export interface WorkerServices {
  store: Store;
  queue: Queue;
  embedder: Embedder;
  extractor: Extractor;
  models: AnalysisModels;
  /** Throws a DeedboxError for a source of an unknown kind. */
  sourceFor: (id: string) => Source;
  /**
   * Larger files, and longer texts, are refused as `too_large`. The extractor keeps to the limits on
   * time and memory; they stand here because a file that failed is tried again under others.
   */
  limits: {
    maxBytes: number;
    maxCharacters: number;
    timeLimitMs: number;
    memoryLimitBytes: number;
  };
  /** Version of extraction, segmentation and analysis together, with the models of the last. */
  pipeline: string;
  log?: Logger;
}

export interface Worker extends Workers {
  /**
   * Resolves with the reason when this worker takes no more jobs by itself: the archive is another
   * model's, or its disk cannot be written. What it had goes to other workers, or waits for one.
   */
  readonly stopped: Promise<DeedboxError>;
  /** Resolves when the queue is empty: nothing waits (a retry included) and nothing runs, anywhere. */
  drained(): Promise<void>;
}

const drainPollMs = 200;
/** So many jobs in a row fail for a worker's own sake before it leaves them to others. */
const maxConsecutiveFailures = 5;

/**
 * Runs the queue's jobs in this process: so many files at once, and one sync.
 * @param options.concurrency files read at once
 */
export function startWorker(services: WorkerServices, options: { concurrency: number }): Worker {
  let stopReason: DeedboxError | undefined;
  /** Jobs, one after the other, that failed for this worker's sake. */
  let consecutiveFailures = 0;
  let activeIngests = 0;
  const ingestOne = async (job: RunningJob<'ingest'>) => {
    activeIngests += 1;
    try {
      await runIngest(services, job);
    } finally {
      activeIngests -= 1;
      // Counting what is pending takes time in a large archive: the last that runs does it for all.
      if (activeIngests === 0) await finishSync(services);
    }
  };
  let resolveStopped: (reason: DeedboxError) => void = () => {};
  const stopped = new Promise<DeedboxError>((resolve) => (resolveStopped = resolve));
  const stopWorker = (reason: DeedboxError) => {
    if (!stopReason) services.log?.error({ err: reason }, 'this worker stops');
    stopReason ??= reason;
    resolveStopped(reason);
    void workers.stop(0);
  };
  /** A job that fails for this worker's sake is given back as though it had not been begun. */
  function stopOnFault<K extends JobKind>(handler: (job: RunningJob<K>) => Promise<void>) {
    return async (job: RunningJob<K>): Promise<void> => {
      try {
        await handler(job);
        consecutiveFailures = 0;
      } catch (error) {
        const failure = asDeedboxError(error);
        const isFault = isWorkerFault(failure);
        if (isFault) consecutiveFailures += 1;
        if (
          isFault &&
          (job.lastAttempt || !failure.retryable || consecutiveFailures >= maxConsecutiveFailures)
        ) {
          const aborted = job.signal.aborted || once(job.signal, 'abort');
          stopWorker(failure);
          await aborted;
        }
        throw error;
      }
    };
  }
  const syncServices = { ...services, ensureWorker: () => {} };
  const workers = services.queue.work(
    {
      request: stopOnFault(async ({ payload }) => void (await requestSync(syncServices, payload))),
      sync: stopOnFault((job) => runSync(services, job)),
      ingest: stopOnFault(ingestOne),
    },
    { concurrency: { request: 1, sync: 1, ingest: options.concurrency }, onStuck: stopWorker },
  );
  return {
    stopped,
    async stop(gracePeriodMs) {
      stopReason ??= new DeedboxError('cancelled', 'The worker was stopped.');
      await workers.stop(gracePeriodMs);
    },
    async drained() {
      for (;;) {
        if (stopReason) throw stopReason;
        const { waiting, active } = await services.queue.counts();
        if (waiting + active === 0) return;
        await new Promise((resolve) => setTimeout(resolve, drainPollMs));
      }
    },
  };
}

import { once } from 'node:events';
import type { Logger } from 'pino';
import type { AnalysisModels } from '../src/analyse/analyse.ts';
import type { Embedder } from '../src/embed/embedder.ts';
import { asDeedboxError, DeedboxError } from '../src/errors.ts';
import type { Extractor } from '../src/extract/extract.ts';
import type { JobKind } from '../src/queue/jobs.ts';
import type { Queue, RunningJob, Workers } from '../src/queue/queue.ts';
import type { Source } from '../src/sources/source.ts';
import type { Store } from '../src/store/store.ts';
import { requestSync } from '../src/sync/syncs.ts';
import { isWorkersOwn } from './failure.ts';
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
  limits: { maxBytes: number; maxCharacters: number; timeLimit: number; memoryLimit: number };
  /** Version of extraction, segmentation and analysis together, with the models of the last. */
  pipeline: string;
  log?: Logger;
}

export interface Worker extends Workers {
  /**
   * Resolves with the reason when this worker takes no more jobs by itself: the archive is another
   * model's, or its disk cannot be written. What it had goes to other workers, or waits for one.
   */
  readonly retired: Promise<DeedboxError>;
  /** Resolves when the queue is empty: nothing waits (a retry included) and nothing runs, anywhere. */
  drained(): Promise<void>;
}

const drainPollMs = 200;
/** So many jobs in a row fail for a worker's own sake before it leaves them to others. */
const mostInARow = 5;

/**
 * Runs the queue's jobs in this process: so many files at once, and one sync.
 * @param options.concurrency files read at once
 */
export function startWorker(services: WorkerServices, options: { concurrency: number }): Worker {
  let stopped: DeedboxError | undefined;
  /** Jobs, one after the other, that failed for this worker's sake. */
  let inARow = 0;
  let reading = 0;
  const readOne = async (job: RunningJob<'ingest'>) => {
    reading += 1;
    try {
      await runIngest(services, job);
    } finally {
      reading -= 1;
      // Counting what is pending takes time in a large archive: the last that runs does it for all.
      if (reading === 0) await finishSync(services);
    }
  };
  let tellRetired: (reason: DeedboxError) => void = () => {};
  const retired = new Promise<DeedboxError>((resolve) => (tellRetired = resolve));
  const retire = (reason: DeedboxError) => {
    if (!stopped) services.log?.error({ err: reason }, 'this worker stops');
    stopped ??= reason;
    tellRetired(reason);
    void workers.stop(0);
  };
  /** A job that fails for this worker's sake is given back as though it had not been begun. */
  function orRetire<K extends JobKind>(handler: (job: RunningJob<K>) => Promise<void>) {
    return async (job: RunningJob<K>): Promise<void> => {
      try {
        await handler(job);
        inARow = 0;
      } catch (error) {
        const failure = asDeedboxError(error);
        const own = isWorkersOwn(failure);
        if (own) inARow += 1;
        if (own && (job.lastAttempt || !failure.retryable || inARow >= mostInARow)) {
          const aborted = job.signal.aborted || once(job.signal, 'abort');
          retire(failure);
          await aborted;
        }
        throw error;
      }
    };
  }
  const asking = { ...services, ensureWorker: () => {} };
  const workers = services.queue.work(
    {
      request: orRetire(async ({ payload }) => void (await requestSync(asking, payload))),
      sync: orRetire((job) => runSync(services, job)),
      ingest: orRetire(readOne),
    },
    { concurrency: { request: 1, sync: 1, ingest: options.concurrency }, onStuck: retire },
  );
  return {
    retired,
    async stop(graceMs) {
      stopped ??= new DeedboxError('cancelled', 'The worker was stopped.');
      await workers.stop(graceMs);
    },
    async drained() {
      for (;;) {
        if (stopped) throw stopped;
        const { waiting, active } = await services.queue.counts();
        if (waiting + active === 0) return;
        await new Promise((resolve) => setTimeout(resolve, drainPollMs));
      }
    },
  };
}

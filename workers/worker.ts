import { once } from 'node:events';
import type { AnalysisModels } from '../src/analyse/analyse.ts';
import type { Embedder } from '../src/embed/embedder.ts';
import { asDeedboxError, DeedboxError } from '../src/errors.ts';
import type { Extractor } from '../src/extract/extract.ts';
import type { Queue, RunningJob, Workers } from '../src/queue/queue.ts';
import type { Source } from '../src/sources/source.ts';
import type { Store } from '../src/store/store.ts';
import { requestSync } from '../src/sync/syncs.ts';
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
  log?: (line: string) => void;
}

export interface Worker extends Workers {
  /** Resolves when the queue is empty: nothing waits (a retry included) and nothing runs, anywhere. */
  drained(): Promise<void>;
}

const drainPollMs = 200;

/**
 * Runs the queue's jobs in this process: so many files at once, and one sync.
 * @param options.concurrency files read at once
 * @param options.onRetired told when it takes no more jobs, because the archive is another model's
 */
export function startWorker(
  services: WorkerServices,
  options: { concurrency: number; onRetired?: () => void },
): Worker {
  let stopped = false;
  let reading = 0;
  const ingest = async (job: RunningJob<'ingest'>) => {
    reading += 1;
    try {
      await runIngest(services, job);
    } catch (error) {
      if (asDeedboxError(error).code === 'model_mismatch') await retire(job.signal);
      throw error;
    } finally {
      reading -= 1;
      // Counting what is pending takes time in a large archive: the last that runs does it for all.
      if (reading === 0) await finishSync(services.store);
    }
  };
  const asking = { ...services, ensureWorker: () => {} };
  const workers = services.queue.work(
    {
      request: async ({ payload }) => void (await requestSync(asking, payload)),
      sync: (job) => runSync(services, job),
      ingest,
    },
    { concurrency: { request: 1, sync: 1, ingest: options.concurrency } },
  );
  /** Leaves all jobs to workers that have the model that the archive is now made with. */
  const retire = async (signal: AbortSignal) => {
    if (!stopped) services.log?.('The archive is now made with another model: this worker stops.');
    stopped = true;
    options.onRetired?.();
    const aborted = signal.aborted || once(signal, 'abort');
    void workers.stop(0);
    await aborted;
  };
  return {
    async stop(graceMs) {
      stopped = true;
      await workers.stop(graceMs);
    },
    async drained() {
      for (;;) {
        if (stopped) throw new DeedboxError('cancelled', 'The worker was stopped.');
        const { waiting, active } = await services.queue.counts();
        if (waiting + active === 0) return;
        await new Promise((resolve) => setTimeout(resolve, drainPollMs));
      }
    },
  };
}

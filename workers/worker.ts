import type { Embedder } from '../src/embed/embedder.ts';
import { DeedboxError } from '../src/errors.ts';
import type { Extractor } from '../src/extract/extract.ts';
import type { Queue, Workers } from '../src/queue/queue.ts';
import type { Source } from '../src/sources/source.ts';
import type { Store } from '../src/store/store.ts';
import { runIngest } from './ingest.ts';
import { runSync } from './sync.ts';

/** What reading files into the index needs. */
export interface WorkerServices {
  store: Store;
  queue: Queue;
  embedder: Embedder;
  extractor: Extractor;
  /** Throws a DeedboxError for a source of an unknown kind. */
  sourceFor(id: string): Source;
  limits: { maxBytes: number };
  /** Version of extraction, segmentation and analysis together. */
  pipeline: string;
  log?: (line: string) => void;
}

export interface Worker extends Workers {
  /** Resolves when the queue is empty: nothing waits (a retry included) and nothing runs, anywhere. */
  drained(): Promise<void>;
}

const drainPollMs = 100;

/**
 * Runs the queue's jobs in this process: so many files at once, and one sync.
 * @param options.concurrency files read at once
 */
export function startWorker(services: WorkerServices, options: { concurrency: number }): Worker {
  const workers = services.queue.work(
    { sync: (job) => runSync(services, job), ingest: (job) => runIngest(services, job) },
    { concurrency: { sync: 1, ingest: options.concurrency } },
  );
  let stopped = false;
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

import { once } from 'node:events';
import { asDeedboxError, DeedboxError } from '../src/errors/errors.ts';
import type { JobKind } from '../src/queue/jobs.ts';
import type { RunningJob, Workers } from '../src/queue/queue.ts';
import { requestSync } from '../src/sync/syncs.ts';
import { watchDataFolder } from './data-folder.ts';
import { isWorkerFault } from './failure.ts';
import { runIngestJob } from './ingest.ts';
import type { WorkerServices } from './services.ts';
import { finishOrRetryLater, runSyncJob } from './sync.ts';

export interface Worker extends Workers {
  /**
   * Resolves with the reason when this worker takes no more jobs by itself: the index was made with
   * another model, the disk cannot be written, or the data folder is gone. Its jobs go to other
   * workers, or wait for one.
   */
  readonly stopped: Promise<DeedboxError>;
  /**
   * Resolves when no job waits (for a retry included) and none runs, in this process or another.
   * Rejects with the reason when this worker stops first.
   */
  drained(): Promise<void>;
}

export interface WorkerOptions {
  /** Files that are ingested at the same time. */
  concurrency: number;
  /** Where given, the worker stops when this folder is deleted, moved or replaced. */
  dataFolder?: string;
}

const drainPollMs = 200;
/** A worker stops when this many jobs in a row fail for a reason of its own. */
const maxConsecutiveFailures = 5;

/** Runs the queue's jobs in this process: several ingest jobs and one sync job at the same time. */
export function startWorker(services: WorkerServices, options: WorkerOptions): Worker {
  let stopReason: DeedboxError | undefined;
  let consecutiveFailures = 0;
  let activeIngests = 0;
  let resolveStopped: (reason: DeedboxError) => void = () => {};
  const stopped = new Promise<DeedboxError>((resolve) => (resolveStopped = resolve));
  const stopWorker = (reason: DeedboxError) => {
    if (!stopReason) services.log?.error({ err: reason }, 'this worker stops');
    stopReason ??= reason;
    resolveStopped(reason);
    void workers.stop(0);
  };

  /** Never rejects: that a sync cannot be finished says nothing of the file that was read last. */
  let finishing: Promise<void> = Promise.resolve();
  const finish = (): Promise<void> => {
    finishing = finishing
      .then(() => finishOrRetryLater(services))
      .catch((error: unknown) => stopReason ?? stopWorker(asDeedboxError(error)))
      .then(() => undefined);
    return finishing;
  };
  const ingestAndFinish = async (job: RunningJob<'ingest'>) => {
    activeIngests += 1;
    try {
      await runIngestJob(services, job);
    } finally {
      activeIngests -= 1;
      // Counting the pending files of a large index takes time: the last job that runs does it for all.
      if (activeIngests === 0) await finish();
    }
  };

  /** A job that fails because of this worker is released to the queue, as if it had not been claimed. */
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
      sync: stopOnFault((job) => runSyncJob(services, job)),
      ingest: stopOnFault(ingestAndFinish),
    },
    { concurrency: { request: 1, sync: 1, ingest: options.concurrency }, onStuck: stopWorker },
  );
  const folderWatch =
    options.dataFolder === undefined ? undefined : watchDataFolder(options.dataFolder);
  void folderWatch?.gone.then(stopWorker);
  // An earlier worker may have ended after the last file of a sync and before the sync was finished.
  const recovered = finish();

  return {
    stopped,
    async stop(gracePeriodMs) {
      stopReason ??= new DeedboxError('cancelled', 'The worker was stopped.');
      folderWatch?.stop();
      await workers.stop(gracePeriodMs);
    },
    async drained() {
      await recovered;
      for (;;) {
        if (stopReason) throw stopReason;
        const { waiting, active } = await services.queue.counts();
        if (waiting + active === 0) return;
        await new Promise((resolve) => setTimeout(resolve, drainPollMs));
      }
    },
  };
}

import { asDeedboxError, DeedboxError } from '../src/errors/errors.ts';
import type { RunningJob } from '../src/queue/queue.ts';
import { isActive } from '../src/sync/syncs.ts';
import { finishSync, logSyncEnd } from './finish.ts';
import { syncSource } from './source-sync.ts';
import type { WorkerServices } from './worker.ts';

/**
 * The handler of a `sync` job: asks every source what changed or lists it, enqueues what is new or
 * changed, forgets what is gone. A source that cannot be read is tried again, then noted; the other
 * sources are read all the same.
 */
export async function runSync(services: WorkerServices, job: RunningJob<'sync'>): Promise<void> {
  const { store, log } = services;
  const { syncId, sources } = job.payload;
  const sync = await store.sync(syncId);
  if (!sync || !isActive(sync)) return;
  try {
    // Listed to the end already, and cut short by a crash before the job could be ended.
    if (sync.state !== 'reading') {
      log?.info({ sync: syncId, kind: sync.kind, sources: sources.length }, 'sync began');
      await store.updateSync(syncId, { state: 'listing' });
      const problems: DeedboxError[] = [];
      for (const source of sources) {
        const problem = await syncSourceError(services, source, job);
        if (problem) problems.push(problem);
      }
      const retryableProblem = problems.find((problem) => problem.retryable);
      if (retryableProblem && !job.lastAttempt) throw retryableProblem;
      if (!(await isSyncActive(services, syncId))) return;
      const messages = new Set(
        problems.map(({ message, hint }) => `${message} ${hint ?? ''}`.trim()),
      );
      const detail = messages.size > 0 ? [...messages].join(' ') : undefined;
      await store.updateSync(syncId, { state: 'reading', detail });
    }
    await finishSync(services);
  } catch (error) {
    const failure = asDeedboxError(error);
    if (!job.signal.aborted && (job.lastAttempt || !failure.retryable)) {
      const finishedAt = new Date().toISOString();
      await store.updateSync(syncId, { state: 'failed', finishedAt, detail: failure.message });
      logSyncEnd(log, { ...((await store.sync(syncId)) ?? sync), state: 'failed' });
    }
    throw failure;
  }
}

/** Returns what kept the index from being brought in step with a source, if anything did. */
async function syncSourceError(
  services: WorkerServices,
  id: string,
  job: RunningJob<'sync'>,
): Promise<DeedboxError | undefined> {
  const { store, log } = services;
  const { syncId, kind } = job.payload;
  try {
    const run = {
      services,
      source: services.sourceFor(id),
      syncId,
      full: kind === 'full',
      signal: job.signal,
      isActive: () => isSyncActive(services, syncId),
    };
    await syncSource(run, kind);
    return undefined;
  } catch (error) {
    const failure = asDeedboxError(error);
    if (job.signal.aborted || failure.code === 'storage_error') throw failure;
    // Cancelled, or taken off the list of sources, while it was being read.
    if (!(await isSyncActive(services, syncId))) return undefined;
    if (!(await store.sources()).includes(id)) return undefined;
    const { code: reason, message: errorMessage } = failure;
    log?.warn(
      { sync: syncId, source: id, reason, said: errorMessage, err: failure },
      'a source was not read',
    );
    return failure;
  }
}

/** False once the sync was cancelled. */
async function isSyncActive({ store }: WorkerServices, syncId: string): Promise<boolean> {
  const sync = await store.sync(syncId);
  return sync !== undefined && isActive(sync);
}

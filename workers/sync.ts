import { asDeedboxError, DeedboxError } from '../src/errors.ts';
import type { RunningJob } from '../src/queue/queue.ts';
import { isLive } from '../src/sync/syncs.ts';
import { finishSync } from './finish.ts';
import { readListing } from './listing.ts';
import type { WorkerServices } from './worker.ts';

/**
 * The handler of a `sync` job: lists every source, enqueues what is new or changed, forgets what is
 * gone. A source that cannot be listed is tried again as a whole, then noted; nothing of it is
 * forgotten, and the other sources are read all the same.
 */
export async function runSync(services: WorkerServices, job: RunningJob<'sync'>): Promise<void> {
  const { store } = services;
  const { syncId, sources } = job.payload;
  const sync = await store.sync(syncId);
  if (!sync || !isLive(sync)) return;
  try {
    // Listed to the end already, and cut short by a crash before the job could be ended.
    if (sync.state !== 'reading') {
      await store.updateSync(syncId, { state: 'listing' });
      const problems: DeedboxError[] = [];
      for (const source of sources) {
        const problem = await listSource(services, source, job);
        if (problem) problems.push(problem);
      }
      const passing = problems.find((problem) => problem.retryable);
      if (passing && !job.lastAttempt) throw passing;
      if (!(await goesOn(services, syncId))) return;
      const detail =
        problems.map(({ message, hint }) => `${message} ${hint ?? ''}`.trim()).join(' ') ||
        undefined;
      await store.updateSync(syncId, { state: 'reading', detail });
    }
    await finishSync(store);
  } catch (error) {
    const failure = asDeedboxError(error);
    if (!job.signal.aborted && (job.lastAttempt || !failure.retryable)) {
      const finishedAt = new Date().toISOString();
      await store.updateSync(syncId, { state: 'failed', finishedAt, detail: failure.message });
    }
    throw failure;
  }
}

/** Returns what kept the source from being listed completely, if anything did. */
async function listSource(
  services: WorkerServices,
  id: string,
  job: RunningJob<'sync'>,
): Promise<DeedboxError | undefined> {
  const { store, log } = services;
  const { syncId, full } = job.payload;
  try {
    const removed = await readListing(services, services.sourceFor(id), {
      syncId,
      full,
      signal: job.signal,
      goesOn: () => goesOn(services, syncId),
    });
    const before = (await store.sync(syncId))?.removed ?? 0;
    if (removed > 0) await store.updateSync(syncId, { removed: before + removed });
    return undefined;
  } catch (error) {
    const failure = asDeedboxError(error);
    if (job.signal.aborted || failure.code === 'storage_error') throw failure;
    // Taken off the list of sources while it was being listed.
    if (!(await store.sources()).includes(id)) return undefined;
    log?.(`${id}: ${failure.code}: ${failure.message}`);
    return failure;
  }
}

/** False once the sync was cancelled. */
async function goesOn({ store }: WorkerServices, syncId: string): Promise<boolean> {
  const sync = await store.sync(syncId);
  return sync !== undefined && isLive(sync);
}

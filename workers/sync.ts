import { asDeedboxError, DeedboxError } from '../src/errors/errors.ts';
import type { RunningJob } from '../src/queue/queue.ts';
import type { SyncRecord } from '../src/store/records.ts';
import { enqueueFinish, finishKey, isActive } from '../src/sync/syncs.ts';
import type { WorkerServices } from './services.ts';
import { syncSource } from './source-sync.ts';

/**
 * The handler of a `sync` job: asks each source for its changes, or lists it; records the files and
 * enqueues those that are new or changed; removes those that are gone. A source that cannot be read is
 * retried, then its error is recorded with the sync; the other sources are read in any case.
 */
export async function runSyncJob(services: WorkerServices, job: RunningJob<'sync'>): Promise<void> {
  const { store, log } = services;
  const { syncId } = job.payload;
  const sync = await store.sync(syncId);
  if (!sync) {
    log?.warn({ sync: syncId }, 'a job names a sync that does not exist; nothing is done');
    return;
  }
  if (!isActive(sync)) return;
  const sources = await sourcesOf(services, sync, job);
  try {
    // In state `reading` an earlier run has recorded everything: only the end of the sync is missing.
    if (sync.state !== 'reading') {
      if (job.key === finishKey) return;
      log?.info({ sync: syncId, kind: sync.kind, sources: sources.length }, 'sync began');
      await store.updateSync(syncId, { state: 'listing' });
      const problems: DeedboxError[] = [];
      for (const source of sources) {
        const problem = await syncSourceError(services, source, sync, job.signal);
        if (problem) problems.push(problem);
      }
      const retryableProblem = problems.find((problem) => problem.retryable);
      if (retryableProblem && !job.lastAttempt) throw retryableProblem;
      if (!(await isSyncActive(services, syncId))) return;
      const messages = new Set(
        problems.map(({ message, hint }) => `${message} ${hint ?? ''}`.trim()),
      );
      const detail = messages.size > 0 ? [...messages].join(' ') : undefined;
      await store.updateSync(syncId, { state: 'reading', detail }, ['listing']);
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

/** The sources of a sync that are still recorded. A job cannot add one: it only names the sync. */
async function sourcesOf(
  { store, log }: WorkerServices,
  sync: SyncRecord,
  { payload }: RunningJob<'sync'>,
): Promise<string[]> {
  const foreign = payload.sources?.filter((id) => !sync.sources.includes(id)) ?? [];
  if (foreign.length > 0) {
    const fields = { sync: sync.syncId, sources: foreign.length };
    log?.warn(fields, 'a job names sources that its sync does not have; they are not read');
  }
  const recorded = await store.sources();
  return sync.sources.filter((id) => recorded.includes(id));
}

/** Returns the error that kept a source from being synchronised, if there was one. */
async function syncSourceError(
  services: WorkerServices,
  id: string,
  { syncId, kind }: SyncRecord,
  signal: AbortSignal,
): Promise<DeedboxError | undefined> {
  const { store, log } = services;
  try {
    const run = {
      services,
      source: services.sourceFor(id),
      syncId,
      full: kind === 'full',
      signal,
      isActive: () => isSyncActive(services, syncId),
    };
    await syncSource(run, kind);
    return undefined;
  } catch (error) {
    const failure = asDeedboxError(error);
    if (signal.aborted || failure.code === 'storage_error') throw failure;
    // The sync was cancelled, or the source was removed, while the source was being read.
    if (!(await isSyncActive(services, syncId))) return undefined;
    if (!(await store.sources()).includes(id)) return undefined;
    const { code: reason, message: detail } = failure;
    log?.warn({ sync: syncId, source: id, reason, detail, err: failure }, 'a source was not read');
    return failure;
  }
}

/** False once the sync was cancelled. */
async function isSyncActive({ store }: WorkerServices, syncId: string): Promise<boolean> {
  const sync = await store.sync(syncId);
  return sync !== undefined && isActive(sync);
}

/**
 * Passages of an index that is purged at the end of each sync that removed something, which takes two
 * seconds for so many; larger ones are purged by the nightly sync.
 */
const maxPurgedAtOnce = 50_000;

/** How long the end of a sync waits for processes that keep removed documents from being purged. */
const purgeWaitMs = 3000;

type FinishServices = Pick<WorkerServices, 'store' | 'queue' | 'log'>;

/**
 * Ends the newest sync (older ones have ended) when everything is listed and no file is pending. The
 * sync is `done` only after the vector index is written. Calling it again, or in two
 * processes at once, changes nothing. Throws what the store throws; the sync then stays as it is.
 */
async function finishSync({ store, log }: Omit<FinishServices, 'queue'>): Promise<void> {
  const finishable = await finishableSync({ store });
  if (!finishable) return;
  await store.updateIndex();
  const isSmall = async () => (await store.status()).passages <= maxPurgedAtOnce;
  if (finishable.kind !== 'incremental' || (finishable.removed > 0 && (await isSmall()))) {
    await store.purge({ rewrite: false, waitMs: purgeWaitMs });
  }
  // Meanwhile the sync may have been cancelled, or one of its files may have been requested again.
  const sync = await finishableSync({ store });
  if (!sync) return;
  // Errors of sources were recorded when their listing ended.
  const state = sync.detail === undefined ? 'done' : 'failed';
  const change = { state, finishedAt: new Date().toISOString() } as const;
  if (!(await store.updateSync(sync.syncId, change, ['reading']))) return; // it lists again
  logSyncEnd(log, { ...sync, state });
}

/** The same after the last ingest job. Where it fails, a job of its own tries again. */
export async function finishOrRetryLater(services: FinishServices): Promise<void> {
  const { store, queue, log } = services;
  try {
    await finishSync(services);
  } catch (error) {
    const failure = asDeedboxError(error);
    const sync = await store.sync();
    if (!sync || !isActive(sync)) return;
    log?.warn({ sync: sync.syncId, err: failure }, 'the sync could not be finished; retrying');
    await enqueueFinish(queue, sync);
  }
}

async function finishableSync({
  store,
}: Pick<FinishServices, 'store'>): Promise<SyncRecord | undefined> {
  const sync = await store.sync();
  return sync?.state === 'reading' && sync.pending === 0 ? sync : undefined;
}

function logSyncEnd(log: WorkerServices['log'], sync: SyncRecord): void {
  const { syncId, state, found, indexed, unchanged, failed, ignored, removed } = sync;
  const counts = { found, indexed, unchanged, failed, ignored, removed };
  log?.[state === 'failed' ? 'warn' : 'info']({ sync: syncId, state, ...counts }, 'sync ended');
}

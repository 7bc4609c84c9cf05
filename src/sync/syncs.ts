import { DeedboxError } from '../errors/errors.ts';
import type { Queue } from '../queue/queue.ts';
import type { SyncStatusResponse } from '../search/response-schemas.ts';
import type { FileRecord, SyncKind, SyncRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';

export interface SyncServices {
  store: Store;
  queue: Queue;
  /** Makes sure that a process will run the queue's jobs. */
  ensureWorker(): void;
  /**
   * That no process runs the queue's jobs now, and what starts one; undefined while one does or is being
   * started. Answers at once.
   */
  workerProblem?(): string | undefined;
}

/** One key for all syncs: at most one runs at a time, over all processes. */
const syncKey = 'all';
/** Key of a `sync` job that only finishes a sync: with a key of its own it never replaces a new sync's job. */
export const finishKey = 'finish';
/** The keys of all `sync` jobs. */
export const syncKeys = [syncKey, finishKey];
/** A person may wait for a sync; the ingest jobs of its files have the default priority. */
const syncPriority = 0;
const maxListedFailures = 50;
/** Each kind does what the kinds before it do, and more. */
const kindsByCoverage: readonly SyncKind[] = ['incremental', 'nightly', 'reconcile', 'full'];

const emptyStatus: SyncStatusResponse = {
  state: 'none',
  found: 0,
  indexed: 0,
  unchanged: 0,
  failed: 0,
  ignored: 0,
  removed: 0,
  pending: 0,
  failures: [],
  more_failures: 0,
};

/** Whether a sync is done, failed or cancelled; false where none has run yet. */
export function isFinished({ state }: Pick<SyncStatusResponse, 'state'>): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled';
}

/** Whether a sync has not ended. */
export function isActive(sync: SyncRecord): boolean {
  return !isFinished(sync);
}

function broaderKind(one: SyncKind, other: SyncKind): SyncKind {
  return kindsByCoverage.indexOf(one) > kindsByCoverage.indexOf(other) ? one : other;
}

/**
 * Requests a sync of all sources. Joins an active sync, unless that does less (it is of a narrower kind,
 * or a source was added since): then a new sync replaces it. A joined sync that has listed everything
 * lists again, so that new files and changed permissions never wait for files that are still being read.
 */
export async function requestSync(
  services: SyncServices,
  options: { kind: SyncKind },
): Promise<{ syncId: string }> {
  const { store, queue } = services;
  // Read before the sync's state: a sync that is active while the queue is empty has lost its jobs.
  const { waiting, active } = await queue.counts();
  const newest = await store.sync();
  const sources = await store.sources();
  const isNewestActive = newest !== undefined && isActive(newest);
  const kind = isNewestActive ? broaderKind(options.kind, newest.kind) : options.kind;

  if (
    isNewestActive &&
    newest.kind === kind &&
    sources.every((id) => newest.sources.includes(id))
  ) {
    const { syncId, state } = newest;
    if (state === 'reading' || waiting + active === 0) {
      // it may have ended meanwhile
      if (!(await store.updateSync(syncId, { state: 'waiting' }, [state])))
        return requestSync(services, options);
      await enqueue(queue, syncId);
    }
    services.ensureWorker();
    return { syncId };
  }
  if (isNewestActive) await endSync(services, newest.syncId, 'A sync that does more replaced it.');
  const next = Number(newest?.syncId.split('-')[1] ?? 0) + 1;
  const syncId = await claimSync(services, next, { sources, kind });
  services.ensureWorker();
  return { syncId };
}

/**
 * Two processes that request the same kind at the same moment make one sync with one id. For different
 * kinds the ids differ, and the second process sees both and keeps the broader sync.
 */
async function claimSync(
  services: SyncServices,
  number: number,
  { sources, kind }: { sources: string[]; kind: SyncKind },
): Promise<string> {
  const { store, queue } = services;
  const syncIdFor = (one: SyncKind) =>
    one === 'incremental' ? `sync-${number}` : `sync-${number}-${one}`;
  const record = { syncId: syncIdFor(kind), sources, kind };
  await store.putSync({ ...record, state: 'waiting', createdAt: new Date().toISOString() });
  let broadest = kind;
  for (const other of kindsByCoverage) {
    const concurrent = other === kind ? undefined : await store.sync(syncIdFor(other));
    if (!concurrent || !isActive(concurrent)) continue;
    const narrower = broaderKind(broadest, other) === broadest ? other : broadest;
    await markCancelled(store, syncIdFor(narrower), 'A sync that does more replaced it.');
    broadest = broaderKind(broadest, other);
  }
  if (broadest === kind) await enqueue(queue, syncIdFor(kind));
  return syncIdFor(broadest);
}

/** The job names the sync alone: its sources and its kind are those of the store. */
function enqueue(queue: Queue, syncId: string, key = syncKey): Promise<void> {
  return queue.add([{ kind: 'sync', key, payload: { syncId }, priority: syncPriority }]);
}

/** Adds a job that ends a sync all of whose files are read, after an earlier attempt failed. */
export function enqueueFinish(queue: Queue, { syncId }: SyncRecord): Promise<void> {
  return enqueue(queue, syncId, finishKey);
}

/**
 * Cancels a sync: ingested files stay, waiting jobs are dropped, and the next sync enqueues their files
 * again. A sync that has ended stays as it is. Throws `not_found` for an unknown id.
 */
export async function cancelSync(
  services: Pick<SyncServices, 'store' | 'queue'>,
  syncId: string,
): Promise<void> {
  const sync = await requireSync(services.store, syncId);
  if (isActive(sync)) await endSync(services, syncId, 'It was cancelled.');
}

async function endSync(
  { store, queue }: Pick<SyncServices, 'store' | 'queue'>,
  syncId: string,
  detail: string,
): Promise<void> {
  // The state first: a listing that still runs checks it after each batch that it enqueues.
  await markCancelled(store, syncId, detail);
  await queue.cancel('sync', [syncKey]);
  const pendingFiles = await store.files({ syncId, states: ['pending'] });
  await queue.cancel(
    'ingest',
    pendingFiles.map((file) => file.fileId),
  );
}

async function markCancelled(store: Store, syncId: string, detail: string): Promise<void> {
  const finishedAt = new Date().toISOString();
  await store.updateSync(syncId, { state: 'cancelled', finishedAt, detail });
}

async function requireSync(store: Store, syncId: string): Promise<SyncRecord> {
  const sync = await store.sync(syncId);
  if (sync) return sync;
  throw new DeedboxError('not_found', `There is no sync "${syncId}".`, {
    hint: 'Leave job_id out for the newest sync.',
  });
}

/** The status of a sync; of the newest one without an id. Throws `not_found` for an unknown id. */
export async function syncStatus(
  { store }: Pick<SyncServices, 'store'>,
  syncId?: string,
): Promise<SyncStatusResponse> {
  const sync = syncId === undefined ? await store.sync() : await requireSync(store, syncId);
  if (!sync) return { ...emptyStatus };
  const failures = { syncId: sync.syncId, states: ['failed' as const], limit: maxListedFailures };
  const failedFiles = sync.failed > 0 ? await store.files(failures) : [];
  const { found, indexed, unchanged, failed, ignored, removed, pending } = sync;
  return {
    job_id: sync.syncId,
    state: sync.state,
    found,
    indexed,
    unchanged,
    failed,
    ignored,
    removed,
    pending,
    ...throughput(sync),
    created_at: sync.createdAt,
    finished_at: sync.finishedAt,
    detail: sync.detail,
    notes: sync.notes,
    reconcile_diff: sync.reconcileDiff,
    failures: failedFiles.map(failureOf),
    more_failures: Math.max(0, failed - failedFiles.length),
  };
}

export function failureOf(file: FileRecord): SyncStatusResponse['failures'][number] {
  const { fileName, folder, reason = 'internal', detail, attempts } = file;
  return { file_name: fileName, folder, reason, detail, attempts };
}

/**
 * Files ingested per second since the sync was requested, and the seconds left at that rate. Unchanged
 * and ignored files take no time and are left out.
 */
function throughput(
  sync: SyncRecord,
): Pick<SyncStatusResponse, 'files_per_second' | 'seconds_left'> {
  const endMs = sync.finishedAt === undefined ? Date.now() : Date.parse(sync.finishedAt);
  const seconds = (endMs - Date.parse(sync.createdAt)) / 1000;
  const processed = sync.indexed + sync.failed;
  if (processed === 0 || seconds <= 0) return {};
  const files_per_second = processed / seconds;
  return isActive(sync)
    ? { files_per_second, seconds_left: sync.pending / files_per_second }
    : { files_per_second };
}

import type { SyncRecord } from '../src/store/records.ts';
import type { WorkerServices } from './worker.ts';

/**
 * Ends the newest sync (older ones have ended) once it has listed everything and nothing of it is
 * pending. Whoever may have handled its last file calls this afterwards; calling it again changes
 * nothing.
 */
export async function finishSync({
  store,
  log,
}: Pick<WorkerServices, 'store' | 'log'>): Promise<void> {
  const sync = await store.sync();
  if (sync?.state !== 'reading' || sync.pending > 0) return;
  // What went wrong with a source was noted when its listing ended.
  const state = sync.detail === undefined ? 'done' : 'failed';
  await store.updateSync(sync.syncId, { state, finishedAt: new Date().toISOString() });
  logSyncEnd(log, { ...sync, state });
  await store.saveSnapshot();
}

/** Writes into the log how a sync ended. */
export function logSyncEnd(log: WorkerServices['log'], sync: SyncRecord): void {
  const { syncId, state, found, indexed, unchanged, failed, ignored, removed } = sync;
  const counts = { found, indexed, unchanged, failed, ignored, removed };
  log?.[state === 'failed' ? 'warn' : 'info']({ sync: syncId, state, ...counts }, 'sync ended');
}

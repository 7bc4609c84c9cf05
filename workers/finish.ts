import type { Store } from '../src/store/store.ts';

/**
 * Ends the newest sync (older ones have ended) once it has listed everything and nothing of it is
 * pending. Whoever may have handled its last file calls this afterwards; calling it again changes
 * nothing.
 */
export async function finishSync(store: Store): Promise<void> {
  const sync = await store.sync();
  if (sync?.state !== 'reading' || sync.pending > 0) return;
  // What went wrong with a source was noted when its listing ended.
  const state = sync.detail === undefined ? 'done' : 'failed';
  await store.updateSync(sync.syncId, { state, finishedAt: new Date().toISOString() });
  await store.checkpoint();
}

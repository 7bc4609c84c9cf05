import type { Store } from '../src/store/store.ts';

/**
 * Ends a sync once it has listed everything and nothing of it is pending. Whoever handles a file
 * calls this afterwards, so that the last one ends it; calling it again changes nothing.
 */
export async function finishSync(store: Store, syncId: string): Promise<void> {
  const sync = await store.sync(syncId);
  if (sync?.state !== 'reading' || sync.pending > 0) return;
  // What went wrong with a source was noted when its listing ended.
  const state = sync.detail === undefined ? 'done' : 'failed';
  await store.updateSync(syncId, { state, finishedAt: new Date().toISOString() });
  await store.checkpoint();
}

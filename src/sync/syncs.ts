import type { Queue } from '../queue/queue.ts';
import type { SyncStatusAnswer } from '../search/answers.ts';
import type { Store } from '../store/store.ts';

export interface SyncServices {
  store: Store;
  queue: Queue;
  /** Makes sure that some process will run the queue's jobs. */
  ensureWorker(): void;
}

/** Asks for a sync of all sources; one that already waits or runs is joined. Returns its id. */
export async function requestSync(
  _services: SyncServices,
  _options: { full: boolean },
): Promise<{ syncId: string }> {
  throw new Error('being written');
}

/** Stops a sync: what is read stays, what waits is dropped. */
export async function cancelSync(_services: SyncServices, _syncId: string): Promise<void> {
  throw new Error('being written');
}

/** Of the newest sync without an id; throws `not_found` for an unknown one. */
export async function syncStatus(
  _services: Pick<SyncServices, 'store'>,
  _syncId?: string,
): Promise<SyncStatusAnswer> {
  throw new Error('being written');
}

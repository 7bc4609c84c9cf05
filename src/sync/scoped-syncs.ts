import { countsWithTimeout } from '../queue/counts-with-timeout.ts';
import type { QueueCounts } from '../queue/queue.ts';
import type { SyncStatusResponse } from '../search/response-schemas.ts';
import type { ScopedIndex } from '../store/scoped-index.ts';
import { filesStatus, requestFiles } from './priority-ingestion.ts';
import { cancelSync, requestSync, type SyncServices, syncStatus } from './syncs.ts';

/** What one who asks may do with syncs, and hear of them. */
export interface ScopedSyncs {
  /** See `requestSync`. */
  request(options: Parameters<typeof requestSync>[1]): Promise<{ syncId: string }>;
  /** See `requestFiles`: of files that they may read. */
  requestFiles(names: string[]): Promise<string[]>;
  /** See `filesStatus`, of files that were asked for. */
  filesStatus(fileIds: string[]): Promise<SyncStatusResponse>;
  /** See `cancelSync`. */
  cancel(syncId: string): Promise<void>;
  /**
   * See `syncStatus`. One who may not read everything hears how a sync goes, and of files only how
   * many of those that they may read are in which state now: nothing of names, and nothing of others.
   * One who may not start a sync hears no names of files that failed either, nor does anyone where
   * something is redacted: of a file that could not be read it is not known what its name gives away.
   */
  status(syncId?: string): Promise<SyncStatusResponse>;
  /** The jobs of the queue, as far as it answers soon; undefined for one who may not read everything. */
  jobs(): Promise<QueueCounts | 'unreachable' | undefined>;
}

/**
 * Syncs as they are for whom a library was made.
 * @param options.administers whether they may hear which files failed, where they may read everything
 */
export function scopedSyncs(
  services: SyncServices,
  scopedIndex: ScopedIndex,
  { isAdmin }: { isAdmin: boolean },
): ScopedSyncs {
  const isUnrestricted = scopedIndex.access === 'unrestricted';
  return {
    request: (options) => requestSync(services, options),
    requestFiles: (names) => requestFiles(services, scopedIndex, names),
    async filesStatus(fileIds) {
      const fullStatus = await filesStatus(services.store, fileIds);
      return scopedIndex.redacted.length === 0
        ? fullStatus
        : withoutFailureNames(fullStatus, { addNote: true });
    },
    cancel: (syncId) => cancelSync(services, syncId),
    async status(syncId) {
      const fullStatus = await syncStatus(services, syncId);
      if (fullStatus.state === 'none') return fullStatus;
      if (!isUnrestricted) return await restrictedStatus(fullStatus, scopedIndex);
      if (isAdmin && scopedIndex.redacted.length === 0) return fullStatus;
      return withoutFailureNames(fullStatus, { addNote: isAdmin });
    },
    jobs: async () => (isUnrestricted ? countsWithTimeout(services.queue) : undefined),
  };
}

const redactedFailuresNote =
  'Which files failed is not told where amounts or names are redacted: `deedbox status` names them.';

/** Without the names of files that failed; with `note` it is said why. */
function withoutFailureNames(
  fullStatus: SyncStatusResponse,
  { addNote }: { addNote: boolean },
): SyncStatusResponse {
  const notes =
    addNote && fullStatus.failed > 0
      ? [...(fullStatus.notes ?? []), redactedFailuresNote]
      : fullStatus.notes;
  return { ...fullStatus, notes, failures: [], more_failures: fullStatus.failed };
}

/** Only what is named here goes on to one who may not read everything. */
async function restrictedStatus(
  fullStatus: SyncStatusResponse,
  scopedIndex: ScopedIndex,
): Promise<SyncStatusResponse> {
  const { indexed, failed, ignored, pending } = (await scopedIndex.files()).files;
  return {
    job_id: fullStatus.job_id,
    state: fullStatus.state,
    found: indexed + failed + ignored + pending,
    indexed,
    unchanged: 0,
    failed,
    ignored,
    removed: 0,
    pending,
    created_at: fullStatus.created_at,
    finished_at: fullStatus.finished_at,
    detail: 'Counted are the files that may be shown to you, as they are now.',
    failures: [],
    more_failures: failed,
  };
}

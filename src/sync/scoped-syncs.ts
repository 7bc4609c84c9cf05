import { countsWithTimeout } from '../queue/counts-with-timeout.ts';
import type { QueueCounts } from '../queue/queue.ts';
import type { SyncStatusResponse } from '../search/response-schemas.ts';
import type { ScopedIndex } from '../store/scoped-index.ts';
import { filesStatus, requestFiles } from './priority-ingestion.ts';
import { cancelSync, isFinished, requestSync, type SyncServices, syncStatus } from './syncs.ts';

/** What a principal may do with syncs, and see of them. */
export interface ScopedSyncs {
  /** See `requestSync`. */
  request(options: Parameters<typeof requestSync>[1]): Promise<{ syncId: string }>;
  /** See `requestFiles`, limited to files that the principal may read. */
  requestFiles(names: string[]): Promise<string[]>;
  /** See `filesStatus`, for files that were requested. */
  filesStatus(fileIds: string[]): Promise<SyncStatusResponse>;
  /** See `cancelSync`. */
  cancel(syncId: string): Promise<void>;
  /**
   * See `syncStatus`. With restricted access it holds the state of the sync and counts the files that
   * the principal may read, as they are now, without names. The names of failed files are left out for
   * principals without the scope to sync, and for all where redaction is on: it is not known what the
   * name of a file that was not read reveals.
   */
  status(syncId?: string): Promise<SyncStatusResponse>;
  /** See `SyncServices.workerProblem`. */
  workerProblem(): string | undefined;
  /** The counts of the queue, if it answers soon; undefined with restricted access. */
  jobs(): Promise<QueueCounts | 'unreachable' | undefined>;
}

/**
 * Syncs, for the principal that the index is scoped to.
 * @param options.isAdmin whether the principal may see which files failed, given unrestricted access
 */
export function scopedSyncs(
  services: SyncServices,
  scopedIndex: ScopedIndex,
  { isAdmin }: { isAdmin: boolean },
): ScopedSyncs {
  const isUnrestricted = scopedIndex.access === 'unrestricted';
  const workerProblem = () => services.workerProblem?.();
  /** A sync that has not ended does not go on without a worker. */
  const withWorkerProblem = (status: SyncStatusResponse): SyncStatusResponse => {
    const problem = status.state === 'none' || isFinished(status) ? undefined : workerProblem();
    return problem === undefined
      ? status
      : { ...status, notes: [...(status.notes ?? []), problem] };
  };
  return {
    workerProblem,
    request: (options) => requestSync(services, options),
    requestFiles: (names) => requestFiles(services, scopedIndex, names),
    async filesStatus(fileIds) {
      const fullStatus = withWorkerProblem(await filesStatus(services.store, fileIds));
      return scopedIndex.redacted.length === 0
        ? fullStatus
        : withoutFailureNames(fullStatus, { addNote: true });
    },
    cancel: (syncId) => cancelSync(services, syncId),
    async status(syncId) {
      const fullStatus = await syncStatus(services, syncId);
      if (fullStatus.state === 'none') return fullStatus;
      if (!isUnrestricted) {
        return withWorkerProblem(await restrictedStatus(fullStatus, scopedIndex));
      }
      return withWorkerProblem(
        isAdmin && scopedIndex.redacted.length === 0
          ? fullStatus
          : withoutFailureNames(fullStatus, { addNote: isAdmin }),
      );
    },
    jobs: async () => (isUnrestricted ? countsWithTimeout(services.queue) : undefined),
  };
}

const redactedFailuresNote =
  'The names of failed files are not shown while amounts or names are redacted: `deedbox status` shows them.';

/** The status without the names of failed files; `addNote` adds the reason. */
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

/** Holds nothing of the full status but what is listed here. */
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
    detail: 'The counts cover the files that you may read, as they are now.',
    failures: [],
    more_failures: failed,
  };
}

import { promptCounts } from '../queue/prompt-counts.ts';
import type { QueueCounts } from '../queue/queue.ts';
import type { SyncStatusAnswer } from '../search/answers.ts';
import type { Library } from '../store/library.ts';
import { filesStatus, requestFiles } from './asked-files.ts';
import { cancelSync, requestSync, type SyncServices, syncStatus } from './syncs.ts';

/** What one who asks may do with syncs, and hear of them. */
export interface AskedSyncs {
  /** See `requestSync`. */
  request(options: Parameters<typeof requestSync>[1]): Promise<{ syncId: string }>;
  /** See `requestFiles`: of files that they may read. */
  requestFiles(names: string[]): Promise<string[]>;
  /** See `filesStatus`, of files that were asked for. */
  filesStatus(fileIds: string[]): Promise<SyncStatusAnswer>;
  /** See `cancelSync`. */
  cancel(syncId: string): Promise<void>;
  /**
   * See `syncStatus`. One who may not read everything hears how a sync goes, and of files only how
   * many of those that they may read are in which state now: nothing of names, and nothing of others.
   * One who may not start a sync hears no names of files that failed either, nor does anyone where
   * something is redacted: of a file that could not be read it is not known what its name gives away.
   */
  status(syncId?: string): Promise<SyncStatusAnswer>;
  /** The jobs of the queue, as far as it answers soon; undefined for one who may not read everything. */
  jobs(): Promise<QueueCounts | 'unreachable' | undefined>;
}

/**
 * Syncs as they are for whom a library was made.
 * @param options.administers whether they may hear which files failed, where they may read everything
 */
export function askedSyncs(
  services: SyncServices,
  library: Library,
  { administers }: { administers: boolean },
): AskedSyncs {
  const all = library.access === 'everything';
  return {
    request: (options) => requestSync(services, options),
    requestFiles: (names) => requestFiles(services, library, names),
    async filesStatus(fileIds) {
      const whole = await filesStatus(services.store, fileIds);
      return library.redacted.length === 0 ? whole : withoutNames(whole, { note: true });
    },
    cancel: (syncId) => cancelSync(services, syncId),
    async status(syncId) {
      const whole = await syncStatus(services, syncId);
      if (whole.state === 'none') return whole;
      if (!all) return await asTold(whole, library);
      if (administers && library.redacted.length === 0) return whole;
      return withoutNames(whole, { note: administers });
    },
    jobs: async () => (all ? promptCounts(services.queue) : undefined),
  };
}

const unnamed =
  'Which files failed is not told where amounts or names are redacted: `deedbox status` names them.';

/** Without the names of files that failed; with `note` it is said why. */
function withoutNames(whole: SyncStatusAnswer, { note }: { note: boolean }): SyncStatusAnswer {
  const notes = note && whole.failed > 0 ? [...(whole.notes ?? []), unnamed] : whole.notes;
  return { ...whole, notes, failures: [], more_failures: whole.failed };
}

/** Only what is named here goes on to one who may not read everything. */
async function asTold(whole: SyncStatusAnswer, library: Library): Promise<SyncStatusAnswer> {
  const { indexed, failed, ignored, pending } = (await library.files()).files;
  return {
    job_id: whole.job_id,
    state: whole.state,
    found: indexed + failed + ignored + pending,
    indexed,
    unchanged: 0,
    failed,
    ignored,
    removed: 0,
    pending,
    created_at: whole.created_at,
    finished_at: whole.finished_at,
    detail: 'Counted are the files that may be shown to you, as they are now.',
    failures: [],
    more_failures: failed,
  };
}

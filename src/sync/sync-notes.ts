import type { SyncStatusResponse } from '../search/response-schemas.ts';

/** How a note begins that says that no process reads files. */
export const noWorker = 'No worker runs';

/** Whether a sync waits for a worker to be started. */
export function isWithoutWorker({ notes }: SyncStatusResponse): boolean {
  return notes?.some((note) => note.startsWith(noWorker)) ?? false;
}

/** What a person should know about a sync besides its counts, a sentence each. */
export function syncNotes({
  notes = [],
  reconcile_diff: reconcileDiff,
  state,
}: SyncStatusResponse): string[] {
  if (!reconcileDiff) return notes;
  const { added, removed, changed, moved, permissions } = reconcileDiff;
  const differences = `${added} added, ${removed} removed, ${changed} changed, ${moved} moved, ${permissions} with changed permissions`;
  const hasDifferences = added + removed + changed + moved + permissions > 0;
  // the listing of a failed sync may be incomplete
  if (!hasDifferences && state === 'failed') return notes;
  const summary = hasDifferences
    ? `differences were corrected: ${differences}.`
    : 'there were no differences.';
  return [...notes, `The whole listing was compared with the index; ${summary}`];
}

/** Formats a number of seconds, rounded up: `45 s`, `12 min`, `3.5 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

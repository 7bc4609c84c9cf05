import type { SyncStatusResponse } from '../search/response-schemas.ts';

/** What a person should know of a sync beside its counts: a sentence each. */
export function syncNotes({
  notes = [],
  mended: reconcileDiff,
  state,
}: SyncStatusResponse): string[] {
  if (!reconcileDiff) return notes;
  const { added, removed, changed, moved, permissions } = reconcileDiff;
  const differences = `${added} added, ${removed} removed, ${changed} changed, ${moved} moved, ${permissions} with other readers`;
  const hasDifferences = added + removed + changed + moved + permissions > 0;
  // where it failed the listing may not have come to its end
  if (!hasDifferences && state === 'failed') return notes;
  const summary = hasDifferences
    ? `what differed was set right: ${differences}.`
    : 'nothing differed.';
  return [...notes, `The whole listing was compared with the index; ${summary}`];
}

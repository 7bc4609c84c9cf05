import type { SyncStatusAnswer } from '../search/answers.ts';

/** What a person should know of a sync beside its counts: a sentence each. */
export function remarks({ notes = [], mended, state }: SyncStatusAnswer): string[] {
  if (!mended) return notes;
  const { added, removed, changed, moved, permissions } = mended;
  const differences = `${added} added, ${removed} removed, ${changed} changed, ${moved} moved, ${permissions} with other readers`;
  const any = added + removed + changed + moved + permissions > 0;
  // where it failed the listing may not have come to its end
  if (!any && state === 'failed') return notes;
  const found = any ? `what differed was set right: ${differences}.` : 'nothing differed.';
  return [...notes, `The whole listing was compared with the index; ${found}`];
}

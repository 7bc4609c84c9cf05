import type { SyncStatusAnswer } from '../search/answers.ts';

/** What a person should know of a sync beside its counts: a sentence each. */
export function remarks({ notes = [], mended }: SyncStatusAnswer): string[] {
  if (!mended) return notes;
  const { added, removed, changed, moved, permissions } = mended;
  const kinds = { added, removed, changed, moved };
  const parts = Object.entries(kinds).map(([what, files]) => `${files} ${what}`);
  const all = [...parts, `permissions of ${permissions}`].join(', ');
  const any = added + removed + changed + moved + permissions > 0;
  const found = any
    ? `set right what differed (files): ${all}.`
    : 'nothing differed from what the changes had told.';
  return [...notes, `The whole listing was compared: ${found}`];
}

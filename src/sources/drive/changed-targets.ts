import type { SourceChange } from '../source.ts';
import { type DriveCursor, digest } from './cursor.ts';
import type { DriveView } from './view.ts';

type Followed = NonNullable<DriveCursor['followed']>;

/**
 * Of the shortcuts of a view, those whose files are not what was told of them before, and what is told
 * of all that are followed now.
 */
export async function changedTargets(
  view: DriveView,
  before: DriveCursor['followed'],
): Promise<{ changes: SourceChange[]; followed: Followed }> {
  const now = await Promise.all(view.shortcuts.all().map((shortcut) => view.entry(shortcut)));
  const followed: Followed = {};
  const changes = now.filter((change): change is SourceChange => {
    if (change === undefined || change.kind === 'gone') return change !== undefined;
    // where it is not known what was told, it may have been followed
    if (change.kind === 'ignored') return !before || before[change.fileId ?? ''] !== undefined;
    const { fileId } = change.file;
    const state = digest(JSON.stringify(change.file));
    followed[fileId] = state;
    return state !== before?.[fileId];
  });
  return { changes, followed };
}
